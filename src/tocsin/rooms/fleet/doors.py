"""The fleet's menu: who may bring units on duty, and who says what a unit is doing."""

from tocsin.kernel import Ask, Door, Role, Room, Sight
from tocsin.rooms.fleet.commands import BindTracker, CarryTracker, EndShift, FreeTracker, ReadFleet, ReportState, StartShift
from tocsin.rooms.fleet.model import FleetTable, State, decider, evolve
from tocsin.rooms.fleet.reactions import carry_tracker
from tocsin.rooms.fleet.views import FleetView, Trackers, Units, fleet_view

_STAFF: tuple[Role, ...] = ("call_taker", "dispatcher", "supervisor", "responder", "planner", "auditor", "admin")

DOORS = (
    Door(verb="POST", path="/api/units/{unit}/start-shift", asks=StartShift, roles=("supervisor", "responder"), purpose="duty",
         says="Bring a unit on duty at its station."),
    Door(verb="POST", path="/api/units/{unit}/end-shift", asks=EndShift, roles=("supervisor", "responder"), purpose="duty",
         says="Take a unit off duty."),
    Door(verb="POST", path="/api/units/{unit}/state", asks=ReportState, roles=("dispatcher", "supervisor", "responder"),
         purpose="response", says="Say what a unit is doing now."),
    Door(verb="POST", path="/api/trackers/{tracker}/bind", asks=BindTracker, roles=("supervisor", "dispatcher"), purpose="response",
         says="Let a tracker (a machine's key, by its number) speak for a unit, in one shift or in each."),
    Door(verb="POST", path="/api/trackers/{tracker}/free", asks=FreeTracker, roles=("supervisor", "dispatcher"), purpose="response",
         says="Let a tracker speak for no unit any more."),
    Door(verb="GET", path="/api/fleet", asks=ReadFleet, roles=_STAFF, purpose="response",
         says="The kinds of unit and the states that may follow each state."),
)


def room(table: FleetTable) -> Room:
    """The fleet's room for one city's table of units."""
    shown = fleet_view(table)

    def read_fleet(ask: Ask, sight: Sight) -> FleetView:
        return shown

    return Room(name="fleet", doors=DOORS, state=State, evolve=evolve, decide=decider(table),
                commands=(StartShift, EndShift, ReportState, BindTracker, FreeTracker, CarryTracker), pictures=(Units(), Trackers()), reactions=(carry_tracker,), answers={ReadFleet: read_fleet})
