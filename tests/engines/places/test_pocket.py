"""The file by which a phone searches: the same bytes for the same city, nothing lost but what is said to be, and the very files that the phone's own tests read.

Where the form of the file changes, `python -m tests.engines.places.test_pocket` writes those files anew.
"""

import gzip
import struct
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engines.places.towns import lahtela, xincheng
from tocsin.engines.places.compile import compile_tables
from tocsin.engines.places.pocket import grouped, packed
from tocsin.engines.places.tables import Tables

TOWNS = ("xincheng", "lahtela")
_HERE = Path(__file__).parent


def tables_of(town: str) -> Tables:
    """A made town's tables."""
    if town == "lahtela":
        return compile_tables(*lahtela())[0]
    return compile_tables(*xincheng(), None)[0]


def read(data: bytes) -> tuple[dict[str, object], dict[str, list[int]]]:
    """The head and the columns as they are written, differences and all, by a reader that shares no code with the writer."""
    raw = gzip.decompress(data)
    assert raw[:4] == b"TPP1"
    length = struct.unpack("<I", raw[4:8])[0]
    head, at = msgspec.json.decode(raw[8:8 + length]), 8 + length
    columns = {}
    for name, count, size in head["columns"]:
        columns[name] = numbers(raw[at:at + size])
        assert len(columns[name]) == count
        at += size
    assert at == len(raw)
    return head, columns


def numbers(data: bytes) -> list[int]:
    """Whole numbers out of groups of seven bits, the sign in the lowest."""
    found, value, shift = [], 0, 0
    for byte in data:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            found.append(value >> 1 if value % 2 == 0 else -(value >> 1) - 1)
            value, shift = 0, 0
    return found


@given(st.lists(st.integers(-(2**40), 2**40), max_size=40))
def test_what_isgrouped_is_read_again(values: Sequence[int]) -> None:
    assert numbers(grouped(np.array(values, dtype=np.int64))) == list(values)


@pytest.mark.parametrize("town", TOWNS)
def test_the_phones_tests_read_what_is_written_now(town: str) -> None:
    data = packed(tables_of(town), town)
    assert data == packed(tables_of(town), town), "the same bytes"
    assert read(data) == read((_HERE / f"{town}.places").read_bytes()), "write them anew: python -m tests.engines.places.test_pocket"


def test_every_number_is_there_with_its_text_and_within_a_metre() -> None:
    tables = tables_of("lahtela")
    head, columns = read(packed(tables, "lahtela"))
    value, endings = np.cumsum(columns["number_value"]), head["endings"]
    assert isinstance(endings, list)
    texts = [ending[1:] if ending.startswith("=") else f"{number}{ending}" for number, ending in zip(value, (endings[at] for at in columns["number_ending"]), strict=True)]
    assert texts == [tables.names.number_texts[at] for at in tables.number_text]
    assert np.abs(np.cumsum(columns["number_lon"]) / 1e5 - tables.number_lon).max() <= 0.5e-5 + 1e-12
    assert np.abs(np.cumsum(columns["number_lat"]) / 1e5 - tables.number_lat).max() <= 0.5e-5 + 1e-12


def test_a_city_with_too_many_numbers_goes_without_them_and_says_so() -> None:
    tables = tables_of("xincheng")
    whole = packed(tables, "x")
    head, columns = read(packed(tables, "x", most=len(whole) - 1))
    assert (head["numbers"], columns["number_value"], sum(columns["number_count"])) == (False, [], 0)
    assert len(columns["cross_a"]) == len(tables.cross_a)
    assert read(whole)[0]["numbers"] is True


if __name__ == "__main__":
    for name in TOWNS:
        (_HERE / f"{name}.places").write_bytes(packed(tables_of(name), name))
