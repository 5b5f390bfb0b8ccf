"""The door through which a record becomes demand: place, time and kind of residents' own calls, and a refusal for every other column."""

import csv
import datetime
import tomllib
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import h3.api.basic_int as h3
import msgspec
from h3 import H3BaseException

from tocsin.city.faults import CityFault
from tocsin.city.limits import check_archive
from tocsin.city.record import Record, open_csv
from tocsin.engines.demand import Calls, admit, began_themselves, refuse_columns, refuse_people
from tocsin.kernel import instant

MOST_ROWS = 20_000_000
_SAY_EVERY = 100_000
_DISTRICT_STEPS = 2


class Columns(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which column holds what: the time, the kind, and the place as `lon` and `lat` or as an H3 `cell`. There is no field for more."""

    time: str
    kind: str
    lon: str | None = None
    lat: str | None = None
    cell: str | None = None


class Mapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a record of calls is read as demand; docs/examples/montgomery-demand.toml is one.

    `passed_over` names the file's other columns, which are never read: a column that is neither mapped nor named there is refused,
    and one that tells of people or of police's own doing is refused even if it is named.
    """

    format: int
    name: str
    zone: str
    columns: Columns
    time_format: str = "iso"
    attribution: str = ""
    passed_over: tuple[str, ...] = ()
    kind_until: str = ""
    """Where given, a kind ends before this text: "EMS: FALL VICTIM" is EMS."""
    kinds: dict[str, str] = {}
    """Our word for each of theirs; a word that is not listed stays as it is."""
    bounds: tuple[float, float, float, float] | None = None
    """West, south, east, north; a place outside is none."""
    resolution: int = 7
    """The H3 resolution of cells; a district is two steps coarser."""


def read_mapping(path: Path) -> Mapping:
    """Read a mapping; CityFault where it is missing or cannot be followed. A column that it names beside time, kind and place is refused there."""
    try:
        found = tomllib.loads(path.read_bytes()[:1 << 20].decode())
        refuse_columns(found.get("columns", {}), Columns.__struct_fields__)
        mapping = msgspec.convert(found, Mapping)
        ZoneInfo(mapping.zone)
    except OSError as error:
        raise CityFault("record.mapping_missing", f"There is no readable mapping file {path}: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError, AttributeError) as error:
        raise CityFault("record.mapping_wrong", f"{path.name} is not a mapping of calls: {error}.") from error
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise CityFault("record.mapping_wrong", f"{path.name}: there is no such time zone.") from error
    columns = mapping.columns
    if mapping.format != 1 or (columns.cell is None) == (columns.lon is None or columns.lat is None) or not 4 <= mapping.resolution <= 10:
        raise CityFault("record.mapping_wrong", f"{path.name}: the format is 1, the place is either lon and lat or cell, and resolution is 4 to 10.")
    return mapping


def unheard(line: str) -> None:
    """Nobody asks how far it is."""


def read_calls(path: Path, mapping: Mapping, say: Callable[[str], None] = unheard) -> Calls:
    """Read a CSV (plain, .gz, or alone in a .zip) of one row a call; rows without a readable time or place are left out and counted.

    Raises Refused `demand.column-refused` and `demand.column-of-people` before any row is read, and CityFault for a file that is damaged.
    """
    check_archive(path)
    with open_csv(path) as lines:
        rows = csv.reader(lines)
        try:
            head = next(rows, [])
            where = _columns(path, head, mapping)
            reader = _Reader(mapping, where)
            for number, row in enumerate(rows, 1):
                if number > MOST_ROWS:
                    raise CityFault("record.too_large", f"{path.name} has more than {MOST_ROWS:,} rows.")
                if number % _SAY_EVERY == 0:
                    say(f"{number:,} rows read")
                reader.take(row)
        except (csv.Error, UnicodeDecodeError) as error:
            raise CityFault("record.unreadable", f"{path.name}, line {rows.line_num}: {error}.") from error
    return admit({"cell": reader.cell, "at": reader.at, "kind": reader.kind}, reader.left_out)


def calls_of(record: Record, resolution: int = 7) -> Calls:
    """The demand in a record of who was sent where: place, time and kind of its calls, and nothing of the rest."""
    left, cell, at, kind = Counter[str](), [], [], []
    for call in record.calls:
        if call.lon is None or call.lat is None:
            left["without a place"] += 1
        elif began_themselves(call.kind_text):
            left["began by police themselves"] += 1
        else:
            cell.append(h3.latlng_to_cell(call.lat, call.lon, resolution))
            at.append(call.received_at)
            kind.append(call.kind)
    return admit({"cell": cell, "at": at, "kind": kind}, left)


def districts_of(cells: Sequence[int]) -> list[int]:
    """The district of each cell, numbered from 0 on: the H3 hexagon two steps coarser that it lies in."""
    parents = [h3.cell_to_parent(int(cell), h3.get_resolution(int(cell)) - _DISTRICT_STEPS) for cell in cells]
    number = {parent: place for place, parent in enumerate(sorted(set(parents)))}
    return [number[parent] for parent in parents]


def _columns(path: Path, head: Sequence[str], mapping: Mapping) -> dict[str, int]:
    """Where each mapped column stands, once every column of the file has been allowed in or passed over."""
    named = {key: name for key, name in msgspec.structs.asdict(mapping.columns).items() if name is not None}
    missing = [name for name in named.values() if name not in head]
    if missing:
        raise CityFault("record.columns_missing", f"{path.name} lacks {', '.join(missing)}, which the mapping names.")
    refuse_people(head)
    refuse_columns(head, {*named.values(), *mapping.passed_over})
    return {key: head.index(name) for key, name in named.items()}


class _Reader:
    """Gathers the three columns; times are read once for each different text."""

    def __init__(self, mapping: Mapping, where: dict[str, int]) -> None:
        self.mapping, self.where, self.zone = mapping, where, ZoneInfo(mapping.zone)
        self.cell: list[int] = []
        self.at: list[int] = []
        self.kind: list[str] = []
        self.left_out = Counter[str]()
        self.words: dict[str, str | None] = {}

    def take(self, row: Sequence[str]) -> None:
        try:
            cell = {key: row[place].strip() for key, place in self.where.items()}
            at = self.instant(cell["time"])
        except (IndexError, ValueError):
            self.left_out["without a readable time"] += 1
            return
        place = self.place(cell)
        if place is None:
            self.left_out["without a place"] += 1
            return
        text = cell["kind"]
        if text not in self.words:
            self.words[text] = self.word(text)
        kind = self.words[text]
        if kind is None:
            self.left_out["began by police themselves"] += 1
            return
        self.cell.append(place)
        self.at.append(at)
        self.kind.append(kind)

    def word(self, text: str) -> str | None:
        """Our word for a kind; None for what police began by themselves, which is told by the whole of theirs, or by ours."""
        short = text.partition(self.mapping.kind_until)[0].strip() if self.mapping.kind_until else text
        word = self.mapping.kinds.get(text, self.mapping.kinds.get(short, short))
        return None if began_themselves(text) or began_themselves(word) else word

    def instant(self, text: str) -> int:
        form = self.mapping.time_format
        moment = datetime.datetime.fromisoformat(text) if form == "iso" else datetime.datetime.strptime(text, form)  # noqa: DTZ007 - the zone is the mapping's, below
        return instant(moment if moment.tzinfo else moment.replace(tzinfo=self.zone))

    def place(self, cell: dict[str, str]) -> int | None:
        try:
            if "cell" in cell:
                found = int(cell["cell"], 16)
                return h3.cell_to_parent(found, self.mapping.resolution) if h3.is_valid_cell(found) else None
            lon, lat = float(cell["lon"]), float(cell["lat"])
        except (ValueError, H3BaseException):
            return None
        west, south, east, north = self.mapping.bounds or (-180.0, -90.0, 180.0, 90.0)
        return h3.latlng_to_cell(lat, lon, self.mapping.resolution) if west <= lon <= east and south <= lat <= north else None
