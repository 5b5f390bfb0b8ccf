"""How the dispatchers' room decides: incidents by the plan, one unit on one incident, and what was offered when."""

from tocsin.rooms.dispatch.model.decide import DECISIONS, decider
from tocsin.rooms.dispatch.model.files import MOST_FILES
from tocsin.rooms.dispatch.model.plan import Kind, Plan, faults
from tocsin.rooms.dispatch.model.ranking import Ground, recompute
from tocsin.rooms.dispatch.model.state import State, evolve

__all__ = ["DECISIONS", "MOST_FILES", "Ground", "Kind", "Plan", "State", "decider", "evolve", "faults", "recompute"]
