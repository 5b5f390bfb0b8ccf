"""What every reader of sources hands to the compiler: street segments, forbidden turns, names, addresses, places,
areas, scenery.
"""

from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
from shapely.geometry.base import BaseGeometry

from tocsin.city.faults import Odd

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Array = npt.NDArray[Any]


class Street(msgspec.Struct, frozen=True):
    """A street's name as signed, with its Chinese and English forms where the source has them."""

    name: str
    name_zh: str | None = None
    name_en: str | None = None


class StreetEntry(msgspec.Struct, frozen=True, tag="street", tag_field="kind"):
    """Where a street lies: the middle of one of its segments."""

    street: int
    lon: float
    lat: float


class Number(msgspec.Struct, frozen=True, tag="number", tag_field="kind"):
    """One house number at its position."""

    street: int
    number: str
    lon: float
    lat: float


class Crossing(msgspec.Struct, frozen=True, tag="crossing", tag_field="kind"):
    """A place where streets of different names meet."""

    streets: tuple[int, ...]
    lon: float
    lat: float


class Place(msgspec.Struct, frozen=True, tag="place", tag_field="kind"):
    """Something with a name that callers name: a hospital, a station, a school, a square, a shop."""

    name: str
    name_zh: str | None
    what: str
    lon: float
    lat: float
    name_en: str | None = None


class Range(msgspec.Struct, frozen=True, tag="range", tag_field="kind"):
    """The house numbers along the two sides of one segment, in the direction of its stored shape; None where a side has
    none.
    """

    street: int
    segment: int
    left: tuple[int, int] | None
    right: tuple[int, int] | None


class AreaEntry(msgspec.Struct, frozen=True, tag="area", tag_field="kind"):
    """An administrative area's name, as the address search knows it, with a point inside."""

    name: str
    name_zh: str | None
    lon: float
    lat: float
    name_en: str | None = None


Entry = StreetEntry | Number | Crossing | Place | Range | AreaEntry


class Asset(msgspec.Struct, frozen=True):
    """Something that a response uses: a hospital, a fire station, a police station, a hydrant."""

    kind: str
    name: str | None
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Area:
    """An administrative area or neighbourhood: a higher level is a smaller area, as OSM's admin_level has it."""

    name: str
    name_zh: str | None
    level: int
    shape: BaseGeometry
    name_en: str | None = None


@dataclass(frozen=True, slots=True)
class Scenery:
    """One drawn thing of the basemap that is neither a road of the network nor an area: its layer, its kind, its name,
    its shape.
    """

    layer: str
    kind: str
    name: str | None
    name_zh: str | None
    shape: BaseGeometry


@dataclass(slots=True)
class Segments:
    """Undirected street segments from junction to junction; columns 0 and 1 of the two-column arrays are with and
    against the shape.
    """

    lon: Floats  # [n] nodes
    lat: Floats
    tail: Ints  # [s]
    head: Ints
    shape_at: npt.NDArray[np.int64]  # [s+1] into shape_lon, shape_lat; both ends included
    shape_lon: Floats
    shape_lat: Floats
    street: Ints  # [s] index of the street's name, -1 unnamed
    road_class: npt.NDArray[np.uint8]  # [s]
    access: npt.NDArray[np.uint8]  # [s, 2]
    speed_kph: npt.NDArray[np.float32]  # [s, 2]
    tagged: npt.NDArray[np.bool_]  # [s, 2]

    @property
    def count(self) -> int:
        """Return the number of segments."""
        return len(self.tail)


@dataclass(slots=True)
class Survey:
    """Everything that was read from the sources of one city."""

    segments: Segments
    bans: Ints  # [r, 4]: from segment, from direction (0 with, 1 against), to segment, to direction
    streets: list[Street]
    numbers: list[Number] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    ranges: list[Range] = field(default_factory=list)
    areas: list[Area] = field(default_factory=list)
    assets: list[Asset] = field(default_factory=list)
    scenery: list[Scenery] = field(default_factory=list)
    attribution: str = ""
    timezone: str | None = None
    odd: Odd = field(default_factory=Odd)


class StreetNames:
    """The list of street names while it grows: one entry per name, whichever way or address named it first."""

    def __init__(self) -> None:
        self.streets: list[Street] = []
        self._index: dict[str, int] = {}

    def add(self, name: str, name_zh: str | None = None, name_en: str | None = None) -> int:
        """Return the index of a name, adding it or completing its other forms."""
        key = fold(name)
        index = self._index.setdefault(key, len(self.streets))
        if index == len(self.streets):
            self.streets.append(Street(name, name_zh, name_en))
        else:
            known = self.streets[index]
            if (name_zh and not known.name_zh) or (name_en and not known.name_en):
                self.streets[index] = Street(known.name, known.name_zh or name_zh, known.name_en or name_en)
        return index

    def find(self, name: str) -> int:
        """Return the index of a name, -1 where no street has it."""
        return self._index.get(fold(name), -1)


def fold(name: str) -> str:
    """Return a name as it is compared: case and runs of blanks do not tell streets apart."""
    return " ".join(name.casefold().split())
