"""`tocsin people`: who may come in."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tocsin.cli.settings import DATA, Commands, Stop, SystemClock, leaf
from tocsin.edges.web.keys import MOST_DAYS, given, new_key
from tocsin.edges.web.people import PARTNER, STAFF, People, fitting
from tocsin.facts.access import KeyGiven, RolesGiven, SignInFact
from tocsin.house.keeping import letting_in
from tocsin.kernel import Refused

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
    command = leaf(people, "key", "make a machine key with a scope and an end, and print it, once", _key)
    command.add_argument("machine", metavar="NAME", help="what the machine is called")
    command.add_argument("--role", action="append", choices=("device", "neighbour", *STAFF), help="what it may do (default: device); may be said several times")
    command.add_argument("--door", action="append", default=[], help="an address that it is for, of those its roles open (default: all); may be said several times")
    command.add_argument("--days", type=int, default=MOST_DAYS, help=f"how long it lasts (default and most {MOST_DAYS})")
    _data(command)


def _data(command: argparse.ArgumentParser) -> None:
    command.add_argument("--data", type=Path, default=DATA, help="where the records are kept (TOCSIN_DATA; default ./data)")
    command.add_argument("--name", default="floor", help="the ledger's name (default: floor)")


def _person(arguments: argparse.Namespace) -> int:
    password = sys.stdin.readline().rstrip("\n")
    if len(password) < _SHORTEST:
        raise Stop(f"give a password of at least {_SHORTEST} characters on standard input")
    arguments.data.mkdir(parents=True, exist_ok=True)
    roles = tuple(arguments.role)
    fitting(roles, arguments.agency)
    with _people(arguments, RolesGiven(person=arguments.person, roles=roles, agency=arguments.agency)) as people:
        people.add(arguments.person, roles, password, arguments.agency)
    of = f" of {arguments.agency}" if arguments.agency else ""
    print(f"{arguments.person} may sign in as {', '.join(arguments.role)}{of}")
    return 0


def _device(arguments: argparse.Namespace) -> int:
    arguments.data.mkdir(parents=True, exist_ok=True)
    with _people(arguments, KeyGiven(number=f"device:{arguments.device}", name=arguments.device, roles=("device",), until=0)) as people:
        print(people.add_device(arguments.device))
    return 0


def _key(arguments: argparse.Namespace) -> int:
    arguments.data.mkdir(parents=True, exist_ok=True)
    try:
        device, key = new_key(arguments.machine, tuple(arguments.role or ("device",)), tuple(arguments.door), arguments.days, SystemClock().now())
    except Refused as no:
        raise Stop(no.words.en) from no
    with _people(arguments, given(device)) as people:
        people.keep_device(device)
    print(key)
    return 0


@contextmanager
def _people(arguments: argparse.Namespace, fact: SignInFact) -> Iterator[People]:
    """Those who may come in, wherever they are written. The fact is kept first, so that nobody is let in unseen; before the first start there
    is nothing yet to keep it in."""
    with letting_in(arguments.data, SystemClock(), name=arguments.name, fact=fact) as (kept, papers):
        if not kept:
            print("there is no ledger yet, so this is kept nowhere but in people.json", file=sys.stderr)
        yield People(arguments.data, SystemClock(), papers)
