"""The accounts that a served test begins with, hashed once a test process: argon2id is slow on purpose, and a test of a house begins with nine."""

import functools
import tempfile
from collections.abc import Iterable
from pathlib import Path

from tocsin.cli.settings import SystemClock
from tocsin.edges.web.credentials import Person
from tocsin.edges.web.people import DEMO_AGENCY, People
from tocsin.kernel import Clock, Role

Account = tuple[str, Role, str]
"""A name, its one role and its agency, which is empty for our own staff."""
PARTNER: Account = ("partner", "partner", DEMO_AGENCY)
WARD: Account = ("ward", "partner", "Town Hospital")


def staff(roles: Iterable[Role]) -> tuple[Account, ...]:
    """One account for each role, named after it."""
    return tuple((role, role, "") for role in roles)


def let_in(folder: Path, clock: Clock, accounts: tuple[Account, ...]) -> People:
    """The people of a data folder, with these accounts among them, whose passwords are `pass word NAME`."""
    people = People(folder, clock)
    for person in _hashed(accounts):
        if people.find(person.name) is None:
            people.keep(person)
    return people


@functools.cache
def _hashed(accounts: tuple[Account, ...]) -> list[Person]:
    """What a real house keeps of these when they are let in."""
    with tempfile.TemporaryDirectory() as folder:
        people = People(Path(folder), SystemClock())
        for name, role, agency in accounts:
            people.add(name, (role,), f"pass word {name}", agency, alone=True)
        return people.all()
