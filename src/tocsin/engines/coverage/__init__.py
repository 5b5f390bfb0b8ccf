"""How soon help could be in each cell, and what each unit's leaving would cost: a table of times in, figures out."""

from tocsin.engines.coverage.cover import left_s, soonest_s

__all__ = ["left_s", "soonest_s"]
