"""The menu of access: breaking the glass and its review, findings and their decision, and what is given out."""

from collections.abc import Callable, Iterable
from typing import Any

from tocsin.kernel import Ask, Command, Door, Picture, Role, Room
from tocsin.rooms.access.commands import (
    AnswerFinding,
    ApproveExport,
    AskDelay,
    AskExport,
    AskHold,
    AskLift,
    BreakGlass,
    DecideFinding,
    DrawSample,
    EndDelay,
    EndGlass,
    ForgetDue,
    GrantDelay,
    GrantHold,
    LiftHold,
    NoteRotation,
    RaiseFound,
    RaiseLateSamples,
    RaiseUnreviewed,
    ReadDelay,
    ReadDelays,
    ReadExport,
    ReadFinding,
    ReadGlass,
    ReadHold,
    ReadOwnFindings,
    ReadReceived,
    ReadRetention,
    ReadRights,
    ReadSample,
    RefuseDelay,
    RefuseExport,
    ReviewGlass,
    ReviewSample,
    RevokeTrailCodes,
    WithdrawExport,
)
from tocsin.rooms.access.model import DECISIONS, Retention, State, decide, evolve
from tocsin.rooms.access.views import (
    Delays,
    Exports,
    Findings,
    Glass,
    Holds,
    Right,
    Samples,
    read_delay,
    read_delays,
    read_export,
    read_finding,
    read_glass,
    read_hold,
    read_own_findings,
    read_received,
    read_sample,
    retention_reader,
    rights_reader,
)

_STAFF: tuple[Role, ...] = ("call_taker", "dispatcher", "supervisor", "responder", "planner", "auditor", "admin")
_REVIEWERS: tuple[Role, ...] = ("supervisor", "auditor")
_MAY_ASK: tuple[Role, ...] = ("dispatcher", "supervisor", "planner", "auditor", "admin")
_KEEPERS: tuple[Role, ...] = ("supervisor", "auditor", "admin")
_GLASS, _FINDING, _EXPORT, _HOLD = "/api/glass/{glass}", "/api/findings/{finding}", "/api/exports/{export}", "/api/holds/{hold}"
_DELAY = "/api/delays/{delay}"
_FLOOR: tuple[Role, ...] = ("call_taker", "dispatcher", "supervisor")

DOORS = (
    Door(verb="POST", path="/api/glass", asks=BreakGlass, roles=_STAFF, purpose="access", pace="quick",
         says="Break the glass: be shown for some minutes what your roles do not give, with a reason; it is seen and reviewed."),
    Door(verb="POST", path=f"{_GLASS}/end", asks=EndGlass, roles=_STAFF, purpose="access", says="End a broken glass before its time."),
    Door(verb="POST", path=f"{_GLASS}/review", asks=ReviewGlass, roles=_REVIEWERS, purpose="oversight",
         says="Say whether breaking the glass was right; never one's own."),
    Door(verb="GET", path=_GLASS, asks=ReadGlass, roles=_REVIEWERS, purpose="oversight", also=("review",),
         says="One broken glass: its reason and every record that was shown under it; the reading is kept."),
    Door(verb="POST", path=f"{_FINDING}/decide", asks=DecideFinding, roles=_REVIEWERS, purpose="oversight",
         says="Decide a finding, with words; never one about oneself."),
    Door(verb="GET", path=_FINDING, asks=ReadFinding, roles=_REVIEWERS, purpose="oversight", also=("review",),
         says="One finding with its evidence; the reading is kept."),
    Door(verb="POST", path=f"{_FINDING}/answer", asks=AnswerFinding, roles=_STAFF, purpose="access",
         says="Say what you say to a decided finding about your own use; once."),
    Door(verb="GET", path="/api/own-findings", asks=ReadOwnFindings, roles=_STAFF, purpose="access",
         says="What was found in your own use of records, once it was decided, and by whom."),
    Door(verb="GET", path="/api/samples/{sample}", asks=ReadSample, roles=_REVIEWERS, purpose="oversight", also=("review",),
         says="One sample of a day's showings, drawn for routine review by the ledger's root of that day."),
    Door(verb="POST", path="/api/samples/{sample}/review", asks=ReviewSample, roles=_REVIEWERS, purpose="oversight",
         says="Say whether a sample is ordinary or raises a question, which becomes a finding; never one's own."),
    Door(verb="GET", path="/api/rights", asks=ReadRights, roles=_STAFF, purpose="access", pace="look",
         says="What your roles show for each purpose, and the rules of the policy that say so."),
    Door(verb="POST", path="/api/exports", asks=AskExport, roles=_MAY_ASK, purpose="disclosure",
         says="Ask that something be given out: what, to whom, on which basis, until when; a second person decides."),
    Door(verb="GET", path=_EXPORT, asks=ReadExport, roles=_REVIEWERS, purpose="disclosure", also=("oversight", "review"),
         says="One export with its recipient, its basis and each step since; the reading is kept."),
    Door(verb="POST", path=f"{_EXPORT}/approve", asks=ApproveExport, roles=("supervisor",), purpose="disclosure",
         says="Approve an export as one was shown it; never one's own."),
    Door(verb="POST", path=f"{_EXPORT}/refuse", asks=RefuseExport, roles=("supervisor",), purpose="disclosure", says="Refuse an export, with a reason."),
    Door(verb="POST", path=f"{_EXPORT}/withdraw", asks=WithdrawExport, roles=_MAY_ASK, purpose="disclosure",
         says="Take back what one asked for; as a supervisor anybody's. No copy goes out after it."),
    Door(verb="GET", path="/api/received", asks=ReadReceived, roles=_REVIEWERS, purpose="oversight", also=("review", "disclosure"),
         says="Everybody who has ever received a record: exports, files, showings, and calls handed to other centres."),
    Door(verb="POST", path="/api/holds", asks=AskHold, roles=_KEEPERS, purpose="oversight",
         says="Ask that nothing of something be forgotten for some days, with a reason; a second person grants it."),
    Door(verb="POST", path=f"{_HOLD}/grant", asks=GrantHold, roles=_KEEPERS, purpose="oversight", says="Grant a hold that somebody else asked for."),
    Door(verb="POST", path=f"{_HOLD}/ask-lift", asks=AskLift, roles=_KEEPERS, purpose="oversight",
         says="Ask that a hold be lifted before its day, with a reason; a second person lifts it."),
    Door(verb="POST", path=f"{_HOLD}/lift", asks=LiftHold, roles=_KEEPERS, purpose="oversight", says="Lift a hold, as somebody else asked."),
    Door(verb="GET", path=_HOLD, asks=ReadHold, roles=_KEEPERS, purpose="oversight",
         says="One hold with its reasons and what it keeps back; the reading is kept."),
    Door(verb="GET", path="/api/retention", asks=ReadRetention, roles=_KEEPERS, purpose="oversight",
         says="How long each kind of record is kept and why, and what falls due soon."),
    Door(verb="POST", path="/api/calls/{call}/trail-code/revoke", asks=RevokeTrailCodes, roles=_FLOOR, purpose="access",
         says="End every code by which somebody reads this call's trail."),
    Door(verb="POST", path="/api/calls/{call}/delays", asks=AskDelay, roles=_REVIEWERS, purpose="oversight",
         says="Ask that some showings of a record be kept back from the person for at most thirty days; they are told the reason afterwards."),
    Door(verb="GET", path="/api/calls/{call}/delays", asks=ReadDelays, roles=_REVIEWERS, purpose="oversight", says="The delays of one call's trail."),
    Door(verb="POST", path=f"{_DELAY}/grant", asks=GrantDelay, roles=_REVIEWERS, purpose="oversight",
         says="Grant a delay that somebody else asked for; its days begin now."),
    Door(verb="POST", path=f"{_DELAY}/refuse", asks=RefuseDelay, roles=_REVIEWERS, purpose="oversight", says="Refuse a delay that somebody else asked for."),
    Door(verb="POST", path=f"{_DELAY}/end", asks=EndDelay, roles=_REVIEWERS, purpose="oversight", says="End a delay before its time, or take back one that is undecided."),
    Door(verb="GET", path=_DELAY, asks=ReadDelay, roles=_REVIEWERS, purpose="oversight", says="One delay with its reason; the reading is kept."),
)


def room(rights: Callable[[Iterable[str]], tuple[Right, ...]], retention: Retention) -> Room:
    """The access room; `rights` tells what the policy shows to a set of roles, `retention` how long each kind of record is kept."""
    answers: dict[type[Ask], Callable[[Any, Any], Any]] = {
        ReadGlass: read_glass, ReadFinding: read_finding, ReadSample: read_sample, ReadOwnFindings: read_own_findings, ReadRights: rights_reader(rights),
        ReadExport: read_export, ReadReceived: read_received, ReadHold: read_hold, ReadRetention: retention_reader(retention),
        ReadDelay: read_delay, ReadDelays: read_delays}
    pictures: tuple[Picture, ...] = (Glass(), Findings(), Samples(), Exports(), Holds(), Delays())
    ticks: tuple[Callable[[], Command], ...] = (RaiseUnreviewed, ForgetDue, NoteRotation, RaiseFound, DrawSample, RaiseLateSamples)
    return Room(name="access", doors=DOORS, state=State, evolve=evolve, decide=decide, commands=tuple(DECISIONS), pictures=pictures,
                answers=answers, ticks=ticks)
