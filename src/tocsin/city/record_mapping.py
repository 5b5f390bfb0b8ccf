"""The short TOML file that says how a city's own record of past calls is to be read: columns, times, kinds, stations."""

import re
import tomllib
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from tocsin.city.faults import CityFault

MOST_MAPPING_BYTES = 1 << 20


class Columns(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which column of the record holds what; only the first three must be there, a record without the rest says less."""

    call: str
    unit: str
    received: str
    incident: str | None = None
    unit_kind: str | None = None
    sequence: str | None = None
    entry: str | None = None
    dispatch: str | None = None
    response: str | None = None
    on_scene: str | None = None
    transport: str | None = None
    hospital: str | None = None
    available: str | None = None
    kind: str | None = None
    priority: str | None = None
    disposition: str | None = None
    station_area: str | None = None
    address: str | None = None
    lon: str | None = None
    lat: str | None = None
    point: str | None = None
    """One column with both coordinates, as in "(37.77, -122.41)" or "POINT (-122.41 37.77)"."""


class Codes(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A city's own words for something, each with ours, and what stands for a word that is not listed (counted as odd)."""

    otherwise: str
    words: dict[str, str]


class Priorities(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The city's priorities as Tocsin's (1 the most pressing … 4), and which of the city's are driven with lights and siren."""

    otherwise: int
    words: dict[str, int]
    lights: tuple[str, ...] = ()


class Stations(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the stations are, and which station each unit is quartered at.

    `file` is a CSV, sought from the record's own folder. `unit_pattern` finds the station's name as its one group in the
    name of a unit; `units` names the station of units that do not follow it. Units of neither have no known quarters.
    """

    file: str
    name: str
    lon: str
    lat: str
    address: str | None = None
    unit_pattern: str | None = None
    units: dict[str, str] = {}


class Mapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one city's record of past calls is read; see docs/examples/san-francisco-calls.toml for one with every part."""

    format: int
    name: str
    zone: str
    time_format: str
    columns: Columns
    attribution: str = ""
    point_order: str = "lat lon"
    bounds: tuple[float, float, float, float] | None = None
    """West, south, east, north; a place outside is no place and is counted as odd."""
    unit_kinds: Codes | None = None
    kinds: Codes | None = None
    dispositions: Codes | None = None
    priorities: Priorities | None = None
    stations: Stations | None = None


def read_mapping(path: Path) -> Mapping:
    """Read a mapping file; CityFault with one sentence where it is missing, no TOML, or cannot be followed."""
    try:
        text = path.read_bytes()
        if len(text) > MOST_MAPPING_BYTES:
            raise CityFault("record.mapping_wrong", f"{path.name} is {len(text):,} bytes; a mapping is a short file.")
        mapping = msgspec.convert(tomllib.loads(text.decode()), Mapping)
        ZoneInfo(mapping.zone)
    except OSError as error:
        raise CityFault("record.mapping_missing", f"There is no readable mapping file {path}: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise CityFault("record.mapping_wrong", f"{path.name} is not a mapping of call records: {error}.") from error
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise CityFault("record.mapping_wrong", f"{path.name}: there is no time zone {mapping.zone!r}.") from error
    wrong = _what_is_wrong(mapping)
    if wrong:
        raise CityFault("record.mapping_wrong", f"{path.name}: {wrong}.")
    return mapping


def _what_is_wrong(mapping: Mapping) -> str:
    if mapping.format != 1:
        return f"it is of mapping format {mapping.format}, and this version of Tocsin reads format 1"
    if mapping.point_order not in ("lat lon", "lon lat"):
        return f"point_order is 'lat lon' or 'lon lat', not {mapping.point_order!r}"
    if mapping.stations is not None and mapping.stations.unit_pattern is not None:
        try:
            groups = re.compile(mapping.stations.unit_pattern).groups
        except re.error as error:
            return f"stations.unit_pattern is no regular expression ({error})"
        if groups != 1:
            return "stations.unit_pattern needs exactly one group, the station's name"
    return ""
