"""How the command room decides: boards of major incidents, hospitals' words, and a partner's tasks."""

from tocsin.rooms.command.model.board import MajorNow, major_after, without
from tocsin.rooms.command.model.decide import DECISIONS, FOR_AGENCIES, decider
from tocsin.rooms.command.model.hospitals import Choice, Diversion, FacilityNow, Ground, choices, facility_after, in_force, left
from tocsin.rooms.command.model.state import State, evolve
from tocsin.rooms.command.model.table import CommandPlan, CommandTable, Facility, faults, with_hospitals
from tocsin.rooms.command.model.tasking import OVER, TaskNow, task_after
from tocsin.rooms.command.model.tasks import unknown_task

__all__ = [
    "DECISIONS", "FOR_AGENCIES", "OVER", "Choice", "CommandPlan", "CommandTable", "Diversion", "Facility", "FacilityNow", "Ground",
    "MajorNow", "State", "TaskNow", "choices", "decider", "evolve", "facility_after", "faults", "in_force", "left", "major_after",
    "task_after", "unknown_task", "with_hospitals", "without",
]
