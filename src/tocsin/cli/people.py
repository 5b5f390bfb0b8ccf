"""`tocsin people`: who may come in."""

import argparse
import sys
from pathlib import Path

from tocsin.cli.settings import DATA, Commands, Stop, SystemClock, leaf
from tocsin.edges import web
from tocsin.edges.web.people import PARTNER, STAFF

_SHORTEST = 12


def words(commands: "Commands[argparse.ArgumentParser]") -> None:
    """What may be said."""
    people = commands.add_parser("people", help="who may come in").add_subparsers(required=True, metavar="ACTION")
    command = leaf(people, "add", "let somebody in, with the password that standard input gives", _person)
    command.add_argument("person", metavar="NAME", help="the name to sign in with")
    command.add_argument("--role", action="append", required=True, choices=(*STAFF, PARTNER), help="what they may do; may be said several times")
    command.add_argument("--agency", default="", help="whose a partner is, as the table of agencies names it; a partner needs one")
    _data(command)
    command = leaf(people, "add-device", "let a machine in and print its key, once", _device)
    command.add_argument("device", metavar="NAME", help="what the machine is called")
    _data(command)


def _data(command: argparse.ArgumentParser) -> None:
    command.add_argument("--data", type=Path, default=DATA, help="where the records are kept (TOCSIN_DATA; default ./data)")


def _person(arguments: argparse.Namespace) -> int:
    password = sys.stdin.readline().rstrip("\n")
    if len(password) < _SHORTEST:
        raise Stop(f"give a password of at least {_SHORTEST} characters on standard input")
    arguments.data.mkdir(parents=True, exist_ok=True)
    web.People(arguments.data, SystemClock()).add(arguments.person, tuple(arguments.role), password, arguments.agency)
    of = f" of {arguments.agency}" if arguments.agency else ""
    print(f"{arguments.person} may sign in as {', '.join(arguments.role)}{of}")
    return 0


def _device(arguments: argparse.Namespace) -> int:
    arguments.data.mkdir(parents=True, exist_ok=True)
    print(web.People(arguments.data, SystemClock()).add_device(arguments.device))
    return 0
