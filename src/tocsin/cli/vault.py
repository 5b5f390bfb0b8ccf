"""`tocsin vault`: the keys that open personal fields. Copy the master key apart; what to do when a vault or a key is lost."""

import argparse
from pathlib import Path

from tocsin.cli.settings import DATA, Commands, SystemClock, leaf
from tocsin.house.keeping import begin_vault, copy_key, give_up


def words(commands: "Commands[argparse.ArgumentParser]") -> None:
    """What may be said."""
    vault = commands.add_parser("vault", help="the keys that open personal fields").add_subparsers(required=True, metavar="ACTION")
    command = leaf(vault, "key", "copy every key to a safe place, over the copies before them", _key)
    command.add_argument("--out", type=Path, required=True, metavar="DIR", help="the safe place; never beside a backup")
    _data(command)
    command = leaf(vault, "begin", "begin a new vault because the old one or its key is lost: what was sealed stays unreadable", _begin)
    _who(command)
    command.add_argument("--reason", required=True, help="why; it is kept in the ledger")
    command = leaf(vault, "give-up", "treat a record whose key is lost as forgotten, so that the rest of its incident can be read", _give_up)
    command.add_argument("record", metavar="RECORD", help="the record that a vault.no-key fault names, call:260304-0001 for example")
    _who(command)


def _data(command: argparse.ArgumentParser) -> None:
    command.add_argument("--data", type=Path, default=DATA, help="where the records are kept (TOCSIN_DATA; default ./data)")


def _who(command: argparse.ArgumentParser) -> None:
    command.add_argument("--by", required=True, help="who does this; it is kept in the ledger")
    command.add_argument("--name", default="floor", help="the ledger's name (default: floor)")
    _data(command)


def _key(arguments: argparse.Namespace) -> int:
    epoch = copy_key(arguments.data, arguments.out)
    print(f"the keys, the master of rotation {epoch} among them, are in {arguments.out}; destroy every older copy of them")
    return 0


def _begin(arguments: argparse.Namespace) -> int:
    vault = begin_vault(arguments.data / "ledger", SystemClock(), name=arguments.name, by=arguments.by, reason=arguments.reason)
    print(f"vault {vault} is begun; what is left of the one before it was set aside as *.lost-{vault}")
    return 0


def _give_up(arguments: argparse.Namespace) -> int:
    give_up(arguments.data / "ledger", SystemClock(), name=arguments.name, by=arguments.by, record=arguments.record)
    print(f"{arguments.record} is treated as forgotten from now on")
    return 0
