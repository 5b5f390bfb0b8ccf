"""San Francisco's fortnight of calls and its streets, for whoever plays it: in tests and in bench."""

import functools
import re
import tempfile
from pathlib import Path

import msgspec

from tests.shared import DATA, ROOT
from tocsin.city import City
from tocsin.city.building import build
from tocsin.city.record import Record, read_record
from tocsin.city.record_mapping import read_mapping
from tocsin.sim.scenarios.scenario import Scenario

PARTS = ("calls", "sf_fire_calls_2020-04-07_2020-04-20.csv.gz")
CALLS = DATA.joinpath(*PARTS)
STREETS = DATA / "roads" / "san_francisco"
EXAMPLES = ROOT / "docs" / "examples"


@functools.cache
def record() -> Record:
    """The whole record."""
    return read_record(CALLS, read_mapping(EXAMPLES / "san-francisco-calls.toml"))


@functools.cache
def city() -> City:
    """Its streets, built once for this process and without addresses, which nobody asks for here."""
    folder = Path(_held().name)
    mapping = folder / "streets.toml"
    mapping.write_text(re.sub(r"(?ms)^\[addresses\].*?(?=^\[)", "", (EXAMPLES / "san-francisco.toml").read_text(encoding="utf-8")), encoding="utf-8")
    build([STREETS], folder / "city", mapping=mapping)
    return City.open(folder / "city")


@functools.cache
def _held() -> "tempfile.TemporaryDirectory[str]":
    """The folder, deleted when the process ends."""
    return tempfile.TemporaryDirectory(prefix="tocsin-san-francisco-")


def week(**changes: object) -> Scenario:
    """The sample scenario of its second week, changed."""
    found = msgspec.toml.decode((EXAMPLES / "san-francisco-week.toml").read_bytes(), type=Scenario)
    return msgspec.structs.replace(found, **changes)
