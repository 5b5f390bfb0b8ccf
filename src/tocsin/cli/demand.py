"""`tocsin demand`: calls to come from a record of residents' own calls, and how well such forecasts would have done."""

import argparse
import sys
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import h3.api.basic_int as h3
import msgspec

from tocsin.city import City
from tocsin.city.calendar import counted, read_days
from tocsin.city.own_calls import read_calls, read_mapping
from tocsin.cli.records import has_ledger
from tocsin.cli.settings import Commands, Stop, SystemClock, leaf
from tocsin.engines.demand import HOUR_US, LEAST_DAYS, PEERS, Calls, Counted, Forecast, Past, Tried, back_test, forecast
from tocsin.house.own_calls import own_calls
from tocsin.kernel import from_instant

_MOST_WEEKS = 4
_RESOLUTION = 8


def words(commands: "Commands[argparse.ArgumentParser]") -> None:
    """What may be said."""
    demand = commands.add_parser("demand", help="forecast residents' own calls by place, hour and kind").add_subparsers(required=True, metavar="ACTION")
    command = leaf(demand, "back-test", "forecast weeks of a record from the weeks before them, and compare", _back_test)
    _record_words(command)
    command = leaf(demand, "forecast", "forecast the weeks after a record, with intervals learnt from its own past, as JSON", _forecast)
    _record_words(command)
    command.add_argument("--out", type=Path, help="the file to write (default: print it)")


def _record_words(command: argparse.ArgumentParser) -> None:
    command.add_argument("calls", type=Path, nargs="?", metavar="FILE", help="one row a call, of place, time and kind: a CSV, .csv.gz or .zip")
    command.add_argument("--mapping", type=Path, help="the TOML mapping of its columns (docs/examples/montgomery-demand.toml); other columns are refused")
    command.add_argument("--data", type=Path, help="or the records of a floor, whose own calls are read")
    command.add_argument("--city", type=Path, help="that floor's city folder, for its own time")
    command.add_argument("--name", default="floor", help="the name of the floor's ledger (default: floor)")
    command.add_argument("--days", type=Path, help="a CSV of holidays and weather by day")
    command.add_argument("--weeks", type=int, default=_MOST_WEEKS, choices=range(1, _MOST_WEEKS + 1), help="how many weeks ahead (default 4)")
    command.add_argument("--json", action="store_true", help="print figures as JSON")


def _read(arguments: argparse.Namespace) -> tuple[Calls, Counted, str]:
    if (arguments.calls is None) == (arguments.data is None):
        raise Stop("say FILE with --mapping MAP, or --data DIR with --city CITY")
    if arguments.data is None:
        if arguments.mapping is None:
            raise Stop("say --mapping MAP: it names the columns of place, time and kind")
        mapping = read_mapping(arguments.mapping)
        calls, zone, name = read_calls(arguments.calls, mapping, _say), mapping.zone, mapping.name
    else:
        if arguments.city is None:
            raise Stop("say --city CITY: a forecast goes by the hours of the city's own time")
        has_ledger(arguments.data / "ledger")
        calls = own_calls(arguments.data, SystemClock(), lambda lon, lat: h3.latlng_to_cell(lat, lon, _RESOLUTION), name=arguments.name)
        zone, name = City.open(arguments.city).manifest.timezone, arguments.name
    told, names = read_days(arguments.days) if arguments.days else (None, ())
    record = counted(calls, ZoneInfo(zone), told=told, names=names)
    _say(f"{len(calls):,} calls of {len(calls.kinds)} kinds in {len(record.cells):,} cells and {record.districts} districts over {record.days:,} days")
    return calls, record, name


def _say(line: str) -> None:
    """Progress, which does not mix with what is printed."""
    print(line, file=sys.stderr, flush=True)


def _progress(done: int, of: int) -> None:
    _say(f"back-test: {done} of {of} weeks")


def not_counted(calls: Calls, record: Counted) -> dict[str, Any]:
    """What is missing from a record, since what was not counted is no zero: hours, rows, and the cells that have no call at all."""
    begun = record.calendar.day < record.days
    return {"hours_without_a_record": int((begun & ~record.known).sum()), "hours": int(begun.sum()), "rows_left_out": dict(calls.left_out),
            "cells": "only cells with a call in the record are forecast; of others nothing is known"}


def _back_test(arguments: argparse.Namespace) -> int:
    calls, record, name = _read(arguments)
    tried = back_test(record, arguments.weeks, _progress)
    if arguments.json:
        print(msgspec.json.format(msgspec.json.encode(figures(name, calls, record, tried)), indent=1).decode())
    else:
        print("\n".join(lines(calls, record, tried)))
    return 0


def figures(name: str, calls: Calls, record: Counted, tried: Tried) -> dict[str, Any]:
    """What a back-test found."""
    return {"record": name, "calls": len(calls), "days": record.days, "origins": tried.origins, "not_counted": not_counted(calls, record),
            "levels": {level.name: score.told() for level, score in tried.scores.items()}}


def lines(calls: Calls, record: Counted, tried: Tried) -> list[str]:
    """The same as print: a line for each level, lower errors being better, with what chance alone would leave in brackets."""
    missing = not_counted(calls, record)
    out = [f"Forecast from {tried.origins} weeks' ends, never knowing what came after. Error: Poisson deviance of the mean and absolute error of the median, "
           "each for one count; in brackets what chance alone would leave. Cover: how often the 80 and 95 % intervals held what came.",
           f"Never counted: {missing['hours_without_a_record']:,} of {missing['hours']:,} hours have no record; rows left out: {missing['rows_left_out'] or 'none'}; "
           f"{missing['cells']}."]
    for level, score in tried.scores.items():
        told = score.told()
        beside = ", ".join(f"{weeks}: {told[f'deviance_last_{weeks}']:.4g} / {told[f'absolute_last_{weeks}']:.4g}" for weeks in PEERS)
        out.append(f"{level.name:26s} deviance {told['deviance']:.4g} [{told['deviance_floor']:.4g}], absolute {told['absolute']:.4g} [{told['absolute_floor']:.4g}]; "
                   f"mean of the last weeks {beside}; cover {100 * told['cover_80']:.1f} and {100 * told['cover_95']:.1f} %")
    return out


def _forecast(arguments: argparse.Namespace) -> int:
    calls, record, name = _read(arguments)
    past = back_test(record, arguments.weeks, _progress).past if record.days >= LEAST_DAYS else Past()
    found = {"record": name, "not_counted": not_counted(calls, record), **rows(record, forecast(record, past, arguments.weeks))}
    text = msgspec.json.encode(found)
    if arguments.out is None:
        print(text.decode())
    else:
        arguments.out.write_bytes(text)
        _say(f"{arguments.out}: {arguments.weeks} weeks from the end of the record on")
    return 0


def rows(record: Counted, found: Forecast) -> dict[str, Any]:
    """A forecast as tables: at each level a list for each hour or day, of each place (and kind, which runs fastest)."""
    calendar = record.calendar
    return {
        "hours": [from_instant(calendar.start + int(hour) * HOUR_US).isoformat() for hour in found.hours],
        "days_after_the_first": found.days.tolist(), "kinds": record.kinds, "cells": [h3.int_to_str(int(cell)) for cell in record.cells],
        "district_of_cell": record.district.tolist(), "forecasts_that_taught_the_intervals": found.looks,
        "levels": {level.name: {"mean": one.mean.round(4).tolist(), "interval_80": [one.low_80.astype(int).tolist(), one.high_80.astype(int).tolist()],
                                "interval_95": [one.low_95.astype(int).tolist(), one.high_95.astype(int).tolist()]} for level, one in found.at.items()}}
