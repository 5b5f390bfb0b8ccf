"""How the dispatchers' room decides: incidents by the plan, one unit on one incident, and what was offered when."""

from tocsin.rooms.dispatch.model.decide import DECISIONS, decider
from tocsin.rooms.dispatch.model.files import MOST_FILES
from tocsin.rooms.dispatch.model.forms import NO_HANDLING, HandlingTable, handling_faults, told
from tocsin.rooms.dispatch.model.hazard_table import NO_HAZARDS, HazardTable, hazard_faults
from tocsin.rooms.dispatch.model.lists import NO_CHECKLISTS, ChecklistTable, checklist_faults
from tocsin.rooms.dispatch.model.plan import Kind, Plan, changes, faults, unfillable
from tocsin.rooms.dispatch.model.ranking import Ground, recompute
from tocsin.rooms.dispatch.model.rules import Rules
from tocsin.rooms.dispatch.model.state import State, evolve
from tocsin.rooms.dispatch.model.timing import NO_TIMERS, TimerTable
from tocsin.rooms.dispatch.model.timing import faults as timer_faults

__all__ = [
    "DECISIONS",
    "MOST_FILES",
    "NO_CHECKLISTS",
    "NO_HANDLING",
    "NO_HAZARDS",
    "NO_TIMERS",
    "ChecklistTable",
    "Ground",
    "HandlingTable",
    "HazardTable",
    "Kind",
    "Plan",
    "Rules",
    "State",
    "TimerTable",
    "changes",
    "checklist_faults",
    "decider",
    "evolve",
    "faults",
    "handling_faults",
    "hazard_faults",
    "recompute",
    "timer_faults",
    "told",
    "unfillable",
]
