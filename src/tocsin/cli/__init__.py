"""The front door: `tocsin` and its commands. Settings are read once, here, and handed down."""

import argparse
import sys
from collections.abc import Sequence

import tocsin
from tocsin.city import CityFault
from tocsin.cli import (
    audit,
    backup,
    beats,
    city,
    demand,
    demo,
    doctor,
    leak,
    ledger,
    node,
    people,
    plan,
    policy,
    questions,
    region,
    replay,
    restore,
    serve,
    sim,
    site,
    siting,
    vault,
    witness,
)
from tocsin.cli.settings import Stop
from tocsin.house import LedgerFault
from tocsin.kernel import Refused

_PARTS = (doctor, demo, serve, region, city, questions, replay, sim, plan, policy, demand, beats, siting, audit, witness, leak, people, backup, restore, vault, ledger, node, site)


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 1 an audit found something, 2 it could not be done (one line says why)."""
    arguments = parser().parse_args(words)
    try:
        done: int = arguments.act(arguments)
        return done
    except (Stop, CityFault) as fault:
        print(f"tocsin: {fault}", file=sys.stderr)
    except LedgerFault as fault:
        print(f"tocsin: {fault.sentence} [{fault.code}]", file=sys.stderr)
    except Refused as no:
        print(f"tocsin: {no.words.en} [{no.code}]", file=sys.stderr)
    except OSError as error:
        print(f"tocsin: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("tocsin: stopped", file=sys.stderr)
    return 2


def parser() -> argparse.ArgumentParser:
    """The whole command line; docs/reference.md is written from it."""
    top = argparse.ArgumentParser(prog="tocsin", description="The open emergency-response platform of a city.")
    top.add_argument("--version", action="version", version=f"tocsin {tocsin.__version__}")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    for part in _PARTS:
        part.words(commands)
    return top
