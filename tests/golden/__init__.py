"""Golden records: a small whole data folder of each released version, which every later one must open, verify and fold to the same pictures.

Everything in them is sample content, its keys too. What a version's folder holds is never written again once it is released; new kinds of fact
since then are listed in `since.toml` with the reason, until the next release brings its own.
"""

import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from tests.floor import small_city
from tocsin.city.calibration import Calibration
from tocsin.house import House, build
from tocsin.house.envelope import disclose
from tocsin.kernel import Clock
from tocsin.rooms.command.model import CommandTable
from tocsin.rooms.dispatch.model import Plan, TimerTable
from tocsin.rooms.fleet.model import FleetTable

T = TypeVar("T")

FOLDER = Path(__file__).resolve().parent
TABLES = "tables"
RECORDS, EXPECTED, FOLDED = "records.tar.xz", "expected.json", "folded.json.xz"


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """What a golden ledger must say for ever."""

    version: str
    head: int
    root: str
    verifier: str
    checkpoint: str
    kinds: tuple[str, ...]
    figures: dict[str, Any]


def versions() -> list[Path]:
    """The folders of all versions that there are, oldest first."""
    return sorted((path.parent for path in FOLDER.glob(f"*/{EXPECTED}")), key=lambda path: tuple(map(int, path.name.split("."))))


def unpacked(golden: Path, into: Path) -> tuple[Path, Expected]:
    """A version's records laid into a folder, the tables of then beside them, and what is expected of them."""
    with tarfile.open(golden / RECORDS) as archive:
        archive.extractall(into, filter="data")
    return into / "records", msgspec.json.decode((golden / EXPECTED).read_bytes(), type=Expected)


def house_of(records: Path, clock: Clock) -> House:
    """A house on golden records in the drawn town, by the tables that lie beside them: those of the samples when they were made."""

    def table(name: str, into: type[T]) -> T:
        return msgspec.toml.decode((records.parent / TABLES / f"{name}.toml").read_bytes(), type=into)

    return build(records, small_city(), Calibration.default(), table("plan", Plan), table("fleet", FleetTable), clock, timers=table("timers", TimerTable),
                 command_table=table("command", CommandTable))


def pictures_of(house: House, upto: int) -> dict[str, dict[str, Any]]:
    """Every picture's rows as plain values, folded from the ledger alone up to a position; a fault where one could not take a fact in."""
    fresh = house._pictures.beside()
    fresh.fold(disclose(house.ledger.read(0, upto)))
    assert not fresh.missed, f"pictures that could not be folded: {dict(fresh.missed)}"
    return {name: {row: msgspec.to_builtins(value) for row, value in fresh.rows(name).items()} for name in fresh.by_name}


def facts_of(house: House, upto: int) -> dict[str, Any]:
    """The first fact of each kind up to a position, as it reads now."""
    found: dict[str, Any] = {}
    for kept in disclose(house.ledger.read(0, upto)):
        found.setdefault(kept.entry.kind, msgspec.to_builtins(kept.fact))
    return found


def differences(kept: Any, now: Any, where: str = "") -> list[str]:
    """Where what is now is not what was kept. What came since is no difference: fields only grow."""
    if isinstance(kept, Mapping) and isinstance(now, Mapping):
        gone = [f"{where}/{key} is gone" for key in kept if key not in now]
        return gone + [one for key in kept if key in now for one in differences(kept[key], now[key], f"{where}/{key}")]
    if isinstance(kept, list) and isinstance(now, list | tuple) and len(kept) == len(now):
        return [one for place, (a, b) in enumerate(zip(kept, now, strict=True)) for one in differences(a, b, f"{where}/{place}")]
    return [] if kept == now else [f"{where}: {kept!r} became {now!r}"]
