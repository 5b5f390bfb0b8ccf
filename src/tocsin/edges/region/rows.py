"""What a region takes of a city's rows: these fields and no others, whatever else a city's stream may carry."""

import msgspec

from tocsin.facts.dispatch import Need


class Spot(msgspec.Struct, frozen=True):
    """Where; the words for a place stay with its city."""

    lon: float
    lat: float


class Incident(msgspec.Struct, frozen=True):
    """An open incident."""

    id: str
    place: Spot
    kind: str
    priority: int
    called_at: int
    units: tuple[str, ...] = ()


class Unit(msgspec.Struct, frozen=True):
    """A unit on duty; `lender` is the city whose it is, where it is borrowed."""

    id: str
    unit_kind: str
    state: str
    incident: str = ""
    lender: str = ""


class Aid(msgspec.Struct, frozen=True):
    """Help that a city asks for (`ours`) or is asked for."""

    id: str
    ours: bool
    city: str
    kind: str
    priority: int
    needs: tuple[Need, ...]
    since: int
    until: int
    state: str


class Loan(msgspec.Struct, frozen=True):
    """A unit that is lent or borrowed."""

    id: str
    borrowed: bool
    city: str
    unit: str
    state: str
    since: int


Taken = Incident | Unit | Aid | Loan
KINDS: dict[str, type[Taken]] = {"incident": Incident, "unit": Unit, "aid": Aid, "loan": Loan}
"""By the name of the city's picture; every other row is left where it is."""


class _Tag(msgspec.Struct):
    row: str
    id: str


class _Frame(msgspec.Struct):
    id: str
    at: int
    whole: bool
    rows: list[msgspec.Raw]
    gone: list[tuple[str, str]]


class Change(msgspec.Struct, frozen=True):
    """One frame of a city as a region takes it: its cursor, the city's time, and rows by picture and id."""

    cursor: str
    at: int
    whole: bool
    rows: dict[tuple[str, str], Taken]
    gone: tuple[tuple[str, str], ...]


def read_frame(data: bytes) -> Change:
    """A frame of the stream; raises msgspec.DecodeError where it is none."""
    frame = msgspec.json.decode(data, type=_Frame)
    rows: dict[tuple[str, str], Taken] = {}
    for raw in frame.rows:
        tag = msgspec.json.decode(raw, type=_Tag)
        if tag.row in KINDS:
            rows[tag.row, tag.id] = msgspec.json.decode(raw, type=KINDS[tag.row])
    return Change(frame.id, frame.at, frame.whole, rows, tuple(key for key in frame.gone if key[0] in KINDS))
