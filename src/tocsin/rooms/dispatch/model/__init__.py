"""How the dispatchers' room decides: incidents by the plan, one unit on one incident, and what was offered when."""

from tocsin.rooms.dispatch.model.decide import State, decider, evolve
from tocsin.rooms.dispatch.model.plan import Kind, Plan, faults
from tocsin.rooms.dispatch.model.ranking import Ground, recompute

__all__ = ["Ground", "Kind", "Plan", "State", "decider", "evolve", "faults", "recompute"]
