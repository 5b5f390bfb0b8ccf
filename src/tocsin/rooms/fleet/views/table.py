"""The city's table of units as it goes out."""

import msgspec

from tocsin.kernel import View, Words
from tocsin.rooms.fleet.model import FleetTable

LENT = Words("lent", "已借出")
"""The state of a unit that is a neighbouring city's to send; every city has it, whatever its table says."""


class SeatLine(View, frozen=True, kw_only=True):
    """A seat that somebody may sign on to, and how many may have it at once (0: any number)."""

    code: str
    says: Words
    most: int


class UnitKindLine(View, frozen=True, kw_only=True):
    """A kind of unit: names, the letter on its symbol, usual skills, which states its crew may report after each
    state, and what its crew signs on to: seats, and kit to look at."""

    code: str
    letter: str
    says: Words
    skills: tuple[str, ...]
    moves: dict[str, tuple[str, ...]]
    seats: tuple[SeatLine, ...] = ()
    kit: dict[str, Words] = msgspec.field(default_factory=dict)


class FleetView(View, frozen=True, kw_only=True):
    """The kinds of unit and the names of the states."""

    sample: bool
    kinds: tuple[UnitKindLine, ...]
    states: dict[str, Words]


def fleet_view(table: FleetTable) -> FleetView:
    """The table as it goes out."""
    lines = tuple(UnitKindLine(code=code, letter=kind.letter, says=Words(kind.en, kind.zh), skills=kind.skills, moves=table.moves(code),
                               kit=kind.kit, seats=tuple(SeatLine(code=name, says=Words(seat.en, seat.zh), most=seat.most) for name, seat in kind.seats.items()))
                  for code, kind in table.kinds.items())
    return FleetView(sample=table.sample, kinds=lines, states={"lent": LENT, **table.states})
