"""The index at rest: plain sorted arrays and one list of names, the same bytes for the same input.

Nothing here is a search engine's file: the few thousand names are indexed in memory when the folder is opened (measured:
0.1 s), the numbers are looked up in sorted arrays. This is the only module of the engine that touches a folder, through numpy.
"""

from dataclasses import dataclass, fields

import msgspec
import numpy as np
from numpy.typing import NDArray

FORMAT = 1
SAME_CROSSING_M = 60.0
"""Two streets that meet twice within this distance (a divided road) meet once."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Street(msgspec.Struct, frozen=True):
    """A street by its names; `lon` is None where nothing says where it lies (such a street is only part of crossings)."""

    name: str
    name_zh: str | None = None
    name_en: str | None = None
    lon: float | None = None
    lat: float | None = None
    half_m: float = 0.0
    """Half of its extent: how far off its middle can be."""
    sound: str = ""
    """The pinyin syllables of a Han name, without tones, apart by spaces."""


class Spot(msgspec.Struct, frozen=True):
    """A named place or area; `what` is its kind in the source's word (hospital, station), empty for an area."""

    kind: str
    name: str
    name_zh: str | None
    name_en: str | None
    what: str
    lon: float | None
    lat: float | None
    sound: str = ""


class Names(msgspec.Struct, frozen=True):
    """Every name, and whether this city writes a house number before its street's name."""

    format: int
    number_first: bool
    streets: list[Street]
    spots: list[Spot]
    number_texts: list[str]


@dataclass(frozen=True, slots=True)
class Tables:
    """The arrays beside the names; rows of numbers are sorted by street, then value, then text.

    `number_at` int64[streets + 1]: a street's rows are `number_at[i]:number_at[i+1]` of `number_value` int64 (the digits),
    `number_text` int64 (into `Names.number_texts`), `number_lon`, `number_lat` float64. `cross_a < cross_b` int64 are the
    streets of a crossing, sorted; `range_*` are the number ranges of the street segments, `range_sides` int64[ranges, 4]
    left from, left to, right from, right to; segment r runs over `shape_lon[shape_at[r]:shape_at[r+1]]`.
    """

    names: Names
    number_at: Ints
    number_value: Ints
    number_text: Ints
    number_lon: Floats
    number_lat: Floats
    cross_a: Ints
    cross_b: Ints
    cross_lon: Floats
    cross_lat: Floats
    range_street: Ints
    range_sides: Ints
    shape_at: Ints
    shape_lon: Floats
    shape_lat: Floats

    def save(self, folder: str) -> None:
        """Write one .npy file for each array into a folder that exists; the names are MessagePack bytes in an array."""
        packed = np.frombuffer(msgspec.msgpack.encode(self.names), dtype=np.uint8)
        np.save(f"{folder}/names.npy", packed, allow_pickle=False)
        for name in _ARRAYS:
            np.save(f"{folder}/{name}.npy", getattr(self, name), allow_pickle=False)

    @classmethod
    def load(cls, folder: str) -> "Tables":
        """Read what `save` wrote; ValueError where it is of another format or its arrays do not fit together."""
        packed = np.load(f"{folder}/names.npy", allow_pickle=False).tobytes()
        names = msgspec.msgpack.decode(packed, type=Names)
        if names.format != FORMAT:
            raise ValueError(f"the address index is of format {names.format}, this version reads {FORMAT}")
        arrays = {name: np.load(f"{folder}/{name}.npy", allow_pickle=False) for name in _ARRAYS}
        tables = cls(names, **arrays)
        if len(tables.number_at) != len(names.streets) + 1 or int(tables.number_at[-1]) != len(tables.number_value):
            raise ValueError("the address index is damaged: its arrays do not fit together")
        return tables


_ARRAYS = tuple(field.name for field in fields(Tables) if field.name != "names")
