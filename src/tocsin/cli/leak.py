"""`tocsin leak`: whose copy a file is that turned up where it should not be."""

import argparse
from pathlib import Path

from tocsin.cli.records import has_ledger
from tocsin.cli.settings import DATA, Commands, SystemClock, leaf
from tocsin.house.audit import trace_leak

_SAYS = {"picture": "a mark in the picture's brightness", "unseen": "letters without width in the text",
         "wording": "its choice of words", "told": "what it says openly, which anybody can write"}


def words(commands: "Commands[argparse.ArgumentParser]") -> None:
    """What may be said."""
    leak = commands.add_parser("leak", help="trace files that were given out").add_subparsers(required=True, metavar="ACTION")
    command = leaf(leak, "trace", "say which export a leaked text, table, picture or zip is a copy of", _trace)
    command.add_argument("file", type=Path, metavar="FILE", help="the file that turned up")
    command.add_argument("--data", type=Path, default=DATA, help="where the records are kept (TOCSIN_DATA; default ./data)")
    command.add_argument("--name", default="floor", help="the name of this floor's ledger (default: floor)")


def _trace(arguments: argparse.Namespace) -> int:
    has_ledger(arguments.data / "ledger")
    found, asked = trace_leak(arguments.data, arguments.file.read_bytes(), SystemClock(), name=arguments.name)
    if asked is None:
        print("no mark of this floor was found in it")
        return 1
    print(f"export {found.export}, told by {_SAYS[found.layer]}" + (f" ({found.agree} of {found.seen} choices)" if found.seen else ""))
    print(f"chance that it names the wrong export: {found.chance:.1g}" if found.layer != "told" else "this proves nothing by itself")
    print(f"asked for by {asked.by} for a recipient of kind {asked.kind}; the recipient's name is shown at its door, where the showing is kept")
    return 0
