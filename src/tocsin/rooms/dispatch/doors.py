"""The dispatchers' menu: the whole way of an incident from its opening to its end, and the roads it is reached by."""

from functools import partial

from tocsin.kernel import Ask, Door, Role, Room, Sight
from tocsin.rooms.dispatch.commands import (
    AcknowledgeAssignment,
    AcknowledgeTimer,
    AddNote,
    AssignUnit,
    ChangePriority,
    CloseIncident,
    CloseRoad,
    DivertUnit,
    FindAlike,
    JoinIncident,
    KeepHandling,
    LinkIncidents,
    LookAtDifference,
    MarkHazard,
    OfferCandidates,
    PreAlert,
    RaiseAlarm,
    RaiseTimers,
    ReadArrivals,
    ReadChecklists,
    ReadFiles,
    ReadGains,
    ReadHandlingForm,
    ReadHazardKinds,
    ReadHazards,
    ReadOffer,
    ReadPlan,
    ReadRoute,
    ReadRoutes,
    ReadStory,
    ReadTimers,
    ReadWay,
    RenewHazard,
    ReopenRoad,
    SeparateIncident,
    StackIncident,
    StandDown,
    SwapUnits,
    TickItem,
    UnlinkIncidents,
    UnstackIncident,
    UntickItem,
    WithdrawHazard,
)
from tocsin.rooms.dispatch.model import DECISIONS, Rules, State, decider, evolve
from tocsin.rooms.dispatch.reactions import close_handed_over, follow_answers, open_incident, send_stacked
from tocsin.rooms.dispatch.views import (
    Checklists,
    ChecklistsView,
    Closures,
    DrivenWays,
    Driving,
    HazardKinds,
    Hazards,
    Incidents,
    PlanView,
    Timers,
    TimersView,
    checklists_view,
    find_alike,
    hazard_kinds,
    plan_view,
    read_arrivals,
    read_files,
    read_form,
    read_gains,
    read_hazards,
    read_offer,
    read_route,
    read_story,
    read_way,
    timers_view,
)

_SEND: tuple[Role, ...] = ("dispatcher", "supervisor")
_FLOOR: tuple[Role, ...] = ("call_taker", *_SEND)
_STAFF: tuple[Role, ...] = (*_FLOOR, "responder", "planner", "auditor", "admin")
_ONE = "/api/incidents/{incident}"

DOORS = (
    Door(verb="POST", path=f"{_ONE}/priority", asks=ChangePriority, roles=_FLOOR, purpose="response",
         says="Say that an incident is more or less pressing; its needs follow the plan again."),
    Door(verb="POST", path=f"{_ONE}/alarm", asks=RaiseAlarm, roles=_SEND, purpose="response",
         says="Raise a further alarm; what the plan adds for it is needed from then on."),
    Door(verb="POST", path=f"{_ONE}/notes", asks=AddNote, roles=(*_FLOOR, "responder"), purpose="response",
         says="Write something down on an incident."),
    Door(verb="POST", path=f"{_ONE}/offers", asks=OfferCandidates, roles=_SEND, purpose="response", pace="weighty",
         says="Rank every unit on duty for an incident and keep what was shown."),
    Door(verb="GET", path="/api/offers/{offer}", asks=ReadOffer, roles=(*_SEND, "auditor"), purpose="response",
         says="An offer as it was kept, each unit with one sentence for it or against it."),
    Door(verb="POST", path=f"{_ONE}/assign", asks=AssignUnit, roles=_SEND, purpose="response", says="Send a unit."),
    Door(verb="POST", path=f"{_ONE}/stand-down", asks=StandDown, roles=_SEND, purpose="response", says="Call a unit off."),
    Door(verb="POST", path=f"{_ONE}/swap", asks=SwapUnits, roles=_SEND, purpose="response",
         says="Send another unit in this one's place, in one step."),
    Door(verb="GET", path=f"{_ONE}/gains", asks=ReadGains, roles=_SEND, purpose="response",
         says="What could be gained for an incident now by diverting, preempting, swapping or waiting, in seconds, and at what price."),
    Door(verb="POST", path=f"{_ONE}/divert", asks=DivertUnit, roles=_SEND, purpose="response",
         says="Take a unit off this incident and send it to a more pressing one, in one step."),
    Door(verb="POST", path=f"{_ONE}/stack", asks=StackIncident, roles=_SEND, purpose="response",
         says="Let an incident wait for a busy unit; it is sent as soon as it is available."),
    Door(verb="POST", path=f"{_ONE}/unstack", asks=UnstackIncident, roles=_SEND, purpose="response",
         says="Let an incident wait for that unit no longer."),
    Door(verb="POST", path=f"{_ONE}/close", asks=CloseIncident, roles=_SEND, purpose="response",
         says="End an incident with a disposition."),
    Door(verb="GET", path="/api/incidents/alike", asks=FindAlike, roles=_FLOOR, purpose="response",
         says="Open incidents that a call may be about, each with its chance and the reasons; nothing is hidden by it."),
    Door(verb="POST", path=f"{_ONE}/join", asks=JoinIncident, roles=_FLOOR, purpose="response",
         says="Say that an incident is the same as another; it is worked there and keeps its own story."),
    Door(verb="POST", path=f"{_ONE}/separate", asks=SeparateIncident, roles=_FLOOR, purpose="response",
         says="Undo a joining: the incident stands by itself again."),
    Door(verb="POST", path=f"{_ONE}/looked", asks=LookAtDifference, roles=_FLOOR, purpose="response",
         says="Say that what a joined incident tells differently was looked at."),
    Door(verb="POST", path=f"{_ONE}/link", asks=LinkIncidents, roles=_FLOOR, purpose="response",
         says="Say that two incidents have to do with one another; both stay."),
    Door(verb="POST", path=f"{_ONE}/unlink", asks=UnlinkIncidents, roles=_FLOOR, purpose="response",
         says="Say that two incidents have nothing to do with one another after all."),
    Door(verb="GET", path=f"{_ONE}/story", asks=ReadStory, roles=(*_FLOOR, "auditor"), purpose="response", also=("oversight", "review"), glass=True,
         says="One incident's whole story; the reading of its personal fields is kept."),
    Door(verb="GET", path=f"{_ONE}/route", asks=ReadRoute, roles=(*_FLOOR, "responder"), purpose="response",
         says="The way a unit would take to an incident now."),
    Door(verb="GET", path="/api/way", asks=ReadWay, roles=(*_FLOOR, "responder"), purpose="response",
         says="The way a unit would take now to a place that its crew looked up, as an ordinary drive."),
    Door(verb="GET", path="/api/files", asks=ReadFiles, roles=(*_FLOOR, "auditor"), purpose="response", also=("oversight",), glass=True,
         says="What was attached to an incident; the reading of the names is kept."),
    Door(verb="GET", path="/api/routes", asks=ReadRoutes, roles=_FLOOR, purpose="response",
         says="The ways that units are driving to incidents now, all together, the most pressing first."),
    Door(verb="POST", path="/api/closures", asks=CloseRoad, roles=_SEND, purpose="response", says="Shut a stretch of road."),
    Door(verb="POST", path="/api/closures/{closure}/reopen", asks=ReopenRoad, roles=_SEND, purpose="response", says="End a closure."),
    Door(verb="GET", path="/api/plan", asks=ReadPlan, roles=_STAFF, purpose="response",
         says="The kinds of incident, what each needs, and the dispositions."),
    Door(verb="POST", path=f"{_ONE}/acknowledge", asks=AcknowledgeAssignment, roles=("dispatcher", "supervisor", "responder"),
         purpose="response", says="Say for a unit's crew that it has heard that it is sent."),
    Door(verb="POST", path=f"{_ONE}/handling", asks=KeepHandling, roles=(*_SEND, "responder"), purpose="response",
         says="Keep a unit's handling record of an incident: what was found, done and handed over; said again, it corrects the one before."),
    Door(verb="GET", path=f"{_ONE}/handling-form", asks=ReadHandlingForm, roles=(*_FLOOR, "responder"), purpose="response",
         says="The form that an incident's handling record follows, by its kind."),
    Door(verb="GET", path=f"{_ONE}/arrivals", asks=ReadArrivals, roles=(*_FLOOR, "responder"), purpose="response",
         says="When each unit on its way to an incident will be there, from where it is now."),
    Door(verb="GET", path=f"{_ONE}/hazards", asks=ReadHazards, roles=(*_FLOOR, "responder"), purpose="response",
         says="The hazards shown on an incident now, with their words; the reading is kept."),
    Door(verb="POST", path="/api/hazards", asks=MarkHazard, roles=(*_FLOOR, "responder"), purpose="response",
         says="Warn of something dangerous at an incident, or with a radius at a place, until an end; a crew does so at the incident it was sent to."),
    Door(verb="POST", path="/api/hazards/{hazard}/renew", asks=RenewHazard, roles=_FLOOR, purpose="response",
         says="Look at a hazard that is still shown and give it a new end; one of a place is the supervisor's to renew."),
    Door(verb="POST", path="/api/hazards/{hazard}/withdraw", asks=WithdrawHazard, roles=_FLOOR, purpose="response",
         says="Take a hazard back before its end, with a reason."),
    Door(verb="GET", path="/api/hazard-kinds", asks=ReadHazardKinds, roles=_STAFF, purpose="response",
         says="The kinds of hazard, none of which tells of a person, how long each may stand, and how one is known."),
    Door(verb="POST", path=f"{_ONE}/tick", asks=TickItem, roles=(*_SEND, "responder"), purpose="response",
         says="Say for a unit that an item of the checklist is done."),
    Door(verb="POST", path=f"{_ONE}/untick", asks=UntickItem, roles=(*_SEND, "responder"), purpose="response",
         says="Take a unit's own tick back."),
    Door(verb="GET", path="/api/checklists", asks=ReadChecklists, roles=_STAFF, purpose="response",
         says="The checklists, by kind of incident."),
    Door(verb="POST", path="/api/timers/{timer}/acknowledge", asks=AcknowledgeTimer, roles=(*_FLOOR, "responder"), purpose="response",
         says="Take a timer in hand, with a word of what was done or heard."),
    Door(verb="GET", path="/api/timers", asks=ReadTimers, roles=_STAFF, purpose="response",
         says="The rules of the timers: what each watches, for how long, and its words."),
)


def room(rules: Rules) -> Room:
    """The dispatchers' room for all that one city has settled."""
    plan, timers, driving = plan_view(rules.plan), timers_view(rules.timers), Driving(rules.ground)
    kinds, lists = hazard_kinds(rules.hazards), checklists_view(rules.checklists)

    def read_plan(ask: Ask, sight: Sight) -> PlanView:
        return plan

    def read_timers(ask: Ask, sight: Sight) -> TimersView:
        return timers

    def read_kinds(ask: Ask, sight: Sight) -> HazardKinds:
        return kinds

    def read_checklists(ask: Ask, sight: Sight) -> ChecklistsView:
        return lists

    def read_routes(ask: Ask, sight: Sight) -> DrivenWays:
        assert isinstance(ask, ReadRoutes)
        return driving.read(ask, sight)

    return Room(
        name="dispatch", doors=DOORS, state=State, evolve=evolve, decide=decider(rules),
        commands=(OfferCandidates, PreAlert, AcknowledgeTimer, *DECISIONS),
        pictures=(Incidents(), Closures(), Timers(rules.timers), Hazards(), Checklists()),
        answers={ReadPlan: read_plan, ReadOffer: partial(read_offer, rules.plan, rules.ground), ReadStory: partial(read_story, rules),
                 ReadRoute: partial(read_route, rules.ground), ReadWay: partial(read_way, rules.ground), FindAlike: partial(find_alike, rules.plan, rules.likeness, rules.ground),
                 ReadTimers: read_timers, ReadGains: partial(read_gains, rules.plan, rules.ground), ReadRoutes: read_routes, ReadFiles: read_files,
                 ReadHandlingForm: partial(read_form, rules), ReadArrivals: partial(read_arrivals, rules.ground), ReadHazards: read_hazards,
                 ReadHazardKinds: read_kinds, ReadChecklists: read_checklists},
        reactions=(open_incident, follow_answers, close_handed_over, send_stacked), ticks=(RaiseTimers,))
