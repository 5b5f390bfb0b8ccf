"""`tocsin policy`: read a policy, hold it against its cases, and say in a table what it comes to."""

import argparse
from pathlib import Path
from typing import Annotated, get_args

import msgspec
from msgspec import Meta

from tocsin.cli.reading import read_policy
from tocsin.cli.settings import SAMPLES, Commands, Stop, leaf
from tocsin.house import PURPOSES
from tocsin.kernel import FIELDS, Field, Role

POLICY, CASES = SAMPLES / "policy.cedar", SAMPLES / "policy-cases.toml"


class Case(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One case that a policy must hold: these roles, for this purpose, see exactly these fields."""

    says: Annotated[str, Meta(min_length=3, max_length=300)]
    roles: tuple[Role, ...]
    purpose: str
    sees: tuple[Field, ...]


class Cases(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The cases of a policy."""

    cases: tuple[Case, ...]
    sample: bool = False


def words(commands: "Commands[argparse.ArgumentParser]") -> None:
    """What may be said."""
    policy = commands.add_parser("policy", help="read, test and show the policy of who is shown what").add_subparsers(required=True, metavar="ACTION")
    for name, says, act in (("check", "read a policy and say what is wrong with it", _check), ("test", "hold a policy against its cases", _test),
                            ("show", "say in a table which fields each role is shown for each purpose", _show)):
        command = leaf(policy, name, says, act)
        command.add_argument("policy", type=Path, nargs="?", default=POLICY, metavar="FILE", help="the policy (default: the sample)")
        if name == "test":
            command.add_argument("--cases", type=Path, default=CASES, help="its cases (default: the sample's)")


def _check(arguments: argparse.Namespace) -> int:
    policy = read_policy(arguments.policy)
    for rule, said in policy.rules.items():
        print(f"{rule}: {said.en}")
    return 0


def _test(arguments: argparse.Namespace) -> int:
    policy = read_policy(arguments.policy)
    try:
        cases = msgspec.toml.decode(arguments.cases.read_bytes(), type=Cases).cases
    except (OSError, msgspec.DecodeError) as error:
        raise Stop(f"{arguments.cases}: {error}") from error
    wrong = 0
    for case in cases:
        if case.purpose not in PURPOSES:
            raise Stop(f"{arguments.cases}: there is no purpose {case.purpose}")
        shows = policy.shows(case.roles, case.purpose)
        if shows.fields != set(case.sees):
            wrong += 1
            rules = f" by {', '.join(shows.rules)}" if shows.rules else ""
            print(f"NOT SO: {case.says}\n  {' + '.join(case.roles)} for {case.purpose} is shown {_list(shows.fields)}{rules}; the case says {_list(frozenset(case.sees))}")
    print(f"{len(cases)} cases, {wrong} not so")
    return 1 if wrong else 0


def _show(arguments: argparse.Namespace) -> int:
    policy = read_policy(arguments.policy)
    for role in get_args(Role):
        for purpose in PURPOSES:
            shows = policy.shows([role], purpose)
            if shows.fields:
                print(f"{role:<12}{purpose:<14}{_list(shows.fields):<34}{', '.join(shows.rules)}")
    return 0


def _list(fields: frozenset[Field]) -> str:
    return " ".join(name for name in FIELDS if name in fields) or "nothing"
