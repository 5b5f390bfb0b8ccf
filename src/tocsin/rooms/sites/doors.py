"""The sites' menu: look at what a site had done and the floor could not keep, and settle it."""

from tocsin.kernel import Door, Role, Room
from tocsin.rooms.sites.commands import CloseConflict, RaiseConflict, ReadConflict
from tocsin.rooms.sites.model import State, decide, evolve
from tocsin.rooms.sites.views import Conflicts, read_conflict

_LEAD: tuple[Role, ...] = ("dispatcher", "supervisor")
_ONE = "/api/conflicts/{conflict}"

DOORS = (
    Door(verb="GET", path=_ONE, asks=ReadConflict, roles=(*_LEAD, "auditor"), purpose="response", also=("oversight",),
         says="What a site had done while its line was cut and could not be kept, with what had been asked there; the opening is kept."),
    Door(verb="POST", path=f"{_ONE}/close", asks=CloseConflict, roles=_LEAD, purpose="response", says="Settle such a conflict and say how."),
)


def room() -> Room:
    """The sites' room; it needs nothing from outside."""
    return Room(name="sites", doors=DOORS, state=State, evolve=evolve, decide=decide, commands=(RaiseConflict, CloseConflict), pictures=(Conflicts(),),
                answers={ReadConflict: read_conflict})
