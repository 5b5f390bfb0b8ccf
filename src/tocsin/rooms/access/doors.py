"""The menu of access: breaking the glass and its review, findings and their decision."""

from collections.abc import Callable, Iterable
from typing import Any

from tocsin.kernel import Ask, Command, Door, Picture, Role, Room
from tocsin.rooms.access.commands import (
    BreakGlass,
    DecideFinding,
    EndGlass,
    RaiseUnreviewed,
    ReadFinding,
    ReadGlass,
    ReadRights,
    ReviewGlass,
)
from tocsin.rooms.access.model import DECISIONS, State, decide, evolve
from tocsin.rooms.access.views import Findings, Glass, Right, read_finding, read_glass, rights_reader

_STAFF: tuple[Role, ...] = ("call_taker", "dispatcher", "supervisor", "responder", "planner", "auditor", "admin")
_REVIEWERS: tuple[Role, ...] = ("supervisor", "auditor")
_GLASS, _FINDING = "/api/glass/{glass}", "/api/findings/{finding}"

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
    Door(verb="GET", path="/api/rights", asks=ReadRights, roles=_STAFF, purpose="access", pace="look",
         says="What your roles show for each purpose, and the rules of the policy that say so."),
)


def room(rights: Callable[[Iterable[str]], tuple[Right, ...]]) -> Room:
    """The access room; `rights` tells what the policy shows to a set of roles."""
    answers: dict[type[Ask], Callable[[Any, Any], Any]] = {ReadGlass: read_glass, ReadFinding: read_finding, ReadRights: rights_reader(rights)}
    pictures: tuple[Picture, ...] = (Glass(), Findings())
    ticks: tuple[Callable[[], Command], ...] = (RaiseUnreviewed,)
    return Room(name="access", doors=DOORS, state=State, evolve=evolve, decide=decide, commands=tuple(DECISIONS), pictures=pictures,
                answers=answers, ticks=ticks)
