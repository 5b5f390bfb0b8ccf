"""`tocsin doctor`: looks a machine over before an installation, and says line by line what to do."""

import argparse
import os
from collections.abc import Iterator
from pathlib import Path

from tocsin.cli.settings import CONSOLE, DATA, Commands, SystemClock, leaf, port_words
from tocsin.house.fitness import Found
from tocsin.house.fitness.bus import bus
from tocsin.house.fitness.database import database
from tocsin.house.fitness.machine import machine

_STATES = {"ok": "正常", "warn": "注意", "fail": "不可"}


def words(commands: "Commands[argparse.ArgumentParser]") -> None:
    """What may be said."""
    command = leaf(commands, "doctor", "look over this machine, and what it is to lean on, before an installation; nothing is changed", _doctor)
    command.add_argument("--data", type=Path, default=DATA, help="where the records will be kept (TOCSIN_DATA; default ./data)")
    command.add_argument("--database", default=os.environ.get("TOCSIN_DATABASE", ""), metavar="ADDRESS", help="a PostgreSQL that is to hold the ledger (TOCSIN_DATABASE; default: none)")
    command.add_argument("--nats", default="", metavar="ADDRESS", help="a NATS server (default: none)")
    port_words(command)
    command.add_argument("--zh", action="store_true", default=os.environ.get("LANG", "").startswith("zh"), help="in Chinese (LANG; default: English)")


def _doctor(arguments: argparse.Namespace) -> int:
    failed = 0
    for found in _looked(arguments):
        failed += found.state == "fail"
        state = f"{_STATES[found.state]}  " if arguments.zh else f"{found.state:5s}"
        print(f"{state} {found.name}: {found.says.zh if arguments.zh else found.says.en}")
        if found.do is not None:
            print(f"      → {found.do.zh if arguments.zh else found.do.en}")
    return 1 if failed else 0


def _looked(arguments: argparse.Namespace) -> Iterator[Found]:
    yield from machine(arguments.data, CONSOLE, arguments.host, arguments.port, os.environ.get("NUMBA_CACHE_DIR", ""))
    if arguments.database:
        yield from database(arguments.database, SystemClock())
    if arguments.nats:
        yield from bus(arguments.nats)
