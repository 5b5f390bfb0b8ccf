"""The dispatchers' menu: the whole way of an incident from its opening to its end, and the roads it is reached by."""

from functools import partial

from tocsin.kernel import Ask, Door, Role, Room, Sight, Words
from tocsin.rooms.dispatch.commands import (
    AddNote,
    AssignUnit,
    ChangePriority,
    CloseIncident,
    CloseRoad,
    OfferCandidates,
    ReadOffer,
    ReadPlan,
    ReadRoute,
    ReadStory,
    ReopenRoad,
    StandDown,
    SwapUnits,
)
from tocsin.rooms.dispatch.model import DECISIONS, Ground, Plan, State, decider, evolve
from tocsin.rooms.dispatch.reactions import open_incident
from tocsin.rooms.dispatch.views import Closures, Incidents, PlanView, plan_view, read_offer, read_route, read_story

_SEND: tuple[Role, ...] = ("dispatcher", "supervisor")
_FLOOR: tuple[Role, ...] = ("call_taker", *_SEND)
_STAFF: tuple[Role, ...] = (*_FLOOR, "responder", "planner", "auditor", "admin")
_ONE = "/api/incidents/{incident}"

DOORS = (
    Door(verb="POST", path=f"{_ONE}/priority", asks=ChangePriority, roles=_FLOOR, purpose="response",
         says="Say that an incident is more or less pressing; its needs follow the plan again."),
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
    Door(verb="POST", path=f"{_ONE}/close", asks=CloseIncident, roles=_SEND, purpose="response",
         says="End an incident with a disposition."),
    Door(verb="GET", path=f"{_ONE}/story", asks=ReadStory, roles=(*_FLOOR, "auditor"), purpose="response",
         says="One incident's whole story; the reading of its personal fields is kept."),
    Door(verb="GET", path=f"{_ONE}/route", asks=ReadRoute, roles=(*_FLOOR, "responder"), purpose="response",
         says="The way a unit would take to an incident now."),
    Door(verb="POST", path="/api/closures", asks=CloseRoad, roles=_SEND, purpose="response", says="Shut a stretch of road."),
    Door(verb="POST", path="/api/closures/{closure}/reopen", asks=ReopenRoad, roles=_SEND, purpose="response", says="End a closure."),
    Door(verb="GET", path="/api/plan", asks=ReadPlan, roles=_STAFF, purpose="response",
         says="The kinds of incident, what each needs, and the dispositions."),
)


def room(*, plan: Plan, states: dict[str, Words], ground: Ground) -> Room:
    """The dispatchers' room for a city's plan, the words of its units' states, and its roads."""
    shown = plan_view(plan)

    def read_plan(ask: Ask, sight: Sight) -> PlanView:
        return shown

    return Room(
        name="dispatch", doors=DOORS, state=State, evolve=evolve, decide=decider(plan, ground),
        commands=(OfferCandidates, *DECISIONS),
        pictures=(Incidents(), Closures()),
        answers={ReadPlan: read_plan, ReadOffer: partial(read_offer, plan, ground),
                 ReadStory: partial(read_story, plan, states), ReadRoute: partial(read_route, ground)},
        reactions=(open_incident,))
