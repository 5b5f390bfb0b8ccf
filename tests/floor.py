"""A small real house for tests: a drawn town of twelve streets compiled by the real compiler, ledger, trail, rooms and all."""

import functools
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from tocsin.city import City
from tocsin.city.building import build
from tocsin.city.calibration import Calibration
from tocsin.cli.reading import read_checklists, read_handling, read_hazards, read_intake
from tocsin.cli.settings import SystemClock
from tocsin.facts.calls import Place
from tocsin.house import Asker, House, Witnesses
from tocsin.house import build as build_house
from tocsin.house.past import EVERY
from tocsin.kernel import Instant, Role, instant
from tocsin.rooms.aid.model import ALONE as NO_NEIGHBOURS
from tocsin.rooms.aid.model import AidTable
from tocsin.rooms.calls.model import Intake
from tocsin.rooms.command.model import CommandTable
from tocsin.rooms.coverage.model import NO_STANDBY, StandbyTable
from tocsin.rooms.dispatch.model import NO_TIMERS, Plan, TimerTable
from tocsin.rooms.fleet.commands import StartShift
from tocsin.rooms.fleet.model import FleetTable

SAMPLES = Path(__file__).resolve().parent.parent / "src" / "tocsin" / "samples"
PLAN = msgspec.toml.decode((SAMPLES / "plan.toml").read_bytes(), type=Plan)
TABLE = msgspec.toml.decode((SAMPLES / "fleet.toml").read_bytes(), type=FleetTable)
COMMAND = msgspec.toml.decode((SAMPLES / "command.toml").read_bytes(), type=CommandTable)
INTAKE = read_intake(SAMPLES / "lines.toml", SAMPLES / "neighbours.toml", SAMPLES / "questions", PLAN)
TIMERS = msgspec.toml.decode((SAMPLES / "timers.toml").read_bytes(), type=TimerTable)

HANDLING = read_handling(SAMPLES / "handling.toml", PLAN)
HAZARDS = read_hazards(SAMPLES / "hazards.toml")
CHECKLISTS = read_checklists(SAMPLES / "checklists.toml", PLAN)

MORNING = instant(datetime(2026, 3, 4, 8, 0, tzinfo=UTC))

_EAST_WEST = ("Mission Street", "Harbour Road", "中山路", "Castle Street", "Market Street", "人民路")
_NORTH_SOUTH = ("1st Street", "2nd Street", "3rd Street", "新华路", "5th Street", "6th Street")
_WEST, _SOUTH, _STEP = 24.90, 60.15, 0.004


class StillClock:
    """A clock that stands until it is moved."""

    def __init__(self, at: Instant = MORNING) -> None:
        self.at = at

    def now(self) -> Instant:
        return self.at

    def pass_s(self, seconds: float) -> None:
        """Let some seconds go by."""
        self.at += round(seconds * 1_000_000)


class JumpingClock(SystemClock):
    """The machine's time, moved by so many seconds."""

    shift_s = 0

    def now(self) -> Instant:
        return super().now() + self.shift_s * 1_000_000


def asker(name: str, *roles: Role) -> Asker:
    """Somebody with these roles."""
    return Asker(name, frozenset(roles))


DESK = asker("desk 1", "dispatcher", "call_taker")
CHIEF = asker("chief 1", "supervisor")


def corner(column: int, row: int) -> Place:
    """The crossing of a north–south street (0–5 from the west) and an east–west one (0–5 from the south)."""
    text = f"{_EAST_WEST[row]} & {_NORTH_SOUTH[column]}"
    return Place(lon=_WEST + column * _STEP * 2, lat=_SOUTH + row * _STEP, text=text, source="crossing")


def _osm() -> str:
    nodes, ways = [], []
    for row in range(6):
        for column in range(6):
            at = corner(column, row)
            nodes.append(f'<node id="{1 + row * 6 + column}" lat="{at.lat:.6f}" lon="{at.lon:.6f}" version="1"/>')
    for row, name in enumerate(_EAST_WEST):
        refs = "".join(f'<nd ref="{1 + row * 6 + column}"/>' for column in range(6))
        ways.append(f'<way id="{100 + row}" version="1">{refs}<tag k="highway" v="residential"/><tag k="name" v="{name}"/></way>')
    for column, name in enumerate(_NORTH_SOUTH):
        refs = "".join(f'<nd ref="{1 + row * 6 + column}"/>' for row in range(6))
        oneway = '<tag k="oneway" v="yes"/>' if column == 2 else ""
        ways.append(f'<way id="{200 + column}" version="1">{refs}<tag k="highway" v="tertiary"/><tag k="name" v="{name}"/>{oneway}</way>')
    number = 1000
    for row, name in enumerate(_EAST_WEST):
        for column in range(6):
            at = corner(column, row)
            number += 1
            nodes.append(f'<node id="{number}" lat="{at.lat + 0.0002:.6f}" lon="{at.lon + 0.001:.6f}" version="1">'
                         f'<tag k="addr:street" v="{name}"/><tag k="addr:housenumber" v="{(column + 1) * 100 + row}"/></node>')
    hospital = corner(5, 5)
    nodes.append(f'<node id="9001" lat="{hospital.lat:.6f}" lon="{hospital.lon + 0.0005:.6f}" version="1">'
                 '<tag k="amenity" v="hospital"/><tag k="name" v="Town Hospital"/><tag k="name:zh" v="市医院"/></node>')
    return f'<?xml version="1.0" encoding="UTF-8"?><osm version="0.6">{"".join(nodes)}{"".join(ways)}</osm>'


@functools.cache
def small_city() -> City:
    """The drawn town, compiled once a test process: 36 crossings, one one-way street, house numbers, a hospital."""
    folder = Path(tempfile.mkdtemp(prefix="tocsin-town-"))
    source = folder / "town.osm"
    source.write_text(_osm(), encoding="utf-8")
    build([source], folder / "city", name="Drawn Town")
    return City.open(folder / "city")


def small_house(data: Path, clock: StillClock | None = None, *, speed: float = 1.0, timers: TimerTable = NO_TIMERS,
                intake: Intake = INTAKE, keyframe_every: int = EVERY,
                witnesses: Witnesses | None = None, database: str = "", steady: Callable[[], float] | None = None,
                aid: AidTable = NO_NEIGHBOURS, city: City | None = None, standby: StandbyTable = NO_STANDBY) -> House:
    """A house on records in `data`, in the drawn town unless another city is named, with the sample plan and fleet table; nobody on duty yet."""
    return build_house(data, city or small_city(), Calibration.default(), PLAN, TABLE, clock or StillClock(), speed=speed, timers=timers,
                       command_table=COMMAND, intake=intake, keyframe_every=keyframe_every, witnesses=witnesses, database=database, steady=steady, aid_table=aid, standby=standby,
                       handling=HANDLING, hazards=HAZARDS, checklists=CHECKLISTS)


def on_duty(house: House, unit: str, kind: str, at: Place, shift: str = "2026-03-04D") -> str:
    """Bring a unit on duty with its home at a place; returns the shift."""
    house.do(StartShift(unit=unit, shift=shift, unit_kind=kind, station=f"Station {unit}", home=at, crew=3), CHIEF)
    return shift
