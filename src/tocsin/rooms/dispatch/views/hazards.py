"""Hazards as they are seen: rows that say on which incidents each is shown and until when, the words of those in force, and a line of the story."""

from collections.abc import Mapping
from math import cos, hypot, radians

import msgspec

from tocsin.facts.calls import Place
from tocsin.facts.dispatch import IncidentClosed, IncidentJoined, IncidentOpened, IncidentSeparated
from tocsin.facts.hazards import HazardMarked, HazardRenewed, HazardWithdrawn
from tocsin.kernel import Instant, Kept, Picture, Row, Sight, View, Words
from tocsin.rooms.dispatch.commands import ReadHazards
from tocsin.rooms.dispatch.model import HazardTable
from tocsin.rooms.dispatch.views.board import IncidentRow, Incidents

_M_PER_DEGREE = 111_320.0


class HazardRow(Row, frozen=True, kw_only=True, tag="hazard"):
    """A hazard that was not taken back. It is shown until `until` by whoever's clock is the house's, on each of `incidents`; it has no words.

    With a radius it is of its place, else of its incident. `unit` is the unit whose crew saw it, where a crew did.
    """

    kind: str
    source: str
    since: Instant
    until: Instant
    by: str
    place: Place | None = None
    radius_m: int = 0
    incident: str = ""
    unit: str = ""
    words: bool = False
    incidents: tuple[str, ...] = ()
    renewed_by: str = ""
    renewed_at: Instant = 0

    def shown_on(self, row: IncidentRow) -> bool:
        """Whether it is shown on an incident: one it was marked at (or that this was joined into), or one that lies within its radius."""
        if self.place is None:
            return self.incident in (row.id, *(call.incident for call in row.joined))
        return any(_apart_m(self.place, place) <= self.radius_m for place in (row.place, *(call.place for call in row.joined)))


def _apart_m(one: Place, other: Place) -> float:
    return _M_PER_DEGREE * hypot((one.lon - other.lon) * cos(radians(one.lat)), one.lat - other.lat)


class Hazards(Picture):
    """Hazards by number. It reads the board's incidents, which are folded before it. What is over by the clock is left out by whoever shows it, and
    let go here with the next hazard or incident: nothing has to happen at its end."""

    name = "hazard"
    row_type = HazardRow

    def __init__(self) -> None:
        super().__init__()
        self._board: Picture = Incidents()

    def among(self, others: Mapping[str, Picture]) -> None:
        self._board = others[Incidents.name]

    def fold(self, kept: Kept) -> tuple[str, ...]:
        match kept.fact:
            case HazardMarked() as fact:
                return (*self._let_go(kept.entry.known_at), *self._marked(fact, kept))
            case HazardRenewed() as fact:
                row = self.rows.get(fact.hazard)
                if isinstance(row, HazardRow):
                    self.rows[row.id] = msgspec.structs.replace(row, until=fact.until, renewed_by=kept.entry.by, renewed_at=kept.entry.known_at)
                    return (row.id,)
            case HazardWithdrawn() as fact if self.rows.pop(fact.hazard, None) is not None:
                return (fact.hazard,)
            case IncidentOpened() as fact:
                return (*self._let_go(kept.entry.known_at), *self._seen_from(fact.incident))
            case IncidentJoined() as fact:
                return self._seen_from(fact.incident, fact.into)
            case IncidentSeparated() as fact:
                return self._seen_from(fact.incident, fact.out_of)
            case IncidentClosed() as fact:
                return (*self._ended_with(fact.incident), *self._seen_from(fact.incident))
        return ()

    def _all(self) -> list[HazardRow]:
        return [row for row in self.rows.values() if isinstance(row, HazardRow)]

    def _marked(self, fact: HazardMarked, kept: Kept) -> tuple[str, ...]:
        if fact.until <= kept.entry.known_at:  # a phone was out of reach until it was over: the story has it
            return ()
        row = HazardRow(id=fact.hazard, kind=fact.kind, source=fact.source, since=kept.entry.happened_at, until=fact.until, by=kept.entry.by, place=fact.place,
                        radius_m=fact.radius_m, incident=fact.incident, unit=fact.unit, words=fact.words is not None)
        on = tuple(number for number, one in self._board.rows.items() if isinstance(one, IncidentRow) and row.shown_on(one))
        self.rows[row.id] = msgspec.structs.replace(row, incidents=on)
        return (row.id,)

    def _seen_from(self, *numbers: str) -> tuple[str, ...]:
        """What changes where these incidents came, went or were joined."""
        changed = []
        for row in self._all():
            on = tuple(one for one in row.incidents if one not in numbers)
            for number in numbers:
                incident = self._board.rows.get(number)
                if isinstance(incident, IncidentRow) and row.shown_on(incident):
                    on = (*on, number)
            if on != row.incidents:
                self.rows[row.id] = msgspec.structs.replace(row, incidents=on)
                changed.append(row.id)
        return tuple(changed)

    def _ended_with(self, incident: str) -> tuple[str, ...]:
        """A hazard of an incident alone ends with it."""
        return tuple(row.id for row in self._all() if row.place is None and row.incident == incident and self.rows.pop(row.id, None) is not None)

    def _let_go(self, now: Instant) -> tuple[str, ...]:
        return tuple(row.id for row in self._all() if row.until <= now and self.rows.pop(row.id, None) is not None)


class HazardLine(View, frozen=True, kw_only=True):
    """One hazard that is shown now, with its words; None where there are none or their key was destroyed."""

    hazard: str
    kind: str
    source: str
    words: str | None
    since: Instant
    until: Instant
    radius_m: int
    unit: str


class HazardsOn(View, frozen=True, kw_only=True):
    """The hazards shown on an incident at this moment."""

    incident: str
    at: Instant
    hazards: tuple[HazardLine, ...]


def read_hazards(ask: ReadHazards, sight: Sight) -> HazardsOn:
    """Those in force by the house's clock, the latest first; what is over is not among them, though its row may still lie there."""
    now = sight.now()
    rows = [row for row in sight.rows(Hazards.name).values() if isinstance(row, HazardRow) and ask.incident in row.incidents and row.until > now]
    lines = []
    for row in sorted(rows, key=lambda one: -one.since):
        marked = next((kept.fact for kept in sight.history(f"hazard:{row.id}") if isinstance(kept.fact, HazardMarked)), None)
        lines.append(HazardLine(hazard=row.id, kind=row.kind, source=row.source, words=sight.opened(marked.words) if marked is not None else None, since=row.since,
                                until=row.until, radius_m=row.radius_m, unit=row.unit))
    return HazardsOn(incident=ask.incident, at=now, hazards=tuple(lines))


class HazardKindLine(View, frozen=True, kw_only=True):
    """A kind of hazard: its words, the longest it stands without another look, and what is usual."""

    code: str
    says: Words
    longest_s: int
    usual_s: int
    radius_m: int


class HazardKinds(View, frozen=True, kw_only=True):
    """The table of hazards as it goes out."""

    version: str
    sample: bool
    kinds: tuple[HazardKindLine, ...]
    sources: dict[str, Words]


def hazard_kinds(table: HazardTable) -> HazardKinds:
    """The table, kind by kind."""
    return HazardKinds(version=table.version, sample=table.sample, sources=table.sources, kinds=tuple(
        HazardKindLine(code=code, says=Words(kind.en, kind.zh), longest_s=kind.longest_s, usual_s=round(kind.usual_h * 3600), radius_m=kind.radius_m)
        for code, kind in table.kinds.items()))


def of_hazards(table: HazardTable, kept: Kept, sight: Sight) -> Words | None:
    """What was warned of, renewed or taken back, as one sentence of the story."""
    fact, at = kept.fact, kept.entry.happened_at
    match fact:
        case HazardMarked():
            kind, source = table.kinds.get(fact.kind), table.sources.get(fact.source, Words(fact.source, fact.source))
            en, zh = (kind.en, kind.zh) if kind is not None else (fact.kind, fact.kind)
            round_en, round_zh = (f", {fact.radius_m} m round {_named(fact.place, 'the place')}", f"，{_named(fact.place, '该地点')}周围 {fact.radius_m} 米") if fact.radius_m else ("", "")
            words = sight.opened(fact.words)
            lasts = _lasting(fact.until - at)
            return Words(f"{f'{fact.unit}: hazard' if fact.unit else 'Hazard'}, {en}{round_en}, shown for {lasts.en} ({source.en}).{f' {words}' if words else ''}",
                         f"{f'{fact.unit}：' if fact.unit else ''}危险提示：{zh}{round_zh}，有效 {lasts.zh}（{source.zh}）。{words or ''}")
        case HazardRenewed():
            lasts = _lasting(fact.until - at)
            return Words(f"Hazard looked at and shown for another {lasts.en}.", f"危险提示已复核，延长 {lasts.zh}。")
        case HazardWithdrawn():
            why = sight.opened(fact.reason)
            return Words(f"Hazard taken back{f': {why}' if why else ''}.", f"危险提示已撤销{f'：{why}' if why else ''}。")
    return None


def _lasting(span: Instant) -> Words:
    """How long, in the largest unit that says it well."""
    minutes = max(0, round(span / 60_000_000))
    for size, en, zh in ((1440, "days", "天"), (60, "h", "小时")):
        if minutes >= 2 * size:
            return Words(f"{minutes / size:.3g} {en}", f"{minutes / size:.3g} {zh}")
    return Words(f"{minutes} min", f"{minutes} 分钟")


def _named(place: Place | None, else_: str) -> str:
    return place.text if place is not None and place.text else else_


