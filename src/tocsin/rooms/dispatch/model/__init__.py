"""How the dispatchers' room decides: incidents by the plan, one unit on one incident, and what was offered when."""

from tocsin.rooms.dispatch.model.decide import DECISIONS, decider
from tocsin.rooms.dispatch.model.plan import Kind, Plan, faults
from tocsin.rooms.dispatch.model.ranking import Ground, recompute
from tocsin.rooms.dispatch.model.rules import Rules
from tocsin.rooms.dispatch.model.state import State, evolve
from tocsin.rooms.dispatch.model.timing import NO_TIMERS, TimerTable
from tocsin.rooms.dispatch.model.timing import faults as timer_faults

__all__ = [
    "DECISIONS", "NO_TIMERS", "Ground", "Kind", "Plan", "Rules", "State", "TimerTable", "decider", "evolve", "faults", "recompute",
    "timer_faults",
]
