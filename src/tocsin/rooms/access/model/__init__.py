"""How access is decided: each topic has a module with its own part of the state and its own decisions."""

from tocsin.rooms.access.model.decide import DECISIONS, decide
from tocsin.rooms.access.model.glass import REVIEW_WITHIN_S
from tocsin.rooms.access.model.holding import OTHER, TRAIL, Retention, RetentionRule, retention_faults
from tocsin.rooms.access.model.outflow import OutflowTable, deliverable
from tocsin.rooms.access.model.state import State, evolve
from tocsin.rooms.access.model.trail import CODE_DAYS

__all__ = [
    "CODE_DAYS",
    "DECISIONS",
    "OTHER",
    "REVIEW_WITHIN_S",
    "TRAIL",
    "OutflowTable",
    "Retention",
    "RetentionRule",
    "State",
    "decide",
    "deliverable",
    "evolve",
    "retention_faults",
]
