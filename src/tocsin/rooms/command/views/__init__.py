"""What is seen of a command: its board and log, hospitals and their ranking, partners' tasks, the table."""

from tocsin.rooms.command.views.facilities import Facilities, FacilitiesView, Hospitals, read_facilities, read_hospitals
from tocsin.rooms.command.views.majors import Board, MajorRow, Majors, read_major
from tocsin.rooms.command.views.table import CommandView, command_view
from tocsin.rooms.command.views.tasks import Tasks, TasksView, TaskView, read_task, read_tasks

__all__ = [
    "Board", "CommandView", "Facilities", "FacilitiesView", "Hospitals", "MajorRow", "Majors", "TaskView", "Tasks", "TasksView",
    "command_view", "read_facilities", "read_hospitals", "read_major", "read_task", "read_tasks",
]
