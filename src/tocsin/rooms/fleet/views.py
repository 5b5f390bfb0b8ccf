"""What is seen of the fleet: units on duty, the kinds of unit and their states."""

from tocsin.facts.calls import Place
from tocsin.kernel import Row, View, Words


class UnitRow(Row, frozen=True, kw_only=True, tag="unit"):
    """A unit on duty."""

    shift: str
    unit_kind: str
    skills: tuple[str, ...]
    station: str
    home: Place
    crew: int
    state: str
    since: int
    incident: str = ""


class UnitKindLine(View, frozen=True, kw_only=True):
    """A kind of unit: names, the letter on its symbol, usual skills, and which states its crew may report after each state."""

    code: str
    letter: str
    says: Words
    skills: tuple[str, ...]
    moves: dict[str, tuple[str, ...]]


class FleetView(View, frozen=True, kw_only=True):
    """The kinds of unit and the names of the states."""

    sample: bool
    kinds: tuple[UnitKindLine, ...]
    states: dict[str, Words]
