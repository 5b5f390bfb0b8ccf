"""`tocsin questions`: check question trees before they are put in force."""

import argparse
from pathlib import Path

from tocsin.cli.reading import read_plan, read_trees
from tocsin.cli.settings import SAMPLES, Commands, Stop, leaf
from tocsin.rooms.calls.model import paths


def words(commands: "Commands[argparse.ArgumentParser]") -> None:
    """What may be said."""
    questions = commands.add_parser("questions", help="question trees: check").add_subparsers(required=True, metavar="ACTION")
    command = leaf(questions, "check", "check question trees: every question reached, every answer leads on, both languages, known kinds", _check)
    command.add_argument("files", type=Path, nargs="*", metavar="FILE", help="the trees (default: the examples)")
    command.add_argument("--plan", type=Path, default=SAMPLES / "plan.toml", help="the response plan whose kinds they name (default: the sample)")


def _check(arguments: argparse.Namespace) -> int:
    plan = read_plan(arguments.plan)
    files: list[Path] = arguments.files or sorted((SAMPLES / "questions").glob("*.yaml"))
    wrong = 0
    for path in files:
        try:
            (tree,) = read_trees([path], plan).values()
        except Stop as fault:
            print(fault)
            wrong += 1
            continue
        ways = list(paths(tree))
        print(f"{path}: {tree.tree} {tree.version}, {len(tree.questions)} questions, {len(ways)} ways, {min(map(len, ways))} to {max(map(len, ways))} long")
    return 1 if wrong else 0
