"""The front door: `tocsin` and its commands, of which only the one that was asked for is imported. Settings are read once, here, and handed down."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

import tocsin
from tocsin.cli.settings import Stop
from tocsin.kernel import Fault, Refused

_COMMANDS = (
    "doctor", "demo", "serve", "warm", "region", "city", "questions", "replay", "sim", "plan", "policy", "demand", "beats", "siting", "audit", "witness", "leak", "people",
    "backup", "restore", "vault", "ledger", "node", "site",
)
"""In the order of the help; the words of each are in the module of its name."""


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 1 an audit found something, 2 it could not be done (one line says why)."""
    words = sys.argv[1:] if words is None else words
    try:
        arguments = parser(words[0] if words else "").parse_args(words)
        done: int = arguments.act(arguments)
        return done
    except Stop as fault:
        print(f"tocsin: {fault}", file=sys.stderr)
    except Fault as fault:
        print(f"tocsin: {fault.sentence} [{fault.code}]", file=sys.stderr)
    except Refused as no:
        print(f"tocsin: {no.words.en} [{no.code}]", file=sys.stderr)
    except OSError as error:
        print(f"tocsin: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("tocsin: stopped", file=sys.stderr)
    return 2


def parser(command: str = "") -> argparse.ArgumentParser:
    """The command line: with a command's name that one's words alone, else the whole of it, from which docs/reference.md is written."""
    top = argparse.ArgumentParser(prog="tocsin", description="The open emergency-response platform of a city.")
    top.add_argument("--version", action="version", version=f"tocsin {tocsin.__version__}")
    if command == "--version":
        return top
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    for name in [command] if command in _COMMANDS else _COMMANDS:
        import_module(f"tocsin.cli.{name}").words(commands)
    return top
