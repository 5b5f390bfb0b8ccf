"""`tocsin restore`: a run of a backup laid into an empty place and audited; with `--drill` into a scratch place, compared, timed and taken away."""

import argparse
from pathlib import Path

from tocsin.city import City
from tocsin.cli.reading import open_house
from tocsin.cli.settings import DATA, Commands, Stop, SystemClock, leaf, table_words
from tocsin.house import House, LedgerFault
from tocsin.house.saving import drill as drills
from tocsin.house.saving.bring_back import bring_back
from tocsin.kernel import Refused

AGAIN_WITHIN_DAYS = 30


def words(commands: "Commands[argparse.ArgumentParser]") -> None:
    """What may be said."""
    command = leaf(commands, "restore", "lay a run of a backup and the keys from the safe into an empty place and audit them; or drill that", _restore)
    command.add_argument("--from", dest="source", type=Path, required=True, metavar="DIR", help="the folder that `tocsin backup run` wrote")
    command.add_argument("--identity", type=Path, required=True, metavar="FILE", help="the private key that `tocsin backup key` wrote")
    keys = command.add_mutually_exclusive_group(required=True)
    keys.add_argument("--keys", type=Path, metavar="DIR", help="the folder that `tocsin vault key` wrote")
    keys.add_argument("--keys-are-lost", type=Path, metavar="FILE", help="instead: the verifier line that auditors have; a new signing key and a new vault have to be begun then")
    command.add_argument("--run", type=int, default=0, metavar="N", help="an older run (default: the newest)")
    command.add_argument("--data", type=Path, default=DATA, help="where the records will be kept; with --drill, where the running ones are (TOCSIN_DATA; default ./data)")
    command.add_argument("--drill", action="store_true", help="bring it back to a scratch place, compare tree and figures with the running records, say the minutes, take it away")
    command.add_argument("--scratch", type=Path, metavar="DIR", help="where the drill's place is made (default: the system's)")
    command.add_argument("--city", type=Path, metavar="DIR", help="with --drill: start a house on it in this city, so that every picture is folded")
    command.add_argument("--again-within", type=int, default=AGAIN_WITHIN_DAYS, metavar="DAYS",
                         help=f"after how many days without a drill the floor is told so (default {AGAIN_WITHIN_DAYS})")
    table_words(command)


def _restore(arguments: argparse.Namespace) -> int:
    keys: Path | str = arguments.keys or arguments.keys_are_lost.read_text(encoding="utf-8")
    if arguments.drill:
        return _drill(arguments, arguments.keys)
    back = bring_back(arguments.source, arguments.identity, keys, arguments.data, SystemClock(), number=arguments.run, told=_Telling())
    print("\n".join([f"run {back.run.number} is in {arguments.data}: {back.run.entries:,} entries, {back.bytes:,} bytes, {sum(back.steps.values()):.1f} s.",
                     *back.report.sentences(), "What the ledger says is forgotten is forgotten again when the house next starts, before it serves."]))
    if arguments.keys is None:
        print("No key came back. Next: `tocsin audit new-key`, then `tocsin vault begin`; what was sealed stays unreadable.")
    return 0 if back.report.sound else 1


def _drill(arguments: argparse.Namespace, keys: Path | None) -> int:
    if keys is None:
        raise Stop("a drill needs the keys, as the day itself does: give --keys")
    clock, city = SystemClock(), City.open(arguments.city) if arguments.city else None
    began = clock.now()

    def opened(records: Path) -> House:
        assert city is not None, "is given for a city alone"
        return open_house(arguments, records, city, clock)

    try:
        found = drills.drill(arguments.source, arguments.identity, keys, arguments.data, clock, scratch=arguments.scratch,
                             again_within_days=arguments.again_within, told=_Telling(), opened=opened if city else None)
    except (LedgerFault, Refused, OSError) as fault:
        drills.failed(arguments.data, clock, began, str(fault), arguments.again_within)
        raise
    for step, seconds in found.steps.items():
        print(f"  {step:14s} {seconds / 60:7.2f} min")
    print(f"{'Sound' if found.ok else 'NOT SOUND'}: run {found.run} came back in {found.minutes:.2f} minutes: {found.entries:,} entries, {found.bytes:,} bytes"
          + (f", {found.rows:,} rows of pictures." if found.rows is not None else "."))
    print("\n".join(found.why), end="\n" if found.why else "")
    print(f"Lost, had the machine been lost when this began: the last {found.lost_s:.0f} s"
          + (f", {found.lost_entries:,} entries." if found.lost_entries is not None else "; the running records are not here, so nothing was compared with them."))
    return 0 if found.ok else 1


class _Telling:
    """A line at each tenth."""

    def __init__(self) -> None:
        self._tenth = 0

    def __call__(self, done: int, of: int) -> None:
        if done * 10 // max(1, of) > self._tenth:
            self._tenth = done * 10 // max(1, of)
            print(f"  {self._tenth * 10} %: {done >> 10:,} of {of >> 10:,} kB", flush=True)
