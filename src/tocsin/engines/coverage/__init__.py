"""How soon help could be in each cell, what each unit's leaving would cost, and what moving one would gain: a table of times in, figures out."""

from tocsin.engines.coverage.cover import left_s, soonest_s
from tocsin.engines.coverage.moves import Worth, expected_share, moves

__all__ = ["Worth", "expected_share", "left_s", "moves", "soonest_s"]
