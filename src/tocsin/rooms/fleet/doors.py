"""The fleet's menu: who may bring units on duty, who signs on to them, and who says what a unit is doing."""

from functools import partial

from tocsin.kernel import Ask, Door, Role, Room, Sight
from tocsin.rooms.fleet.commands import (
    AnswerSpotCheck,
    BindTracker,
    CallForHelp,
    CallSpotCheck,
    ConfirmHelp,
    EndHelp,
    EndShift,
    FreeTracker,
    MissChecks,
    RaiseHelp,
    ReadChecks,
    ReadFleet,
    ReadOwnDuty,
    ReadPosts,
    ReportPost,
    ReportState,
    SignOff,
    SignOn,
    StartShift,
)
from tocsin.rooms.fleet.model import DECISIONS, FleetTable, State, decider, evolve
from tocsin.rooms.fleet.reactions import carry_tracker
from tocsin.rooms.fleet.views import (
    Checks,
    FleetView,
    Helps,
    Posts,
    Trackers,
    Units,
    Visited,
    fleet_view,
    own_duty,
    read_checks,
    read_posts,
)

_STAFF: tuple[Role, ...] = ("call_taker", "dispatcher", "supervisor", "responder", "planner", "auditor", "admin")
_FLOOR: tuple[Role, ...] = ("dispatcher", "supervisor")
_CREW: tuple[Role, ...] = ("responder", "supervisor")

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
         says="The kinds of unit, the states that may follow each state, their seats and kit."),
    Door(verb="POST", path="/api/units/{unit}/sign-on", asks=SignOn, roles=_CREW, purpose="duty",
         says="Take one's own seat on a unit, and say how its kit was found."),
    Door(verb="POST", path="/api/units/{unit}/sign-off", asks=SignOff, roles=_CREW, purpose="duty", says="Leave one's own seat on a unit."),
    Door(verb="POST", path="/api/units/{unit}/post", asks=ReportPost, roles=("responder", *_FLOOR), purpose="duty",
         says="Say that a unit stands at a post, or has passed one on patrol."),
    Door(verb="POST", path="/api/checks", asks=CallSpotCheck, roles=("supervisor",), purpose="duty",
         says="Ask units on duty to say that they are there."),
    Door(verb="POST", path="/api/units/{unit}/checks/{check}/answer", asks=AnswerSpotCheck, roles=("responder", *_FLOOR), purpose="duty",
         says="Answer a spot check for a unit."),
    Door(verb="GET", path="/api/checks", asks=ReadChecks, roles=("supervisor",), purpose="duty",
         says="The latest spot checks: which units answered, which late, of which nothing was heard."),
    Door(verb="GET", path="/api/posts", asks=ReadPosts, roles=("supervisor",), purpose="duty",
         says="The posts of the last day: which units were told to wait there, which said that they were there, and when."),
    Door(verb="GET", path="/api/field/me", asks=ReadOwnDuty, roles=_CREW, purpose="response",
         says="What one is signed on to oneself: unit, seat, state, what may follow, incident, crew."),
    Door(verb="POST", path="/api/units/{unit}/help", asks=CallForHelp, roles=("responder", *_FLOOR), purpose="response",
         says="Call for help for a unit's crew: the panic key."),
    Door(verb="POST", path="/api/units/{unit}/help/confirm", asks=ConfirmHelp, roles=_FLOOR, purpose="response",
         says="Say that a crew's call for help was seen and is in hand."),
    Door(verb="POST", path="/api/units/{unit}/help/end", asks=EndHelp, roles=_FLOOR, purpose="response",
         says="End a crew's call for help: safe, a mistake, or handled."),
)


def room(table: FleetTable) -> Room:
    """The fleet's room for one city's table of units."""
    shown = fleet_view(table)

    def read_fleet(ask: Ask, sight: Sight) -> FleetView:
        return shown

    return Room(name="fleet", doors=DOORS, state=State, evolve=evolve, decide=decider(table),
                commands=tuple(DECISIONS), pictures=(Units(), Helps(table.confirm_within_s), Posts(), Checks(), Trackers(), Visited()),
                ticks=(RaiseHelp, MissChecks), reactions=(carry_tracker,),
                answers={ReadFleet: read_fleet, ReadOwnDuty: partial(own_duty, table), ReadChecks: read_checks, ReadPosts: read_posts})
