"""`tocsin ledger copy`: a ledger from its file into PostgreSQL and back, and a copy of its entries for an auditor."""

import argparse
import os
from pathlib import Path

from tocsin.cli.settings import DATA, Commands, leaf
from tocsin.house.keeping import copy_for_auditor, is_address, move_ledger

BACK = "files"


def words(commands: "Commands[argparse.ArgumentParser]") -> None:
    """What may be said."""
    ledger = commands.add_parser("ledger", help="where the ledger's entries lie").add_subparsers(required=True, metavar="ACTION")
    command = leaf(ledger, "copy", "copy the ledger to PostgreSQL, back into its own file, or into a folder for an auditor; the tree's root stays the same", _copy)
    command.add_argument("--to", default=os.environ.get("TOCSIN_DATABASE", ""), metavar="TARGET",
                         help="postgresql://USER@HOST/DATABASE (TOCSIN_DATABASE); `files` for back into the records; else a folder for an auditor. "
                              "The first two move it, with the house stopped")
    command.add_argument("--data", type=Path, default=DATA, help="where the records are kept (TOCSIN_DATA; default ./data)")
    command.add_argument("--name", default="floor", help="the ledger's name (default: floor)")


def _copy(arguments: argparse.Namespace) -> int:
    folder, to = arguments.data / "ledger", str(arguments.to)
    if is_address(to) or to == BACK:
        size, root, before = move_ledger(folder, arguments.name, "" if to == BACK else to, _told)
        print(f"moved: {size:,} entries, root {root.hex()}; what they were in is untouched: {before}")
        print("start the house as before: the records know where their ledger lies")
    else:
        size, root = copy_for_auditor(folder, arguments.name, Path(to), _told)
        print(f"copied to {to}: {size:,} entries, root {root.hex()}; it holds no key")
        print(f"check it with: tocsin audit verify {to} --key {to}/verifier")
    return 0


def _told(done: int, of: int) -> None:
    if done == of or done % 100_000 < 5_000:
        print(f"  {done:,} of {of:,}", flush=True)
