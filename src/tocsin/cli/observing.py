"""`tocsin city observe`, `move` and `streets`: what units' own drives to incidents teach of the city's streets, put in force and taken back by a word."""

import argparse
import csv
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from tocsin.city import City
from tocsin.city.calibrate.in_force import IN_FORCE, MOVED, base_of, kept_path, put_back, put_in_force
from tocsin.city.calibrate.learning import Learner
from tocsin.city.calibrate.sums import LEAST, Sums, load_sums, moved, path_of, save_sums, with_day
from tocsin.city.calibration import Calibration, load_calibration
from tocsin.city.speeds import ROAD_CLASSES
from tocsin.cli.records import has_ledger
from tocsin.cli.settings import DATA, Commands, SystemClock, leaf
from tocsin.house.drives import Day, days_to_read, drives

_EVERY = 50_000
_HOURS = 4


def words(city: "Commands[argparse.ArgumentParser]") -> None:
    """What may be said."""
    command = leaf(city, "observe", "learn from units' own drives to incidents how long streets take, also while the house runs; once a day", _observe)
    _city(command)
    command.add_argument("--data", type=Path, default=DATA, help="where the records are kept (TOCSIN_DATA; default ./data)")
    command.add_argument("--name", default="floor", help="the ledger's name (default: floor)")
    command = leaf(city, "move", "put the calibration in force that observed drives moved, for the next start of the house", _move)
    _city(command)
    command.add_argument("--back", action="store_true", help="put in force again what was before drives moved it")
    command = leaf(city, "streets", f"print what drives took, by street and hour of the week, as CSV: of {LEAST} drives or more alone", _streets)
    _city(command)


def _city(command: argparse.ArgumentParser) -> None:
    command.add_argument("city", type=Path, metavar="CITY", help="the city folder")


def _say(line: str) -> None:
    """Progress, which does not mix with what is printed."""
    print(line, file=sys.stderr, flush=True)


def _observe(arguments: argparse.Namespace) -> int:
    has_ledger(arguments.data / "ledger")
    city = City.open(arguments.city)
    base = base_of(city.path)
    sums, other = load_sums(city.path, city.version)
    if other:
        aside = path_of(city.path).replace(city.path / "observed-before.json")
        print(f"The city was built anew: what was learnt by class stays, sums by street begin anew; the file as it was is {aside}.")
    days = days_to_read(arguments.data, arguments.name, SystemClock().now(), sums.days)
    if days:
        sums = _count(city, sums, arguments, [day for day, _ in days])
    elif other:
        save_sums(city.path, sums)
    print(f"{len(days)} days read now, {len(sums.days)} in all, with {sums.drives:,} drives.")
    if not sums.drives:
        print("No drive has been observed yet, so no calibration was moved.")
        return 0
    fresh = moved(base, sums)
    fresh.save(city.path / MOVED)
    print("\n".join([*changes(base, fresh, sums), *_next(city, fresh)]))
    return 0


def _count(city: City, sums: Sums, arguments: argparse.Namespace, days: Sequence[int]) -> Sums:
    """Each day whole or not at all, and kept before the next is begun: whoever stops it loses one day's work at most."""
    learner = Learner(city)
    for day in drives(arguments.data, arguments.name, days, _reading):
        observed, left = learner.learn(day.stretches, partial(_matching, day.name))
        sums = with_day(sums, city, day.name, observed, day.left + left)
        save_sums(city.path, sums)
        print(_of_day(day, len(np.unique(observed.drive)), day.left + left))
    return sums


def _matching(day: str, done: int, of: int) -> None:
    _say(f"{day}: {done:,} of {of:,} drives")


def _reading(done: int, of: int) -> None:
    if done % _EVERY == 0:
        _say(f"ledger: {done:,} of {of:,} entries")


def _of_day(day: Day, used: int, left: dict[str, int]) -> str:
    why = "; ".join(f"{count:,} {reason}" for reason, count in sorted(left.items(), key=lambda item: -item[1]))
    thinned = " (thinned by then: a position in ten seconds)" if day.thinned else ""
    return f"{day.name}{thinned}: {used:,} drives used, {sum(left.values()):,} ways not{f': {why}' if why else ''}."


def changes(base: Calibration, fresh: Calibration, sums: Sums) -> list[str]:
    """What changed by class and by hour, in lines of print; nothing is said of fewer than three drives alone."""
    of_class = sums.class_drives
    was, now = base.class_kph(), fresh.class_kph()
    lines = [f"  {name:16s}{was[name]:6.1f} -> {now[name]:5.1f} km/h  ({count:,} drives)" for name, count in of_class.items() if count >= LEAST]
    few = sum(1 for count in of_class.values() if count < LEAST)
    before, after = (np.array(one.hour_factor).reshape(7, 24 // _HOURS, _HOURS).mean(axis=2) for one in (base, fresh))
    hours = [f"  {name}: " + ", ".join(f"{part * _HOURS:02d}-{(part + 1) * _HOURS:02d} x{before[rows].mean(axis=0)[part]:.2f} -> x{after[rows].mean(axis=0)[part]:.2f}"
                                       for part in range(24 // _HOURS)) for name, rows in (("weekdays", slice(0, 5)), ("weekends", slice(5, 7)))]
    return ["With lights and siren, where no limit is tagged:", *lines, *([f"  {few} other classes were driven by fewer than {LEAST} drives, and nothing was taken from them"] if few else []),
            "What drives take by the hour, times the class's:", *hours]


def _next(city: City, fresh: Calibration) -> list[str]:
    if load_calibration(city.path / IN_FORCE).version == fresh.version:
        return [f"Calibration {fresh.version} is in force already."]
    return [f"Kept as {city.path / MOVED}, calibration {fresh.version}; nothing is changed yet. To put it in force: tocsin city move {city.path}, and start the house again."]


def _move(arguments: argparse.Namespace) -> int:
    folder = City.open(arguments.city).path
    old, fresh = put_back(folder) if arguments.back else put_in_force(folder)
    print(f"Calibration {fresh.version} is in force at the next start of the house; {old.version} stays as {kept_path(folder, old.version)}.")
    if not arguments.back:
        print(f"To take it back: tocsin city move --back {folder}.")
    return 0


def _streets(arguments: argparse.Namespace) -> int:
    city = City.open(arguments.city)
    given = load_sums(city.path, city.version)[0].given
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(("arc", "street", "class", "metres", "hour_of_week", "drives", "mean_s"))
    network = city.network
    for arc, hour, count, seconds in zip(given.arc, given.hour, given.drives, given.seconds, strict=True):
        name = int(network.name[arc])
        out.writerow((arc, city.streets[name].name if name >= 0 else "", ROAD_CLASSES[network.road_class[arc]], round(float(network.dist_m[arc]), 1), hour, count, round(seconds / count, 1)))
    return 0
