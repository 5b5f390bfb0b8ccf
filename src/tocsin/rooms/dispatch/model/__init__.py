"""How the dispatchers' room decides: incidents by the plan, one unit on one incident, and what was offered when."""

from tocsin.rooms.dispatch.model.decide import DECISIONS, decider
from tocsin.rooms.dispatch.model.plan import Kind, Plan, changes, faults, unfillable
from tocsin.rooms.dispatch.model.ranking import Ground, recompute
from tocsin.rooms.dispatch.model.state import State, evolve

__all__ = ["DECISIONS", "Ground", "Kind", "Plan", "State", "changes", "decider", "evolve", "faults", "recompute", "unfillable"]
