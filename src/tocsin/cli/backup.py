"""`tocsin backup` and `tocsin restore`: a copy of the records without their master key, and the way back."""

import argparse
from pathlib import Path

from tocsin.cli.settings import DATA, Commands, SystemClock, leaf
from tocsin.house.audit import verify
from tocsin.house.keeping import back_up, bring_back


def words(commands: "Commands[argparse.ArgumentParser]") -> None:
    """What may be said."""
    command = leaf(commands, "backup", "copy the records, which may be in use, over the copy in a folder; the master key is never among them", _backup)
    command.add_argument("into", type=Path, metavar="DIR", help="where the copy is kept, on another machine's disk")
    command.add_argument("--data", type=Path, default=DATA, help="where the records are kept (TOCSIN_DATA; default ./data)")
    command = leaf(commands, "restore", "lay a copy and the keys from the safe into an empty place, and check them", _restore)
    command.add_argument("copy", type=Path, metavar="DIR", help="the folder that `tocsin backup` wrote")
    command.add_argument("--keys", type=Path, required=True, help="the folder that `tocsin vault key` wrote")
    command.add_argument("--data", type=Path, default=DATA, help="where the records will be kept (TOCSIN_DATA; default ./data)")


def _backup(arguments: argparse.Namespace) -> int:
    said = back_up(arguments.data / "ledger", arguments.into, SystemClock().now())
    print(f"{said.entries:,} entries copied; the wrapped keys are of rotation {said.epoch}. `tocsin vault key` copies the master key, apart.")
    return 0


def _restore(arguments: argparse.Namespace) -> int:
    folder = arguments.data / "ledger"
    said = bring_back(arguments.copy, arguments.keys, folder)
    report = verify(folder, (folder / "verifier").read_text().strip())
    print("\n".join([f"{said.entries:,} entries are back.", *report.sentences(),
                     "What the ledger says is forgotten is forgotten again when the house next starts, before it serves."]))
    return 0 if report.sound else 1
