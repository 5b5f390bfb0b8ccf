"""A city's own centreline, address, area and station files read into a survey, as its mapping says."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import shapely

from tocsin.city.cutting import cut
from tocsin.city.faults import CityFault, Odd
from tocsin.city.file_streets import StreetReader
from tocsin.city.mapping import Addresses, Areas, Mapping, Places, Points
from tocsin.city.numbering import NumberBook
from tocsin.city.street_names import tidy
from tocsin.city.survey import Area, Asset, Place, StreetNames, Survey
from tocsin.city.tables import Table, open_table

ASSET_KINDS = frozenset({"hospital", "fire_station", "police", "ambulance_station", "hydrant", "defibrillator", "assembly_point", "shelter"})
_MOST_BAD = 0.05


def read_files(sources: Sequence[Path], mapping: Mapping, say: Callable[[str], None]) -> tuple[Survey, list[Path]]:
    """Read a city's files into a survey; return it with the files that were read.

    A file that the mapping names is one of the sources, or lies in one that is a folder. Raises CityFault for a missing
    file or column, and where more than one row in twenty has no usable position.
    """
    paths = {file: _find(file, sources) for file in mapping.files()}
    odd, names = Odd(), StreetNames()
    tables = {file: open_table(path) for file, path in paths.items()}
    reader = StreetReader(mapping, names, odd)
    if mapping.nodes is not None:
        reader.nodes(tables[mapping.nodes.file], mapping.nodes)
    say(f"reading {mapping.streets.file}")
    reader.streets(tables[mapping.streets.file])
    pieces = cut(reader.ways, odd)
    survey = Survey(
        pieces.segments,
        np.zeros((0, 4), dtype=np.int32),
        names.streets,
        attribution=mapping.attribution,
        timezone=mapping.timezone,
        odd=odd,
    )
    survey.ranges = reader.ranges(pieces)
    if mapping.addresses is not None:
        say(f"reading {mapping.addresses.file}")
        _numbers(survey, tables[mapping.addresses.file], mapping.addresses, names, mapping.upper_case_names)
    for area in mapping.areas:
        _areas(survey, tables[area.file], area)
    for place in mapping.places:
        _places(survey, tables[place.file], place)
    return survey, [paths[file] for file in sorted(paths)]


def _find(file: str, sources: Sequence[Path]) -> Path:
    for source in sources:
        if source.is_file() and source.name == file:
            return source
        if source.is_dir() and "/" not in file and (source / file).is_file():
            return source / file
    raise CityFault(
        "city.source_missing", f"The mapping names {file}, which is none of the sources and in none of their folders."
    )


def positions(table: Table, points: Points, odd: Odd) -> "list[tuple[dict[str, str], float, float]]":
    """Return the rows of a file of points with their positions; rows without a usable one are counted, many of them are
    a fault.
    """
    table.need(points.lon, points.lat)
    found, total = [], 0
    for row, shape in table.rows:
        total += 1
        try:
            if points.lon is not None and points.lat is not None:
                lon, lat = float(row[points.lon]), float(row[points.lat])
            elif shape is not None and not shape.is_empty:
                lon, lat = shape.representative_point().coords[0][:2]
            else:
                raise ValueError
        except (ValueError, KeyError):
            odd.note("position_unreadable", f"{table.file} row {total}")
            continue
        if not (abs(lon) <= 180 and abs(lat) <= 90):
            odd.note("position_out_of_range", f"{table.file} row {total}: {lon}, {lat}")
            continue
        found.append((row, lon, lat))
    if total - len(found) > _MOST_BAD * total:
        raise CityFault(
            "city.coordinates_out_of_range",
            f"{table.file}: {total - len(found)} of {total} rows have no usable position; are the right columns named?",
        )
    return found


def _numbers(survey: Survey, table: Table, addresses: Addresses, names: StreetNames, shouted: bool) -> None:
    table.need(addresses.street, addresses.number)
    book = NumberBook(survey, names)
    for row, lon, lat in positions(table, addresses, survey.odd):
        street, number = row.get(addresses.street, "").strip(), row.get(addresses.number, "").strip()
        if street and number:
            book.enter(tidy(street, shouted), number, lon, lat)
        else:
            survey.odd.note("address_incomplete", f"{table.file}: '{street}' '{number}'")


def _areas(survey: Survey, table: Table, areas: Areas) -> None:
    table.need(areas.name, areas.name_zh)
    for at, (row, shape) in enumerate(table.rows, start=1):
        if shape is None or shape.is_empty or shape.geom_type not in ("Polygon", "MultiPolygon"):
            survey.odd.note("area_broken", f"{table.file} row {at}")
            continue
        if not shape.is_valid:
            survey.odd.note("area_mended", f"{table.file} row {at}")
            shape = shapely.make_valid(shape)
        survey.areas.append(Area(row[areas.name], row[areas.name_zh] if areas.name_zh else None, areas.level, shape))


def _places(survey: Survey, table: Table, places: Places) -> None:
    pattern = places.name or ""
    wanted = [piece.split("}")[0] for piece in pattern.split("{")[1:]]
    if pattern and not wanted:
        pattern, wanted = f"{{{pattern}}}", [pattern]
    table.need(*wanted, places.name_zh)
    for row, lon, lat in positions(table, places, survey.odd):
        name = pattern
        for column in wanted:
            name = name.replace(f"{{{column}}}", row.get(column, ""))
        name_zh = row.get(places.name_zh) if places.name_zh else None
        if places.kind in ASSET_KINDS:
            survey.assets.append(Asset(places.kind, name or None, lon, lat))
        if name:
            survey.places.append(Place(name, name_zh, places.kind, lon, lat))
