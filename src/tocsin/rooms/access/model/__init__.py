"""How access is decided: each topic has a module with its own part of the state and its own decisions."""

from tocsin.rooms.access.model.decide import DECISIONS, decide
from tocsin.rooms.access.model.glass import REVIEW_WITHIN_S
from tocsin.rooms.access.model.outflow import OutflowTable, deliverable
from tocsin.rooms.access.model.state import State, evolve

__all__ = ["DECISIONS", "REVIEW_WITHIN_S", "OutflowTable", "State", "decide", "deliverable", "evolve"]
