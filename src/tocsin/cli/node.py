"""`tocsin node keys`: what a second machine needs in order to serve the same house."""

import argparse
from pathlib import Path

from tocsin.cli.settings import DATA, Commands, Stop, leaf
from tocsin.edges.web.private import lay_keys
from tocsin.house.keeping import lay_node


def words(commands: "Commands[argparse.ArgumentParser]") -> None:
    """What may be said."""
    node = commands.add_parser("node", help="several machines on one house").add_subparsers(required=True, metavar="ACTION")
    command = leaf(node, "keys", "lay the keys of this house, and where its ledger lies, into a new folder: the records of a second machine", _keys)
    command.add_argument("--to", type=Path, required=True, metavar="DIR", help="the new folder; bring it to the other machine by a way that nobody reads, and leave no copy")
    command.add_argument("--data", type=Path, default=DATA, help="where the records are kept (TOCSIN_DATA; default ./data)")
    command.add_argument("--name", default="floor", help="the ledger's name (default: floor)")


def _keys(arguments: argparse.Namespace) -> int:
    to = arguments.to
    if to.exists() and any(to.iterdir()):
        raise Stop(f"{to} is not empty; give a new folder")
    lay_node(arguments.data / "ledger", arguments.name, to / "ledger")
    to.chmod(0o700)
    lay_keys(arguments.data, to)
    print(f"{to} has the keys of this house: whoever reads it reads everything. Bring it to the other machine as its records, and start that with:")
    print("  tocsin serve --data DIR --node NAME --node-address http://HOST:PORT")
    return 0
