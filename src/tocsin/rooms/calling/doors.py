"""The calling room's menu is empty: nobody asks it to call anybody. What is assigned, said and called for elsewhere does."""

from tocsin.kernel import Door, Room
from tocsin.rooms.calling.commands import Call, GiveUp, NoteOutcome
from tocsin.rooms.calling.model import State, decide, evolve
from tocsin.rooms.calling.views import Callouts, Unreached

DOORS: tuple[Door, ...] = ()


def room() -> Room:
    """The calling room; it needs nothing from outside."""
    return Room(name="calling", doors=DOORS, state=State, evolve=evolve, decide=decide, commands=(Call, NoteOutcome, GiveUp), pictures=(Callouts(), Unreached()))
