"""`tocsin ledger`: copied from its file into PostgreSQL and back, or for an auditor; and its tables migrated to a newer program."""

import argparse
import os
from pathlib import Path

from tocsin.cli.settings import DATA, Commands, leaf
from tocsin.house.keeping import copy_for_auditor, is_address, migrate, move_records

BACK = "files"


def words(commands: "Commands[argparse.ArgumentParser]") -> None:
    """What may be said."""
    ledger = commands.add_parser("ledger", help="where the ledger's entries lie").add_subparsers(required=True, metavar="ACTION")
    command = leaf(ledger, "copy", "copy the ledger to PostgreSQL, back into its own file, or into a folder for an auditor; the tree's root stays the same", _copy)
    command.add_argument("--to", default=os.environ.get("TOCSIN_DATABASE", ""), metavar="TARGET",
                         help="postgresql://USER@HOST/DATABASE (TOCSIN_DATABASE); `files` for back into the records; else a folder for an auditor. "
                              "The first two move it, with the house stopped")
    _data(command)
    command = leaf(ledger, "migrate", "bring the tables of a ledger in PostgreSQL up to this program's version, in one transaction, with every house on it stopped", _migrate)
    command.add_argument("--rehearse", action="store_true", help="do all of it, say how long each step took, and take it back")
    _data(command)


def _data(command: argparse.ArgumentParser) -> None:
    command.add_argument("--data", type=Path, default=DATA, help="where the records are kept (TOCSIN_DATA; default ./data)")
    command.add_argument("--name", default="floor", help="the ledger's name (default: floor)")


def _copy(arguments: argparse.Namespace) -> int:
    folder, to = arguments.data / "ledger", str(arguments.to)
    if is_address(to) or to == BACK:
        size, root, before, days = move_records(arguments.data, arguments.name, "" if to == BACK else to, _told)
        print(f"moved: {size:,} entries, root {root.hex()}; what they were in is untouched: {before}")
        print(f"{days} days of positions went along")
        print("start the house as before: the records know where their ledger lies")
    else:
        size, root = copy_for_auditor(folder, arguments.name, Path(to), _told)
        print(f"copied to {to}: {size:,} entries, root {root.hex()}; it holds no key")
        print(f"check it with: tocsin audit verify {to} --key {to}/verifier")
    return 0


def _migrate(arguments: argparse.Namespace) -> int:
    before, after = migrate(arguments.data / "ledger", arguments.name, _stepped, rehearse=arguments.rehearse)
    if before == after:
        print(f"it is of version {after} already; nothing to do")
    elif arguments.rehearse:
        print(f"rehearsed: version {before} would become {after}; nothing was changed")
    else:
        print(f"migrated: version {before} is now {after}")
    return 0


def _stepped(words: str, took_s: float) -> None:
    print(f"  {took_s * 1000:8.1f} ms  {words}", flush=True)


def _told(done: int, of: int) -> None:
    if done == of or done % 100_000 < 5_000:
        print(f"  {done:,} of {of:,}", flush=True)
