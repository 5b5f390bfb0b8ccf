"""The busiest day of the San Francisco record: its calls, who was on duty, and the city that it is worked in."""

from collections import Counter
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.shared import DATA, ROOT

from tocsin.city import City
from tocsin.city.building import build
from tocsin.city.record import PastCall, Record, read_record
from tocsin.city.record_mapping import read_mapping
from tocsin.facts.calls import Place
from tocsin.kernel import Instant, from_instant
from tocsin.rooms.fleet.commands import StartShift
from tocsin.sim.replay import homes

CALLS = DATA / "calls" / "sf_fire_calls_2020-04-07_2020-04-20.csv.gz"
STREETS = DATA / "roads" / "san_francisco"
_EXAMPLES = ROOT / "docs" / "examples"


def read() -> Record:
    """The whole fortnight."""
    return read_record(CALLS, read_mapping(_EXAMPLES / "san-francisco-calls.toml"))


def city(folder: Path) -> City:
    """San Francisco, compiled into a folder, or opened where it was."""
    if not (folder / "manifest.json").is_file():
        build([STREETS], folder, mapping=_EXAMPLES / "san-francisco.toml")
    return City.open(folder)


def busiest(record: Record) -> list[PastCall]:
    """The calls with a place of the day that has most calls, in the city's own zone, in order."""
    zone = ZoneInfo(record.zone)
    days = Counter(from_instant(call.received_at).astimezone(zone).date() for call in record.calls)
    day = max(days, key=lambda one: (days[one], one))
    return [call for call in record.calls if call.lon is not None and from_instant(call.received_at).astimezone(zone).date() == day]


def hours(calls: list[PastCall], zone: str, first: int, last: int) -> list[PastCall]:
    """The calls received in local hours first <= hour < last."""
    return [call for call in calls if first <= from_instant(call.received_at).astimezone(ZoneInfo(zone)).hour < last]


def fleet(record: Record, calls: list[PastCall]) -> list[StartShift]:
    """Every unit that the record sends to any of these calls, at its station, or where it is most often sent from."""
    at = homes(record)
    runs = {run.unit: run for call in calls for run in call.runs}
    return [StartShift(unit=unit, shift="2020-04-day", unit_kind=run.unit_kind, station=run.station, crew=2, key=f"shift/{unit}",
                       home=Place(lon=at[unit][0], lat=at[unit][1], text=f"Station {run.station}" if run.station else "", source="record"))
            for unit, run in sorted(runs.items()) if unit in at]


def begins(calls: list[PastCall]) -> Instant:
    """A minute before the first call."""
    return calls[0].received_at - 60_000_000
