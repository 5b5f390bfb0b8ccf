"""`tocsin audit samples`: an auditor draws each day's sample again, from a copy of the ledger's files and the public key."""

import argparse
from datetime import UTC, date, datetime
from pathlib import Path

from tocsin.cli.records import has_ledger
from tocsin.cli.settings import Commands, Stop, leaf
from tocsin.house.audit import BadNote, DayAgain, samples_again, verify

_FIRST, _LAST = date(1970, 1, 1), date(2200, 1, 1)


def words(audit: "Commands[argparse.ArgumentParser]") -> None:
    """What may be said, below `audit`."""
    command = leaf(audit, "samples", "draw each day's sample of the staff's own use again, and say what was kept in its place", _samples)
    command.add_argument("ledger", type=Path, metavar="DIR", help="the ledger's folder (DATA/ledger), or a copy of it; nothing is written")
    command.add_argument("--key", required=True, help="the public key: the verifier line, or a file that holds it")
    command.add_argument("--checkpoint", type=Path, action="append", default=[], help="a checkpoint that you kept yourself")
    command.add_argument("--former", action="append", default=[], help="the verifier line of a key that the floor lost and renewed")
    command.add_argument("--since", type=_day, default=_FIRST, metavar="DAY", help="from which day, as 2026-11-25 in UTC (default: the first)")
    command.add_argument("--until", type=_day, default=_LAST, metavar="DAY", help="until which day, that one too (default: the last)")


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError as error:
        raise argparse.ArgumentTypeError("write a day as 2026-11-25") from error


def _samples(arguments: argparse.Namespace) -> int:
    has_ledger(arguments.ledger)
    file = Path(arguments.key)
    try:
        report = verify(arguments.ledger, (file.read_text() if file.is_file() else arguments.key).strip(),
                        [path.read_text() for path in arguments.checkpoint], arguments.former)
    except BadNote as error:
        raise Stop(f"that is not a verifier line: {error}") from error
    print("\n".join(report.sentences()))
    if not report.sound:
        print("The ledger is not what was signed, so its roots choose nothing and no sample was drawn.")
        return 1
    wrong = days = 0
    rule = (0, 0, 0)
    for day in samples_again(arguments.ledger, (arguments.since - _FIRST).days, (arguments.until - _FIRST).days):
        if day.rule not in (rule, (0, 0, 0)):
            rule = day.rule
            print(f"{day.day}: from here on everybody once in {_of(rule[0], 'day')}, {_of(rule[1], 'showing')} of all a day, {rule[2]} of each whose turn it is.")
        print("\n".join(_told(day)))
        days += not day.open
        wrong += bool(day.faults)
    print(f"{_of(days, 'day')} drawn again by the root of each: {f'{wrong:,} not as drawn' if wrong else 'what was kept is what is drawn'}.")
    return 1 if wrong else 0


def _told(day: DayAgain) -> list[str]:
    """A day in words; each fault in a line of its own."""
    if day.open:
        return [f"{day.day}: the ledger ends before this day could be drawn."]
    if day.faults:
        return [f"{day.day}: NOT AS DRAWN. {fault[0].upper()}{fault[1:]}." for fault in day.faults]
    return [f"{day.day}: agrees, {_of(day.showings, 'showing')} of {_of(day.people, 'person', 'people')}."]


def _of(count: int, one: str, more: str = "") -> str:
    return f"{count:,} {one if count == 1 else more or one + 's'}"
