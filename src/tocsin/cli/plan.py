"""`tocsin plan`: is a response plan sound, what differs between two, what would it have sent, and why was another unit sent?"""

import argparse
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from tocsin.city import City
from tocsin.city.record import read_record
from tocsin.city.record_mapping import read_mapping
from tocsin.cli.reading import read_fleet, read_plan
from tocsin.cli.records import has_ledger
from tocsin.cli.settings import SAMPLES, Commands, Stop, SystemClock, leaf
from tocsin.house.plans import fleets_on_duty, overrides, past_incidents
from tocsin.rooms.dispatch.model import Plan, changes, unfillable
from tocsin.rooms.dispatch.model.plan import Past, said, tried

_MOST_OF_A_SKILL = 20


def words(commands: "Commands[argparse.ArgumentParser]") -> None:
    """What may be said."""
    plan = commands.add_parser("plan", help="check, compare and try response plans").add_subparsers(required=True, metavar="ACTION")
    command = leaf(plan, "check", "say what is wrong with a plan, and which of its lines the fleet could never fill", _check)
    command.add_argument("plan", type=Path, metavar="FILE", help="the plan's TOML file")
    command.add_argument("--fleet", type=Path, default=SAMPLES / "fleet.toml", help="the table of unit kinds (default: the sample)")
    command.add_argument("--data", type=Path, help="records of a floor: hour by hour, the units that were on duty must be able to fill it")
    _city_words(command)
    command = leaf(plan, "diff", "say in sentences what differs between two plans", _diff)
    command.add_argument("old", type=Path, metavar="OLD", help="the plan as it is")
    command.add_argument("new", type=Path, metavar="NEW", help="the plan as it would be")
    _city_words(command)
    command = leaf(plan, "test", "replay past incidents through a plan and say which would have got something else", _test)
    command.add_argument("plan", type=Path, metavar="NEW", help="the plan to try")
    command.add_argument("--against", type=Path, metavar="OLD", help="another plan (default: what was given then, as the records have it)")
    command.add_argument("--data", type=Path, help="the records of a floor")
    command.add_argument("--calls", type=Path, help="or a record of past calls, as `tocsin replay` reads it")
    command.add_argument("--map", type=Path, help="the TOML mapping of that record")
    _city_words(command)
    command = leaf(plan, "overrides", "count why other units than proposed were sent, and whether the proposed ones were due sooner", _overrides)
    command.add_argument("--data", type=Path, required=True, help="the records of a floor")
    command.add_argument("--plan", type=Path, default=SAMPLES / "plan.toml", help="the plan whose reasons are counted (default: the sample)")
    _city_words(command)


def _city_words(command: argparse.ArgumentParser) -> None:
    command.add_argument("--city", type=Path, help="the city folder, for areas that are its districts and for its own time")
    command.add_argument("--name", default="floor", help="the name of the floor's ledger (default: floor)")


def _check(arguments: argparse.Namespace) -> int:
    plan, table = _plan(arguments.plan, arguments), read_fleet(arguments.fleet)
    fleets: dict[str, list[tuple[str, ...]]] = {"the table": [kind.skills for kind in table.kinds.values() for _ in range(_MOST_OF_A_SKILL)]}
    found = [f"{line}: no kind of unit in the fleet table has {said(lacking)}" for line, _, lacking in unfillable(plan, fleets)]
    if arguments.data is not None:
        found += _at_hours(plan, arguments)
    print("\n".join(found or [f"{arguments.plan} is sound: {len(plan.kinds)} kinds, {len(plan.areas)} areas, version {plan.version}"]))
    return 1 if found else 0


def _at_hours(plan: Plan, arguments: argparse.Namespace) -> Iterator[str]:
    """Which lines the units on duty could not have filled, even all free, and at which hours of the week that was."""
    zone = ZoneInfo(City.open(arguments.city).manifest.timezone if arguments.city else "UTC")
    fleets = {f"{n}": (fleet, hours) for n, (fleet, hours) in enumerate(fleets_on_duty(_records(arguments), SystemClock(), zone, name=arguments.name).items())}
    if not fleets:
        raise Stop(f"{arguments.data} holds no shifts")
    total = sum(hours.total() for _, hours in fleets.values())
    for line, which, lacking in unfillable(plan, {name: fleet for name, (fleet, _) in fleets.items()}):
        hours = sum((fleets[name][1] for name in which), Counter[str]())
        most = ", ".join(hour for hour, _ in hours.most_common(6))
        when = "never" if hours.total() == total else f"not in {hours.total():,} of {total:,} hours ({most}{' …' if len(hours) > 6 else ''})"
        yield f"{line}: {when} with the units on duty; at the worst it lacks {said(lacking)}"


def _diff(arguments: argparse.Namespace) -> int:
    found = list(changes(_plan(arguments.old, arguments), _plan(arguments.new, arguments)))
    print("\n".join(found or ["the two plans say the same"]))
    return 1 if found else 0


def _test(arguments: argparse.Namespace) -> int:
    if (arguments.data is None) == (arguments.calls is None):
        raise Stop("say --data DIR, or --calls RECORD with --map MAP")
    new = _plan(arguments.plan, arguments)
    old = _plan(arguments.against, arguments) if arguments.against else None
    if arguments.data is not None:
        trial = tried(new, past_incidents(_records(arguments), SystemClock(), name=arguments.name), old)
    else:
        if arguments.map is None or old is None:
            raise Stop("a record of past calls was given nothing by a plan: say --map MAP and --against OLD")
        record = read_record(arguments.calls, read_mapping(arguments.map))
        trial = tried(new, [Past(call.call, call.kind, min(max(call.priority, 0), 4), 1, call.lon or 0.0, call.lat or 0.0) for call in record.calls], old)
    print("\n".join(trial.sentences()))
    return 1 if trial.different else 0


def _overrides(arguments: argparse.Namespace) -> int:
    plan = _plan(arguments.plan, arguments)
    sent, found = overrides(_records(arguments), SystemClock(), name=arguments.name)
    count = sum(line.count for line in found.values())
    print(f"{sent:,} units were sent on a recommendation, {count:,} of them not as proposed{f' ({100 * count / sent:.1f} %)' if sent else ''}")
    for reason, line in sorted(found.items(), key=lambda item: -item[1].count):
        known = plan.overrides.get(reason)
        print(line.sentence(f"{known.en} ({reason})" if known else f"“{reason}”"))
    return 0


def _plan(path: Path, arguments: argparse.Namespace) -> Plan:
    return read_plan(path, City.open(arguments.city) if arguments.city else None)


def _records(arguments: argparse.Namespace) -> Path:
    data: Path = arguments.data
    has_ledger(data / "ledger")
    return data
