"""A study as it is laid down for its process, and read there again."""

from pathlib import Path

import msgspec

from tocsin.city.record import Record
from tocsin.facts.planning import StudyAsked
from tocsin.kernel import Instant, Words
from tocsin.rooms.dispatch.model import Plan
from tocsin.rooms.fleet.model import FleetTable
from tocsin.rooms.planning.model import PlanningTable

ORDER, RECORD = "order.msgpack", "record.msgpack"


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """All that a study's process needs beside the city's folder and the record."""

    asked: StudyAsked
    asked_at: Instant
    city: str
    """The city's folder."""
    plan: Plan
    fleet: FleetTable
    table: PlanningTable


class Failed(msgspec.Struct, frozen=True, kw_only=True):
    """Why there is no answer."""

    code: str
    says: Words


def write_order(folder: Path, order: Order, record: Record | None) -> None:
    """Lay a study down for its process, the order last: a folder that has one is whole."""
    folder.mkdir(parents=True, exist_ok=True)
    if record is not None:
        put(folder / RECORD, msgspec.msgpack.encode(record))
    put(folder / ORDER, msgspec.msgpack.encode(order))


def put(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    fresh = path.with_suffix(".part")
    fresh.write_bytes(content)
    fresh.replace(path)


def read_order(folder: Path) -> tuple[Order, Record | None]:
    """What was laid down."""
    record = folder / RECORD
    return (msgspec.msgpack.decode((folder / ORDER).read_bytes(), type=Order), msgspec.msgpack.decode(record.read_bytes(), type=Record) if record.exists() else None)
