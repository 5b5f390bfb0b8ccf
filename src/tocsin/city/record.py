"""A city's own record of past calls read into plain structs: who was sent where, and when each thing happened."""

import csv
import datetime
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from tocsin.city.faults import CityFault, Odd
from tocsin.city.limits import check_archive, sha256_of
from tocsin.city.record_mapping import Codes, Mapping

MOST_ROWS = 20_000_000
MOST_FIELD_CHARS = 1 << 17
_NUMBERS = re.compile(r"-?\d+(?:\.\d+)?")
_TIMES = ("received", "entry", "dispatch", "response", "on_scene", "transport", "hospital", "available")


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One unit's part in a call. Instants are microseconds since 1970 UTC, None where the record has none; the order of the
    instants is as recorded and may be wrong (a button pressed late), which `Record.odd` counts."""

    unit: str
    unit_kind: str
    """In our words, by the mapping's `unit_kinds`."""
    station: str
    """The name of the unit's own station, "" where it has none or it is not known."""
    sequence: int | None
    """1 for the unit that was named first for this call."""
    dispatch_at: int | None
    response_at: int | None
    """When the unit began to drive."""
    on_scene_at: int | None
    transport_at: int | None
    hospital_at: int | None
    available_at: int | None


class PastCall(msgspec.Struct, frozen=True, kw_only=True):
    """One call of the record with all the units that were sent to it, in the order of their sequence."""

    call: str
    incident: str
    received_at: int
    entry_at: int | None
    lon: float | None
    lat: float | None
    address: str
    kind: str
    kind_text: str
    """The kind in the city's own words."""
    priority: int
    lights: bool
    """Whether the priority is one that this city drives to with lights and siren."""
    disposition: str
    disposition_text: str
    station_area: str
    runs: tuple[Run, ...]


class Station(msgspec.Struct, frozen=True, kw_only=True):
    """One station of the city's own list."""

    name: str
    lon: float
    lat: float
    address: str


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A whole record of past calls, in the order in which they were received."""

    name: str
    attribution: str
    zone: str
    source: str
    sha256: str
    rows: int
    calls: tuple[PastCall, ...]
    stations: dict[str, Station]
    odd: Odd
    """What was strange in the file, by code with examples; nothing is dropped without being counted here."""


def read_record(path: Path, mapping: Mapping, stations: Path | None = None) -> Record:
    """Read a CSV (plain, .gz, or alone in a .zip) of one row a unit sent.

    `stations` overrides the mapping's station file. A row without a call number or a readable time of receipt is left out
    and counted in `odd`.
    Raises CityFault where the file is absent, damaged, too large, or lacks a column that the mapping names.
    """
    check_archive(path)
    homes = _read_stations(path, mapping, stations)
    odd = Odd()
    rows = 0
    reader = _Reader(mapping, homes, odd)
    with open_csv(path) as lines:
        table = csv.DictReader(lines)
        try:
            _refuse_missing(path, table.fieldnames or (), _columns(mapping))
            for row in table:
                rows += 1
                if rows > MOST_ROWS:
                    raise CityFault("record.too_large", f"{path.name} has more than {MOST_ROWS:,} rows.")
                reader.take(row, table.line_num)
        except (csv.Error, UnicodeDecodeError) as error:
            raise CityFault("record.unreadable", f"{path.name}, line {table.line_num}: {error}.") from error
    if not reader.calls:
        raise CityFault("record.empty", f"{path.name} has {rows:,} rows, of which none is a call that can be read.")
    return Record(
        name=mapping.name,
        attribution=mapping.attribution,
        zone=mapping.zone,
        source=path.name,
        sha256=sha256_of(path),
        rows=rows,
        calls=reader.finish(),
        stations=homes,
        odd=odd,
    )


class _Reader:
    """Gathers rows into calls; times and codes are looked up once for each different text."""

    def __init__(self, mapping: Mapping, stations: dict[str, Station], odd: Odd) -> None:
        self.mapping, self.stations, self.odd = mapping, stations, odd
        self.columns = _columns(mapping)
        self.zone = ZoneInfo(mapping.zone)
        self.calls: dict[str, PastCall] = {}
        self.runs: dict[str, list[Run]] = {}
        self.instants: dict[str, int | None] = {"": None}
        pattern = mapping.stations.unit_pattern if mapping.stations is not None else None
        self.unit_pattern = re.compile(pattern) if pattern is not None else None

    def take(self, row: dict[str, str | None], line: int) -> None:
        cell = {key: (row[name] or "").strip() for key, name in self.columns.items()}
        times = {key: self.instant(cell.get(key, ""), line) for key in _TIMES}
        received = times["received"]
        if received is None or not cell["call"]:
            self.odd.note("record.row_without_call_or_time", f"line {line}")
            return
        call = cell["call"]
        if call not in self.calls:
            self.calls[call] = self.first_row(cell, received, times["entry"], line)
            self.runs[call] = []
        elif self.calls[call].received_at != received:
            self.odd.note("record.rows_of_a_call_differ", f"line {line}: call {call}")
        if not cell["unit"]:
            self.odd.note("record.row_without_unit", f"line {line}")
            return
        if any(run.unit == cell["unit"] and run.dispatch_at == times["dispatch"] for run in self.runs[call]):
            self.odd.note("record.row_repeated", f"line {line}: call {call}, unit {cell['unit']}")
            return
        known = [times[key] for key in _TIMES[2:]]
        kept = [at for at in known if at is not None]
        if kept != sorted(kept):
            self.odd.note("record.times_out_of_order", f"line {line}: call {call}, unit {cell['unit']}")
        sequence = cell.get("sequence", "")
        dispatch, response, on_scene, transport, hospital, available = known
        self.runs[call].append(
            Run(
                unit=cell["unit"],
                unit_kind=self.word(self.mapping.unit_kinds, cell.get("unit_kind", ""), "unit_kind"),
                station=self.station_of(cell["unit"]),
                sequence=int(sequence) if sequence.isdecimal() else None,
                dispatch_at=dispatch,
                response_at=response,
                on_scene_at=on_scene,
                transport_at=transport,
                hospital_at=hospital,
                available_at=available,
            )
        )

    def first_row(self, cell: dict[str, str], received: int, entry: int | None, line: int) -> PastCall:
        lon, lat = self.point(cell, line)
        text, end = cell.get("kind", ""), cell.get("disposition", "")
        priority, lights = self.priority(cell.get("priority", ""))
        return PastCall(
            call=cell["call"],
            incident=cell.get("incident", ""),
            received_at=received,
            entry_at=entry,
            lon=lon,
            lat=lat,
            address=cell.get("address", ""),
            kind=self.word(self.mapping.kinds, text, "kind"),
            kind_text=text,
            priority=priority,
            lights=lights,
            disposition=self.word(self.mapping.dispositions, end, "disposition"),
            disposition_text=end,
            station_area=station_name(cell.get("station_area", "")),
            runs=(),
        )

    def instant(self, text: str, line: int) -> int | None:
        if text not in self.instants:
            try:
                local = datetime.datetime.strptime(text, self.mapping.time_format)  # noqa: DTZ007 - the zone is the mapping's, below
            except ValueError:
                self.odd.note("record.time_unreadable", f"line {line}: {text}")
                return None
            if local.tzinfo is None:
                local = local.replace(tzinfo=self.zone)
                if local.utcoffset() != local.replace(fold=1).utcoffset():
                    self.odd.note("record.time_ambiguous", f"line {line}: {text}")
            self.instants[text] = int((local - _EPOCH) / datetime.timedelta(microseconds=1))
        return self.instants[text]

    def word(self, codes: Codes | None, text: str, what: str) -> str:
        if codes is None:
            return text
        if text not in codes.words:
            self.odd.note(f"record.{what}_not_mapped", text)
        return codes.words.get(text, codes.otherwise)

    def priority(self, text: str) -> tuple[int, bool]:
        codes = self.mapping.priorities
        if codes is None:
            return 0, True
        if text not in codes.words:
            self.odd.note("record.priority_not_mapped", text)
        return codes.words.get(text, codes.otherwise), text in codes.lights

    def point(self, cell: dict[str, str], line: int) -> tuple[float | None, float | None]:
        if "point" in cell:
            found = _NUMBERS.findall(cell["point"])
            pair = tuple(found[:2]) if self.mapping.point_order == "lon lat" else tuple(reversed(found[:2]))
        else:
            pair = (cell.get("lon", ""), cell.get("lat", ""))
        try:
            lon, lat = (float(text) for text in pair)
        except ValueError:
            self.odd.note("record.place_unreadable", f"line {line}")
            return None, None
        west, south, east, north = self.mapping.bounds or (-180.0, -90.0, 180.0, 90.0)
        if not (west <= lon <= east and south <= lat <= north):
            self.odd.note("record.place_outside", f"line {line}: {lon}, {lat}")
            return None, None
        return lon, lat

    def station_of(self, unit: str) -> str:
        if self.mapping.stations is None:
            return ""
        name = self.mapping.stations.units.get(unit, "")
        if not name and self.unit_pattern is not None and (found := self.unit_pattern.search(unit)) is not None:
            name = station_name(found[1])
        return name if name in self.stations else ""

    def finish(self) -> tuple[PastCall, ...]:
        for call, runs in self.runs.items():
            runs.sort(key=lambda run: (run.sequence if run.sequence is not None else 1 << 30, run.dispatch_at or 0, run.unit))
            self.calls[call] = msgspec.structs.replace(self.calls[call], runs=tuple(runs))
        return tuple(sorted(self.calls.values(), key=lambda call: (call.received_at, call.call)))


_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


def station_name(text: str) -> str:
    """Return a station's name in one form: files write "3" and "03" for the same one."""
    return str(int(text)) if text.isdecimal() else text


def _read_stations(path: Path, mapping: Mapping, override: Path | None) -> dict[str, Station]:
    where = mapping.stations
    if where is None:
        return {}
    file = override if override is not None else path.parent / where.file
    check_archive(file)
    stations: dict[str, Station] = {}
    with open_csv(file) as lines:
        table = csv.DictReader(lines)
        named = {"name": where.name, "lon": where.lon, "lat": where.lat} | ({"address": where.address} if where.address else {})
        _refuse_missing(file, table.fieldnames or (), {f"stations.{key}": name for key, name in named.items()})
        for row in table:
            try:
                name = station_name(row[where.name].strip())
                stations[name] = Station(
                    name=name,
                    lon=float(row[where.lon]),
                    lat=float(row[where.lat]),
                    address=row[where.address].strip() if where.address else "",
                )
            except (ValueError, AttributeError, TypeError) as error:
                sentence = f"{file.name}, line {table.line_num}: a station needs a name, lon and lat."
                raise CityFault("record.stations_wrong", sentence) from error
    return stations


def _columns(mapping: Mapping) -> dict[str, str]:
    return {key: name for key, name in msgspec.structs.asdict(mapping.columns).items() if name is not None}


def _refuse_missing(path: Path, present: Sequence[str], wanted: dict[str, str]) -> None:
    missing = [f"{name!r} ({key})" for key, name in wanted.items() if name not in present]
    if missing:
        has = ", ".join(present[:40]) or "no columns at all"
        sentence = f"{path.name} lacks {', '.join(missing)}, which the mapping names; it has: {has}."
        raise CityFault("record.columns_missing", " ".join(sentence.split())[:2000])


@contextmanager
def open_csv(path: Path) -> Iterator[io.TextIOBase]:
    """The lines of a CSV, plain, .gz, or alone in a .zip; CityFault where it is damaged."""
    csv.field_size_limit(MOST_FIELD_CHARS)
    kind = path.suffix.lower()
    try:
        if kind == ".gz":
            with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as lines:
                yield lines
        elif kind == ".zip":
            with zipfile.ZipFile(path) as archive:
                names = archive.namelist()
                members = [name for name in names if name.lower().endswith(".csv") and not name.startswith("__MACOSX")]
                if len(members) != 1:
                    raise CityFault("record.unreadable", f"{path.name} holds {len(members)} CSV files; one is expected.")
                with archive.open(members[0]) as packed:
                    yield io.TextIOWrapper(packed, encoding="utf-8-sig", newline="")
        else:
            with path.open(encoding="utf-8-sig", newline="") as lines:
                yield lines
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
        raise CityFault("record.unreadable", f"{path.name} is damaged or cut short: {error}.") from error
