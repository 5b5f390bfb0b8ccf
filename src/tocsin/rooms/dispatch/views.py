"""What the dispatchers see: the board of open incidents, closures, one offer, one incident's story, a route, the plan."""

from tocsin.facts.calls import Place
from tocsin.facts.dispatch import Need
from tocsin.kernel import Row, View, Words


class IncidentRow(Row, frozen=True, kw_only=True, tag="incident"):
    """An open incident on the board. It carries no personal field. A closed one leaves the board."""

    place: Place
    kind: str
    priority: int
    needs: tuple[Need, ...]
    unmet: tuple[Need, ...]
    units: tuple[str, ...]
    called_at: int
    opened_at: int
    first_sent_at: int = 0
    first_there_at: int = 0
    notes: int = 0


class ClosureRow(Row, frozen=True, kw_only=True, tag="closure"):
    """A stretch of road that is shut."""

    text: str
    segments: tuple[int, ...]
    shape: tuple[tuple[tuple[float, float], ...], ...]
    since: int


class Candidate(View, frozen=True, kw_only=True):
    """One unit in an offer. `eta_s` counts from being sent: mobilisation and driving; None: it cannot get there.

    `low_s` and `high_s` hold nine arrivals in ten on days the calibration did not see. `lacks` is empty where the unit may
    go, else the code of what speaks against it (`busy`, `skill`, `kind`, `stale_position`, `unreachable`, `out_of_service`).
    """

    unit: str
    shift: str
    unit_kind: str
    state: str
    eta_s: int | None
    low_s: int | None
    high_s: int | None
    position_age_s: int
    lacks: str
    proposed: bool
    why: Words


class Offer(View, frozen=True, kw_only=True):
    """Every unit on duty, ranked for one incident, as it was shown and kept."""

    offer: str
    incident: str
    at: int
    needs: tuple[Need, ...]
    unfilled: tuple[Need, ...]
    candidates: tuple[Candidate, ...]
    city: str
    calibration: str
    plan: str


class Line(View, frozen=True, kw_only=True):
    """One line of an incident's story: when it happened, when it was known, who said it, and the sentence."""

    position: int
    happened_at: int
    known_at: int
    by: str
    fact: str
    unit: str
    says: Words


class Story(View, frozen=True, kw_only=True):
    """One incident from its call to its end."""

    incident: str
    row: IncidentRow | None
    closed: bool
    number: str | None
    caller: str | None
    notes: str | None
    lines: tuple[Line, ...]


class RouteLeg(View, frozen=True, kw_only=True):
    """A stretch of a route along one street."""

    street: str
    dist_m: int


class Route(View, frozen=True, kw_only=True):
    """The way of a unit to an incident: its line as (lon, lat), seconds of driving, metres, streets in order."""

    found: bool
    eta_s: int
    dist_m: int
    line: tuple[tuple[float, float], ...]
    legs: tuple[RouteLeg, ...]


class KindLine(View, frozen=True, kw_only=True):
    """A kind of incident: its code, names, usual priority, and needs by priority."""

    code: str
    says: Words
    priority: int
    needs: dict[str, tuple[Need, ...]]


class PlanView(View, frozen=True, kw_only=True):
    """The response plan in force."""

    version: str
    sample: bool
    kinds: tuple[KindLine, ...]
    dispositions: dict[str, Words]
    skills: dict[str, Words]
