"""The entries of the address search, one JSON line each: streets, numbers, ranges, crossings from shared junctions,
places, areas.
"""

import gzip
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np

from tocsin.city.arrays import middles
from tocsin.city.survey import AreaEntry, Crossing, Entry, Segments, StreetEntry, Survey


def entries(survey: Survey) -> list[Entry]:
    """Return every entry of a survey, kind by kind in a fixed order."""
    areas = [
        AreaEntry(area.name, area.name_zh, round(point.x, 7), round(point.y, 7), area.name_en)
        for area in survey.areas
        for point in [area.shape.representative_point()]
    ]
    return [
        *_streets(survey.segments),
        *survey.numbers,
        *survey.ranges,
        *crossings(survey.segments),
        *survey.places,
        *areas,
    ]


def write(lines: list[Entry], path: Path) -> None:
    """Write entries as gzipped JSON lines without name or time in the header, so that the same entries give the same
    bytes.
    """
    encode = msgspec.json.Encoder().encode
    with path.open("wb") as plain, gzip.GzipFile("", "wb", 6, plain, mtime=0) as stream:
        for start in range(0, len(lines), 4096):
            stream.write(b"".join(encode(line) + b"\n" for line in lines[start : start + 4096]))


def crossings(segments: Segments) -> list[Crossing]:
    """Return a crossing for every junction at which segments of two names or more meet."""
    named = segments.street >= 0
    node = np.concatenate([segments.tail[named], segments.head[named]]).astype(np.int64)
    street = np.concatenate([segments.street[named], segments.street[named]]).astype(np.int64)
    pairs = np.unique(np.column_stack([node, street]), axis=0)
    nodes, first, count = np.unique(pairs[:, 0], return_index=True, return_counts=True)
    found = []
    for at, begin, size in zip(nodes.tolist(), first.tolist(), count.tolist(), strict=True):
        if size > 1:
            streets = tuple(pairs[begin : begin + size, 1].tolist())
            found.append(Crossing(streets, float(segments.lon[at]), float(segments.lat[at])))
    return found


def _streets(segments: Segments) -> Iterator[StreetEntry]:
    """Give each street that has a road the middle of that segment of it which lies nearest to the middle of them all."""
    lon, lat = middles(segments)
    named = np.flatnonzero(segments.street >= 0)
    by_street = named[np.argsort(segments.street[named], kind="stable")]
    streets, first = np.unique(segments.street[by_street], return_index=True)
    for street, mine in zip(streets.tolist(), np.split(by_street, first[1:])[:len(streets)], strict=True):  # nothing splits into one part
        off = np.hypot(lon[mine] - lon[mine].mean(), lat[mine] - lat[mine].mean())
        middle = mine[int(off.argmin())]
        yield StreetEntry(street, round(float(lon[middle]), 7), round(float(lat[middle]), 7))
