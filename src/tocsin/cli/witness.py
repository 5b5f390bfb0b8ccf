"""`tocsin witness`: for an oversight body on its own machine; it watches one floor's ledger and cosigns what only grows."""

import argparse
import time
from pathlib import Path

from tocsin.cli.settings import Commands, Stop, SystemClock, leaf
from tocsin.edges.gateways.witness import look, watch
from tocsin.house import Witnessing
from tocsin.house.audit import BadNote


def words(commands: "Commands[argparse.ArgumentParser]") -> None:
    """What may be said."""
    witness = commands.add_parser("witness", help="watch over a floor's ledger from outside").add_subparsers(required=True, metavar="ACTION")
    command = leaf(witness, "key", "make this witness's key and print the line to give to the floor", _key)
    _folder(command)
    command = leaf(witness, "watch", "fetch, check and cosign a floor's checkpoints until stopped", _watch)
    _folder(command)
    command.add_argument("--at", required=True, metavar="URL", help="the log's address, https://HOST/tlog")
    command.add_argument("--every", type=float, default=30.0, metavar="SECONDS", help="how often to look (default 30)")
    command.add_argument("--once", action="store_true", help="look once and stop: 0 sound, 1 something is wrong, 2 unreadable")


def _folder(command: argparse.ArgumentParser) -> None:
    command.add_argument("folder", type=Path, metavar="DIR", help="the witness's own folder: its key, what it saw, evidence")
    command.add_argument("--name", required=True, help="the witness's name, without spaces; part of what it signs")
    command.add_argument("--log", required=True, help="the floor's verifier line, or a file that holds it")


def _witnessing(arguments: argparse.Namespace) -> Witnessing:
    if not arguments.name or set(arguments.name) & set(" +\n"):
        raise Stop("a witness's name has neither spaces nor +")
    file = Path(arguments.log)
    try:
        return Witnessing(arguments.folder, arguments.name, (file.read_text() if file.is_file() else arguments.log).strip(), SystemClock())
    except BadNote as error:
        raise Stop(f"that is not this floor's verifier line: {error}") from error


def _key(arguments: argparse.Namespace) -> int:
    print(_witnessing(arguments).witness.line)
    return 0


def _watch(arguments: argparse.Namespace) -> int:
    witnessing = _witnessing(arguments)
    if arguments.once:
        saw = look(witnessing, arguments.at)
        print(saw.sentence)
        return 1 if saw.wrong else 2 if saw.verdict == "unreadable" else 0
    told = ""
    for saw in watch(witnessing, arguments.at, lambda: time.sleep(max(1.0, arguments.every))):
        said = f"{saw.verdict}: {saw.sentence}"
        if saw.wrong or saw.verdict != "same" or not told.startswith("same"):
            print(said, flush=True)
        told = said
    return 0
