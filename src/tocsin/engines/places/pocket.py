"""A city's names and numbers in one small file, by which a phone searches places with no network.

The bytes are gzip over: `TPP1`, the length of the head (uint32, little endian), the head (JSON: names, the words by which texts are cut, and how long each
column is), and the columns: whole numbers as differences to the one before, zigzag and in groups of seven bits. Places are whole hundred-thousandths of a
degree, half a metre off at most. The same tables give the same bytes. Left out are the number ranges of street segments with their lines: where a city has
those and no numbers, a phone finds the street.
"""

import gzip
import struct
from collections.abc import Sequence

import msgspec
import numpy as np

from tocsin.engines.places.names import WHAT
from tocsin.engines.places.tables import Ints, Tables
from tocsin.engines.places.words import tables as words

MARK = b"TPP1"
MOST_BYTES = 24 * 1024 * 1024
"""A file beyond this is made again without house numbers, and says so: they are nearly all of it."""
_PER_DEGREE = 100_000


def packed(tables: Tables, city: str, most: int = MOST_BYTES) -> bytes:
    """The file for the city of this version, at most so many bytes with its house numbers."""
    full = _packed(tables, city, numbers=True)
    return full if len(full) <= most else _packed(tables, city, numbers=False)


def _packed(tables: Tables, city: str, *, numbers: bool) -> bytes:
    names = tables.names
    kept = slice(None) if numbers else slice(0)
    at = tables.number_at if numbers else np.zeros_like(tables.number_at)
    value = tables.number_value[kept]
    endings, of_row = _endings(names.number_texts, tables.number_text[kept].tolist(), value.tolist())
    columns = {
        "street_lon": step(_placed([one.lon for one in names.streets])), "street_lat": step(_placed([one.lat for one in names.streets])),
        "street_half_m": np.array([round(one.half_m) for one in names.streets], dtype=np.int64),
        "spot_lon": step(_placed([one.lon for one in names.spots])), "spot_lat": step(_placed([one.lat for one in names.spots])),
        "number_count": np.diff(at), "number_value": step(value), "number_ending": np.array(of_row, dtype=np.int64),
        "number_lon": step(whole(tables.number_lon[kept])), "number_lat": step(whole(tables.number_lat[kept])),
        "cross_a": step(tables.cross_a), "cross_b": tables.cross_b,
        "cross_lon": step(whole(tables.cross_lon)), "cross_lat": step(whole(tables.cross_lat)),
    }  # fmt: skip
    written = {name: grouped(column) for name, column in columns.items()}
    head = msgspec.json.encode({
        "format": 1, "city": city, "number_first": names.number_first, "numbers": numbers, "words": words(), "what": WHAT,
        "streets": [[one.name, one.name_zh, one.name_en, one.sound] for one in names.streets],
        "spots": [[one.kind, one.name, one.name_zh, one.name_en, one.what, one.sound] for one in names.spots],
        "placeless_streets": [at for at, one in enumerate(names.streets) if one.lon is None or one.lat is None],
        "placeless_spots": [at for at, one in enumerate(names.spots) if one.lon is None or one.lat is None],
        "endings": endings, "columns": [[name, len(columns[name]), len(some)] for name, some in written.items()],
    })  # fmt: skip
    return gzip.compress(b"".join((MARK, struct.pack("<I", len(head)), head, *written.values())), compresslevel=6, mtime=0)


def _endings(texts: Sequence[str], of_rows: Sequence[int], values: Sequence[int]) -> tuple[list[str], list[int]]:
    """What follows the digits of each number, once each (`""`, `" B"`, `-18`), and which each row has; `=` heads a text that does not begin with them."""
    found: dict[str, int] = {"": 0}
    rows = []
    for of_row, value in zip(of_rows, values, strict=True):
        text, digits = texts[of_row], str(value)
        ending = text[len(digits):] if text.startswith(digits) else f"={text}"
        rows.append(found.setdefault(ending, len(found)))
    return list(found), rows


def _placed(degrees: Sequence[float | None]) -> Ints:
    """Degrees as whole numbers; what has no place repeats the one before, which costs nothing."""
    filled, last = [], 0.0
    for one in degrees:
        last = last if one is None else one
        filled.append(last)
    return whole(np.array(filled, dtype=np.float64))


def whole(degrees: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Ints:
    """Degrees as whole hundred-thousandths."""
    return np.round(degrees * _PER_DEGREE).astype(np.int64)


def step(values: Ints) -> Ints:
    """Each number as the difference to the one before; the first to none."""
    return np.diff(values, prepend=0)


def grouped(values: Ints) -> bytes:
    """Each number zigzag, then seven bits a byte, the lowest first; the top bit says that more follow."""
    left = ((values << 1) ^ (values >> 63)).astype(np.uint64)
    groups, more = [], [np.ones(len(left), dtype=np.bool_)]
    while more[-1].any():
        groups.append((left & np.uint64(0x7F)).astype(np.uint8))
        left = left >> np.uint64(7)
        more.append(left > 0)
    if not groups:
        return b""
    rows = np.stack([group | (ahead.astype(np.uint8) << 7) for group, ahead in zip(groups, more[1:], strict=True)], axis=1)
    return rows[np.stack(more[:-1], axis=1)].tobytes()
