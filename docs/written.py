"""Write docs/reference.md from the code (every door, fact, command line, setting) and docs/figures.md from the last `make bench`."""

import argparse
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec

import tocsin.facts
from tocsin import cli
from tocsin.edges.web import handbook, past, proofs, tracks
from tocsin.edges.web.account import Account
from tocsin.edges.web.aid import AidLines
from tocsin.edges.web.attached import AttachedLines
from tocsin.edges.web.calling import CallingLines
from tocsin.edges.web.council import CouncilLines
from tocsin.edges.web.duty import DutyLines
from tocsin.edges.web.entering import Entering
from tocsin.edges.web.joining import Joining
from tocsin.edges.web.oidc import Oidc
from tocsin.edges.web.outflow import OutflowLines
from tocsin.edges.web.own import Own
from tocsin.edges.web.pack import Packs
from tocsin.edges.web.staff import Staff
from tocsin.edges.web.tlog import TlogLines
from tocsin.edges.web.tracker_list import TrackerList
from tocsin.edges.web.trackers import TrackerLines
from tocsin.edges.web.trail import TrailLines
from tocsin.house import House
from tocsin.kernel import FACTS
from tocsin.rooms.access import doors as access
from tocsin.rooms.aid import doors as aid
from tocsin.rooms.calling import doors as calling
from tocsin.rooms.calls import doors as calls
from tocsin.rooms.command import doors as command
from tocsin.rooms.coverage import doors as coverage
from tocsin.rooms.dispatch import doors as dispatch
from tocsin.rooms.fleet import doors as fleet
from tocsin.rooms.messages import doors as messages
from tocsin.rooms.planning import doors as planning
from tocsin.rooms.sites import doors as sites

ROOMS = (access, aid, calling, calls, command, coverage, dispatch, fleet, messages, planning, sites)

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "reference.md"


def written() -> str:
    """The whole page."""
    assert tocsin.facts
    parts = ["# Reference\n\nWritten by `python -m docs.written` from the code; `make check` fails where the two differ.\n",
             "## Doors\n\nThe full request and response shapes are served at `/api/openapi.json`. Nothing is open unless it says so.\n",
             "| verb | path | what it does | roles | purpose |\n|---|---|---|---|---|", *_doors(),
             "\n## Facts\n\nEverything that is ever kept. A kind is a stable name; its fields only grow.\n",
             "| kind | what happened | fields (personal ones are sealed) |\n|---|---|---|", *_facts(),
             "\n## Command line\n", *_commands(cli.parser(), "tocsin"),
             "## Settings\n\nRead once, by the command line.\n", "| variable | where |\n|---|---|", *_settings()]
    return "\n".join(parts) + "\n"


def _doors() -> Iterator[str]:
    coming: Any = SimpleNamespace(people=None)  # lines name their handlers without calling them, so they need no house
    edges = (Entering(coming, Oidc.__new__(Oidc)), Joining(coming), Account(coming), Staff(coming, list, str, tuple), Own.__new__(Own), Packs.__new__(Packs),
             AttachedLines.__new__(AttachedLines), TlogLines.__new__(TlogLines), OutflowLines.__new__(OutflowLines), TrailLines.__new__(TrailLines), AidLines.__new__(AidLines),
             TrackerLines.__new__(TrackerLines), TrackerList.__new__(TrackerList), CallingLines.__new__(CallingLines), DutyLines.__new__(DutyLines), CouncilLines.__new__(CouncilLines))
    lines: list[Any] = [*(door for room in ROOMS for door in room.DOORS), *(line for edge in edges for line in edge.lines()),
                        *past.lines(House.__new__(House)), *tracks.lines(House.__new__(House)), *handbook.lines(()), *proofs.lines(House.__new__(House))]
    for line in sorted(lines, key=lambda line: (line.path, line.verb)):
        roles = "open" if line.roles is None else ", ".join(line.roles) or "anybody signed in"
        yield f"| {line.verb} | `{line.path}` | {line.says} | {roles} | {line.purpose} |"


def _facts() -> Iterator[str]:
    for kind, cls in sorted(FACTS.items()):
        sentence = " ".join((cls.__doc__ or "").split("\n\n")[0].split())
        fields = ", ".join(f"`{field.name}`" + (" (sealed)" if "Sealed" in str(field.type) else "") for field in msgspec.structs.fields(cls))
        yield f"| `{kind}` | {sentence} | {fields} |"


def _commands(parser: argparse.ArgumentParser, name: str) -> Iterator[str]:
    nested = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if nested:
        for word, command in nested[0].choices.items():
            yield from _commands(command, f"{name} {word}")
        return
    yield f"### `{name}`\n\n{parser.description}\n"
    rows = [f"- `{', '.join(action.option_strings) or action.metavar or action.dest}`: {action.help or ''}".rstrip(": ")
            for action in parser._actions if action.dest != "help"]
    yield "\n".join(rows) + "\n" if rows else ""


def _settings() -> Iterator[str]:
    sources = {path.name: path.read_text(encoding="utf-8") for path in Path(cli.__file__).parent.glob("*.py")}
    names = sorted({name for text in sources.values() for name in re.findall(r'environ\.get\("(\w+)"', text)})
    for name in names:
        users = [found for text in sources.values() for found in re.findall(rf'add_argument\("(--[\w-]+)".*\b{name}\b', text)]
        yield f"| `{name}` | {', '.join(f'`{user}`' for user in sorted(set(users)))} |"


def figures(rows: list[dict[str, Any]], before: str = "") -> str:
    """docs/figures.md: each figure with its peer or limit, as the bench printed it. A figure of the page before that was not measured anew stays."""
    kept = {line.split(" | ")[0].removeprefix("| "): line for line in before.splitlines() if line.startswith("| ") and not line.startswith("| figure |")}
    parts = ["# Figures\n\nPrinted by `make bench` on a machine of two cores, each with its peer in the same run, and written here by `python -m docs.written --figures`.",
             "The ratio is the peer's value over ours: above 1, less is needed here (for rates, where more is better, below 1).\n",
             "| figure | value | unit | peer | its value | ratio | limit | runs | data |\n|---|---:|---|---|---:|---:|---:|---:|---|"]
    for row in rows:
        cells = [row["name"], f"{row['value']:.4g}", row["unit"], row.get("peer", ""), f"{row['peer_value']:.4g}" if "peer_value" in row else "",
                 f"{row['ratio']:.3g}" if row.get("ratio") else "", f"{row['limit']:g}" if "limit" in row else "", str(row["runs"]), row["data"]]
        kept[cells[0]] = f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
    return "\n".join([*parts, *kept.values()]) + "\n"


def main(words: list[str]) -> int:
    """Write the page, with --check compare it, with --figures write the figures of the last bench."""
    if "--figures" in words:
        page = ROOT / "docs" / "figures.md"
        page.write_text(figures(json.loads((ROOT / "bench" / "out" / "bench.json").read_text()), page.read_text(encoding="utf-8")), encoding="utf-8")
        return 0
    text = written()
    if "--check" in words:
        if not TARGET.exists() or TARGET.read_text(encoding="utf-8") != text:
            print("docs/reference.md is out of step with the code: run `python -m docs.written`", file=sys.stderr)
            return 1
        return 0
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
