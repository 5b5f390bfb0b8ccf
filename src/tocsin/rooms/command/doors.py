"""The command room's menu: boards of major incidents, hospitals, and tasks, of which a partner reaches its own alone."""

from functools import partial

from tocsin.kernel import Ask, Door, Role, Room, Sight
from tocsin.rooms.command.commands import (
    AcceptTask,
    BeginDiversion,
    ChangeLevel,
    DeclareMajor,
    DeclineTask,
    DropObjective,
    EndDiversion,
    EndMajor,
    EndSector,
    FinishTask,
    ForAgency,
    GatherIncident,
    GiveRole,
    GiveTask,
    MakeSector,
    MeetObjective,
    NoteLog,
    NoteTask,
    PlaceResource,
    ReadCommand,
    ReadFacilities,
    ReadHospitals,
    ReadMajor,
    ReadTask,
    ReadTasks,
    ReleaseIncident,
    ReportCapacity,
    SendPatients,
    SetObjective,
    TakeRoleBack,
    WithdrawTask,
)
from tocsin.rooms.command.model import DECISIONS, FOR_AGENCIES, CommandTable, Ground, State, decider, evolve
from tocsin.rooms.command.views import (
    CommandView,
    Facilities,
    Majors,
    Tasks,
    command_view,
    read_facilities,
    read_hospitals,
    read_major,
    read_task,
    read_tasks,
)

_LEAD: tuple[Role, ...] = ("dispatcher", "supervisor")
_SEE: tuple[Role, ...] = (*_LEAD, "responder", "auditor")
_STAFF: tuple[Role, ...] = ("call_taker", *_SEE, "planner", "admin")
_OR_OWN: tuple[Role, ...] = (*_LEAD, "partner")
_MAJOR = "/api/majors/{major}"
_TASK = "/api/tasks/{task}"


def _post(path: str, asks: type, says: str, roles: tuple[Role, ...] = _LEAD) -> Door:
    return Door(verb="POST", path=path, asks=asks, roles=roles, purpose="response", says=says)


DOORS = (
    _post("/api/majors", DeclareMajor, "Declare a major incident over an incident or a place."),
    Door(verb="GET", path=_MAJOR, asks=ReadMajor, roles=_SEE, purpose="response", also=("oversight",), glass=True,
         says="One major incident's board and log; the reading of its log is kept."),
    _post(f"{_MAJOR}/gather", GatherIncident, "Work an incident under this command."),
    _post(f"{_MAJOR}/release", ReleaseIncident, "Work an incident by itself again."),
    _post(f"{_MAJOR}/level", ChangeLevel, "Raise the command to another alarm level, or bring it down."),
    _post(f"{_MAJOR}/roles", GiveRole, "Give a role of the command to a desk or a unit."),
    _post(f"{_MAJOR}/take-role-back", TakeRoleBack, "Leave a role without a holder."),
    _post(f"{_MAJOR}/sectors", MakeSector, "Make a sector with a leader."),
    _post(f"{_MAJOR}/end-sector", EndSector, "End a sector that no unit is in."),
    _post(f"{_MAJOR}/objectives", SetObjective, "Set an objective with its owner and the time it is due."),
    _post(f"{_MAJOR}/meet", MeetObjective, "Say that an objective is reached."),
    _post(f"{_MAJOR}/drop", DropObjective, "Give an objective up."),
    _post(f"{_MAJOR}/place", PlaceResource, "Put a unit into a sector or staging, or take it off the board."),
    _post(f"{_MAJOR}/log", NoteLog, "Write an entry into the command log.", (*_LEAD, "responder")),
    _post(f"{_MAJOR}/end", EndMajor, "Stand the command down."),
    Door(verb="GET", path="/api/facilities", asks=ReadFacilities, roles=(*_STAFF, "partner"), purpose="response",
         says="The receiving hospitals as they stand; a partner sees its own alone."),
    _post("/api/facilities/{facility}/capacity", ReportCapacity, "Say what a hospital can take now; a partner for its own.", _OR_OWN),
    _post("/api/facilities/{facility}/divert", BeginDiversion, "Begin a diversion; a partner for its own hospital.", _OR_OWN),
    _post("/api/diversions/{diversion}/end", EndDiversion, "End a diversion; a partner for its own hospital.", _OR_OWN),
    _post("/api/patients", SendPatients, "Write down how many patients of each category go to a hospital: counts, never names.", (*_LEAD, "responder")),
    Door(verb="GET", path="/api/incidents/{incident}/hospitals", asks=ReadHospitals, roles=("call_taker", *_SEE), purpose="response",
         says="Where patients of an incident can go, by road time, diversions and places left, with the reason for each."),
    _post("/api/tasks", GiveTask, "Ask another agency to do something for an incident."),
    Door(verb="GET", path="/api/tasks", asks=ReadTasks, roles=(*_SEE, "partner"), purpose="response",
         says="Tasks as they stand, without their texts; a partner sees its own agency's alone."),
    Door(verb="GET", path=_TASK, asks=ReadTask, roles=(*_SEE, "partner"), purpose="response", also=("oversight",), glass=True,
         says="One task with its text; the reading is kept. Another agency's does not exist for a partner."),
    _post(f"{_TASK}/accept", AcceptTask, "Take a task on; a partner its own agency's.", _OR_OWN),
    _post(f"{_TASK}/decline", DeclineTask, "Decline a task, or hand it back; a partner its own agency's.", _OR_OWN),
    _post(f"{_TASK}/done", FinishTask, "Say that a task is done; a partner its own agency's.", _OR_OWN),
    _post(f"{_TASK}/note", NoteTask, "Say something about a task; a partner on its own agency's.", _OR_OWN),
    _post(f"{_TASK}/withdraw", WithdrawTask, "Say that a task is no longer needed."),
    Door(verb="GET", path="/api/command", asks=ReadCommand, roles=(*_STAFF, "partner"), purpose="response",
         says="The levels, roles, plans, categories of patients and agencies of this city."),
)


def room(table: CommandTable, ground: Ground) -> Room:
    """The command room for a city's table with its hospitals, and its roads."""
    shown = command_view(table)

    def read_command(ask: Ask, sight: Sight) -> CommandView:
        return shown

    return Room(
        name="command", doors=DOORS, state=State, evolve=evolve, decide=decider(table),
        commands=(ForAgency, *DECISIONS, *FOR_AGENCIES), pictures=(Majors(), Facilities(), Tasks()),
        answers={ReadMajor: partial(read_major, table, ground), ReadFacilities: partial(read_facilities, table),
                 ReadHospitals: partial(read_hospitals, table, ground), ReadTasks: read_tasks, ReadTask: read_task, ReadCommand: read_command})
