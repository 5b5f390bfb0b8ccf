"""The menu of aid: what the floor asks, consents to and gives back, and the one door at which a neighbour's letters arrive."""

from tocsin.kernel import Ask, Door, Role, Room, Sight
from tocsin.rooms.aid.commands import (
    AskAid,
    Consented,
    DeclineAppeal,
    EndAid,
    GiveBack,
    Heard,
    HearLetter,
    LendUnit,
    ReadAid,
    ReadCandidates,
    RecallUnit,
    Settle,
    TakeLetter,
)
from tocsin.rooms.aid.model import AidTable, State, decider, evolve
from tocsin.rooms.aid.views import Aids, AidView, Candidates, Ground, Letters, Loans, aid_view, read_candidates

_SEND: tuple[Role, ...] = ("dispatcher", "supervisor")
_STAFF: tuple[Role, ...] = ("call_taker", *_SEND, "responder", "planner", "auditor", "admin")
_APPEAL = "/api/aid/appeals/{appeal}"

DOORS = (
    Door(verb="POST", path="/api/incidents/{incident}/aid", asks=AskAid, roles=_SEND, purpose="response",
         says="Ask a neighbouring city for units for an incident."),
    Door(verb="POST", path="/api/aid/{aid}/end", asks=EndAid, roles=_SEND, purpose="response", says="Say that no more help is wanted for it."),
    Door(verb="POST", path="/api/aid/give-back", asks=GiveBack, roles=_SEND, purpose="response", says="Give a borrowed unit back."),
    Door(verb="GET", path=f"{_APPEAL}/candidates", asks=ReadCandidates, roles=_SEND, purpose="response", pace="weighty",
         says="Which of our free units could go to a neighbour's incident, and how soon by road."),
    Door(verb="POST", path=f"{_APPEAL}/lend", asks=LendUnit, roles=_SEND, purpose="response",
         says="Consent to what a neighbour asks, with one of our units."),
    Door(verb="POST", path=f"{_APPEAL}/decline", asks=DeclineAppeal, roles=_SEND, purpose="response", says="Lend a neighbour nothing, or no more."),
    Door(verb="POST", path="/api/aid/recall", asks=RecallUnit, roles=_SEND, purpose="response", says="Ask for a lent unit back."),
    Door(verb="POST", path="/api/aid/letters", asks=HearLetter, roles=("neighbour",), purpose="response",
         says="What a neighbouring city's house tells this one; each letter is kept once."),
    Door(verb="GET", path="/api/aid", asks=ReadAid, roles=_STAFF, purpose="response", says="The neighbouring cities, and this city's rules of lending."),
)


def room(table: AidTable, ground: Ground, bounds: tuple[float, float, float, float]) -> Room:
    """The room of aid for one city's table, its roads and how far they go."""
    shown = aid_view(table)

    def read_aid(ask: Ask, sight: Sight) -> AidView:
        return shown

    def candidates(ask: Ask, sight: Sight) -> Candidates:
        assert isinstance(ask, ReadCandidates)
        return read_candidates(ground, bounds, ask, sight)

    return Room(name="aid", doors=DOORS, state=State, evolve=evolve, decide=decider(table, ground.city),
                commands=(AskAid, EndAid, GiveBack, LendUnit, Consented, DeclineAppeal, RecallUnit, HearLetter, Heard, TakeLetter, Settle),
                pictures=(Aids(), Loans(), Letters()), answers={ReadAid: read_aid, ReadCandidates: candidates}, ticks=(Settle,))
