"""Gathering what an export holds, up to a position of the ledger, so that what was approved and what is given out are the same."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np

from tocsin.engines.counts import LARGEST, suppressed
from tocsin.facts.access import ExportAsked
from tocsin.facts.calls import CallTaken
from tocsin.facts.dispatch import FileAttached, IncidentClosed, IncidentOpened, PriorityChanged, UnitAssigned
from tocsin.facts.fleet import UnitStateChanged
from tocsin.house.envelope import disclose
from tocsin.house.house import House
from tocsin.house.outflow_words import said
from tocsin.house.sight import Looking
from tocsin.kernel import FIELDS, Field, Instant, Kept, Refused, Sealed, from_instant
from tocsin.rooms.dispatch.commands import ReadStory
from tocsin.rooms.dispatch.views import Story

MOST_ROWS = 50_000
MOST_FILES = 50
_KINDS = {fact.fact_kind for fact in (CallTaken, IncidentOpened, IncidentClosed, PriorityChanged, UnitAssigned, UnitStateChanged)}
_S = 1_000_000


class Line(msgspec.Struct, kw_only=True):
    """One row before it is written: whose record it is of, its plain cells, which phrases it chooses among, and what is sealed in it."""

    name: str
    record: str
    cells: dict[str, str]
    phrases: dict[str, int] = {}
    """By slot: which pair of the slot is true of it."""
    sealed: dict[Field, Sealed] = {}


class Gathered(msgspec.Struct, kw_only=True):
    """Everything that an export holds: rows, a story or a table, and the files that go with it."""

    lines: list[Line] = []
    story: Story | None = None
    files: list[FileAttached] = []
    records: set[str] = set()
    """Every record of which something goes out, whether or not a personal field of it does."""


def gathered(house: House, asked: ExportAsked, as_of: int, sight: Looking, least_count: int) -> Gathered:
    """What was asked for, up to this position; refused where it is more than may go out at once."""
    if asked.what == "story":
        return _story(house, asked, as_of, sight)
    if asked.what == "facts":
        return _facts(house, asked, as_of)
    lines = list(_incidents(house, asked, as_of))
    if asked.what == "statistics":
        return Gathered(lines=_statistics(lines, asked, least_count))
    for name in ("caller", "number", "words"):
        for line in lines:
            if name not in asked.fields:
                line.sealed.pop(name, None)
    return Gathered(lines=lines, records={line.record for line in lines})


def told(at: Instant) -> str:
    """An instant as it is given out: UTC, to the second."""
    return f"{from_instant(at):%Y-%m-%dT%H:%M:%SZ}"


def _too_many() -> Refused:
    return Refused("export_large", f"This is more than {MOST_ROWS:,} rows; ask for a shorter period.", f"超过 {MOST_ROWS:,} 行，请缩短时段。", field="since", status=422)


def _since(house: House, at: Instant) -> int:
    """The position after which everything was known from this instant on; found by halving, since positions grow with time."""
    low, high = 0, house.ledger.head()
    while low < high:
        middle = (low + high) // 2
        line = next(iter(house.ledger.read(middle, 1)), None)
        if line is None or line[1].known_at >= at:
            high = middle
        else:
            low = middle + 1
    return low


def _read(house: House, after: int, as_of: int) -> Iterator[Kept]:
    for line in house.ledger.read(after, max(0, as_of - after)):
        if line[1].kind in _KINDS:
            yield from disclose([line])


def _incidents(house: House, asked: ExportAsked, as_of: int) -> Iterator[Line]:
    """The incidents that were called in within the period, in the order in which they were opened."""
    opened: dict[str, dict[str, Any]] = {}
    calls: dict[str, CallTaken] = {}
    for kept in _read(house, _since(house, asked.since - 120 * _S), as_of):
        fact = kept.fact
        match fact:
            case CallTaken():
                calls[fact.call] = fact
            case IncidentOpened() if asked.since <= fact.called_at < asked.until and (not asked.kinds or fact.kind in asked.kinds) \
                    and asked.area in ("", fact.area):
                opened[fact.incident] = {"fact": fact, "priority": fact.priority, "sent": 0, "there": 0, "closed": "", "call": calls.pop(fact.incident, None)}
                if len(opened) > MOST_ROWS:
                    raise _too_many()
            case IncidentOpened():
                calls.pop(fact.incident, None)
            case PriorityChanged() if fact.incident in opened:
                opened[fact.incident]["priority"] = fact.priority
            case UnitAssigned() if fact.incident in opened and not opened[fact.incident]["sent"]:
                opened[fact.incident]["sent"] = kept.entry.happened_at
            case UnitStateChanged(state="at_scene") if fact.incident in opened and not opened[fact.incident]["there"]:
                opened[fact.incident]["there"] = kept.entry.happened_at
            case IncidentClosed() if fact.incident in opened:
                opened[fact.incident]["closed"] = fact.disposition
    for number, held in opened.items():
        yield _incident(number, held)


def _incident(number: str, held: dict[str, Any]) -> Line:
    fact, call = held["fact"], held["call"]
    after = {name: str((held[name] - fact.called_at) // _S) if held[name] else "" for name in ("sent", "there")}
    sealed: dict[Field, Sealed | None] = {} if call is None else {"caller": call.caller, "number": call.number, "words": call.notes}
    return Line(
        name=number, record=f"call:{number}", phrases={"standing": int(bool(held["closed"])), "sent": int(bool(held["sent"])), "reached": int(bool(held["there"]))},
        cells={"incident": number, "called_at": told(fact.called_at), "kind": fact.kind, "priority": str(held["priority"]), "area": fact.area,
               "place": fact.place.text, "lon": f"{fact.place.lon:.6f}", "lat": f"{fact.place.lat:.6f}", "first_sent_s": after["sent"],
               "first_there_s": after["there"], "closed_as": held["closed"]},
        sealed={name: box for name, box in sealed.items() if box is not None})


def _statistics(lines: list[Line], asked: ExportAsked, least_count: int) -> list[Line]:
    """Incidents by kind and area with their sums, small counts left out; kinds and areas beyond the forty commonest stand together."""
    counted = Counter((line.cells["kind"], line.cells["area"] or said("none", asked.tongue)) for line in lines)
    rows, columns = (_commonest(counted, axis, LARGEST[axis] - 1, said("other", asked.tongue)) for axis in (0, 1))
    counts = np.zeros((len(rows), len(columns)), np.int64)
    for (kind, area), count in counted.items():
        counts[_at(rows, kind), _at(columns, area)] += count
    table = suppressed(counts, least_count)
    total = said("total", asked.tongue)
    found = []
    for row, kind in enumerate([*rows, total]):
        cells = {"kind": kind} | {area: said("withheld", asked.tongue) if table.left_out[row, column] else str(int(table.counts[row, column]))
                                  for column, area in enumerate([*columns, total])}
        found.append(Line(name=kind, record="", cells=cells))
    return found


def _commonest(counted: Counter[tuple[str, str]], axis: int, most: int, other: str) -> list[str]:
    names = Counter[str]()
    for key, count in counted.items():
        names[key[axis]] += count
    kept = sorted(name for name, _ in names.most_common(most))
    return [*kept, other] if len(names) > most else kept


def _at(names: list[str], name: str) -> int:
    return names.index(name) if name in names else len(names) - 1


def _facts(house: House, asked: ExportAsked, as_of: int) -> Gathered:
    """Every fact about a record: what kind, when, by whom and for what; never what stands in it."""
    record = asked.about if ":" in asked.about else f"call:{asked.about}"
    tags = [record, f"out:{record}", *([f"incident:{record[5:]}"] if record.startswith("call:") else [])]
    lines = []
    for kept in house.history(*tags):
        entry = kept.entry
        if kept.position <= as_of:
            late = entry.known_at - entry.happened_at > 60 * _S
            lines.append(Line(name=f"#{kept.position}", record=record, phrases={"who": int(entry.by.startswith("room:")), "late": int(late)},
                              cells={"fact": f"#{kept.position}", "kind": entry.kind, "happened_at": told(entry.happened_at), "known_at": told(entry.known_at),
                                     "by": entry.by, "purpose": entry.purpose}))
    if len(lines) > MOST_ROWS:
        raise _too_many()
    if not lines:
        raise Refused("record_unknown", f"there is no fact about {record}", f"没有关于 {record} 的事实", field="about", status=404)
    return Gathered(lines=lines, records={record})


def _story(house: House, asked: ExportAsked, as_of: int, sight: Looking) -> Gathered:
    """One incident's story as the desk reads it, with those fields alone that were asked for."""
    whole = sight.history
    sight.history = lambda *tags: [kept for kept in whole(*tags) if kept.position <= as_of]
    answer = next(room.answers[ReadStory] for room in house.rooms if ReadStory in room.answers)
    story = answer(ReadStory(incident=asked.about), sight)
    assert isinstance(story, Story)
    files = [kept.fact for kept in sight.history(f"incident:{asked.about}") if isinstance(kept.fact, FileAttached)]
    files = files if "file" in asked.fields else []
    if len(files) > MOST_FILES:
        raise Refused("export_files", f"This incident has more than {MOST_FILES} files.", f"该警情的附件超过 {MOST_FILES} 个。", field="about", status=422)
    return Gathered(story=story, files=files, records={f"call:{asked.about}", *sight.shown, *(f"file:{one.file}" for one in files)})


def opened(line: Line, fields: tuple[str, ...], sight: Looking) -> dict[str, str]:
    """A row's cells with those of its personal fields that were asked for; each that is opened is remembered by the sight."""
    asked: dict[str, str] = {name: sight.opened(line.sealed.get(name), name) or "" for name in FIELDS if name in fields and name != "file"}
    first, *rest = line.cells.items()
    return dict([first, *asked.items(), *rest])  # beside the number, where whoever approves sees them first
