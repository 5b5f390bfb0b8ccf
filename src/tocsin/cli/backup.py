"""`tocsin backup`: the records, sealed to a key that this machine does not have, added to what was saved before; while the house runs."""

import argparse
import sys
import time
from pathlib import Path

from tocsin.cli.settings import DATA, Commands, SystemClock, leaf
from tocsin.house import LedgerFault
from tocsin.house.saving.back_up import Saved, back_up, make_for, make_key
from tocsin.kernel import Refused

KEEP = 30
_AGAIN_S = 60
_PASSING = ("vault.rotating", "ledger.unreadable", "backup.in-use")
"""What will be over in a minute: with `--every` it is tried again then."""


def words(commands: "Commands[argparse.ArgumentParser]") -> None:
    """What may be said."""
    backup = commands.add_parser("backup", help="save the records, sealed, while the house runs").add_subparsers(required=True, metavar="ACTION")
    command = leaf(backup, "key", "make the pair of keys of a backup: the private one into a file, to be kept off this machine, the public one beside the records", _key)
    command.add_argument("--to", type=Path, required=True, metavar="FILE", help="where the private key is written, once")
    _data(command)
    command = leaf(backup, "run", "add what came since the last run to a backup; no key of the records is ever in it", _run)
    command.add_argument("--to", type=Path, required=True, metavar="DIR", help="where the backup is kept, on another machine's disk")
    command.add_argument("--for", dest="made_for", action="append", default=[], metavar="age1…",
                         help="from now on for this public key (may be said more than once), which another machine made; default: that of `tocsin backup key`")
    command.add_argument("--every", type=float, metavar="MINUTES", help="go on, and do it again so many minutes later (default: once)")
    command.add_argument("--keep", type=int, default=KEEP, help=f"how many runs are kept, the newest of them; each is whole by itself (default {KEEP})")
    command.add_argument("--name", default="floor", help="the ledger's name (default: floor)")
    _data(command)


def _data(command: argparse.ArgumentParser) -> None:
    command.add_argument("--data", type=Path, default=DATA, help="where the records are kept (TOCSIN_DATA; default ./data)")


def _key(arguments: argparse.Namespace) -> int:
    public = make_key(arguments.data, arguments.to)
    print(f"backups of {arguments.data} are made for {public} from now on")
    print(f"the private key is in {arguments.to}: take it off this machine now, two copies in two places; without it no backup can be brought back")
    return 0


def _run(arguments: argparse.Namespace) -> int:
    if arguments.made_for:
        make_for(arguments.data, arguments.made_for)
    if arguments.every is None:
        print(_said(_once(arguments)), flush=True)
        return 0
    while True:
        wait_s = arguments.every * 60
        try:
            print(_said(_once(arguments)), flush=True)
        except (LedgerFault, Refused) as fault:
            print(f"tocsin: this run was not made: {fault}", file=sys.stderr, flush=True)
            wait_s = min(wait_s, _AGAIN_S) if fault.code in _PASSING else wait_s
        time.sleep(wait_s)


def _once(arguments: argparse.Namespace) -> Saved:
    told = _Telling()
    return back_up(arguments.data, arguments.to, SystemClock(), name=arguments.name, keep=max(1, arguments.keep), told=told)


def _said(saved: Saved) -> str:
    return (f"run {saved.number}: {saved.entries:,} entries, wrapped keys of rotation {saved.epoch}; {saved.new_pieces:,} of {saved.pieces:,} pieces are new, "
            f"{saved.new_bytes:,} bytes, {saved.took_s:.1f} s")


class _Telling:
    """A line now and then, of a run that writes much."""

    def __init__(self) -> None:
        self._next = self._STEP

    _STEP = 256 << 20

    def __call__(self, written: int, piece: str) -> None:
        if written >= self._next:
            print(f"  {written >> 20:,} MB written; {piece}", flush=True)
            self._next = written + self._STEP
