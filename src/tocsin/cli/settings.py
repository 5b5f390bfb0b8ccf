"""Settings and the words that several commands share: the environment, the machine's clock, how a command line describes a house. Nothing here is slow to import."""

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import tocsin
from tocsin.edges.journal import Form
from tocsin.kernel import Instant

Commands = argparse._SubParsersAction  # argparse has no public name for what add_subparsers gives

PACKAGE = Path(tocsin.__file__).parent
SAMPLES = PACKAGE / "samples"
CONSOLE = PACKAGE / "edges" / "web" / "console"

DATA = Path(os.environ.get("TOCSIN_DATA", "data"))
TRACES = os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT", "")
"""Where spans are sent by OTLP over HTTP; nowhere, where it is not set."""
FORMS: tuple[Form, ...] = get_args(Form)
PORT = os.environ.get("PORT", "8110")


class Stop(Exception):
    """A command cannot go on: one clear line for whoever typed it, and exit status 2."""


class SystemClock:
    """The machine's own time."""

    def now(self) -> Instant:
        """Microseconds of UTC."""
        return time.time_ns() // 1_000


def leaf(into: "Commands[argparse.ArgumentParser]", name: str, says: str, act: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
    """A command that does something, with the sentence that help and docs show."""
    command = into.add_parser(name, help=says, description=says[0].upper() + says[1:] + ".")
    command.set_defaults(act=act)
    return command


def house_words(command: argparse.ArgumentParser, *, data: bool = True) -> None:
    """The words by which a command line describes a house."""
    command.add_argument("--city", type=Path, required=True, help="the city folder that `tocsin city build` wrote")
    if data:
        command.add_argument("--data", type=Path, default=DATA, help="where the records are kept (TOCSIN_DATA; default ./data)")
        command.add_argument("--database", default=os.environ.get("TOCSIN_DATABASE", ""), metavar="ADDRESS",
                             help="keep the ledger's entries in PostgreSQL: postgresql://USER@HOST/DATABASE (TOCSIN_DATABASE; default: where the records say)")
        command.add_argument("--node", default=os.environ.get("TOCSIN_NODE", ""), metavar="NAME", help="this is one of several nodes on one database (TOCSIN_NODE; default: the only one)")
        command.add_argument("--node-address", default=os.environ.get("TOCSIN_NODE_ADDRESS", ""), metavar="ADDRESS",
                             help="where the other nodes reach this one: http://HOST:PORT (TOCSIN_NODE_ADDRESS; needed with --node)")
    table_words(command)


def table_words(command: argparse.ArgumentParser, *, name: bool = True) -> None:
    """The words that name the plan, the fleet table and the ledger."""
    command.add_argument("--aid", type=Path, default=SAMPLES / "aid.toml", help="the table of aid: neighbouring cities, who consents to loans, what stays (default: the sample, which has no neighbour)")
    command.add_argument("--checklists", type=Path, default=SAMPLES / "checklists.toml", help="the table of checklists that crews tick off, by kind of incident (default: the sample)")
    command.add_argument("--plan", type=Path, default=SAMPLES / "plan.toml", help="the response plan (default: the sample)")
    command.add_argument("--fleet", type=Path, default=SAMPLES / "fleet.toml", help="the table of unit kinds (default: the sample)")
    command.add_argument("--command", type=Path, default=SAMPLES / "command.toml", help="the table of command: levels, roles, agencies, hospitals (default: the sample)")
    command.add_argument("--contacts", type=Path, default=SAMPLES / "contacts.toml", help="the contacts of the paper pack (default: the sample)")
    command.add_argument("--handling", type=Path, default=SAMPLES / "handling.toml", help="the table of handling records: a form by kind of incident, what a caller may be told (default: the sample)")
    command.add_argument("--handbook", type=Path, default=SAMPLES / "handbook", help="the folder of the handbook's written pages (default: the samples)")
    command.add_argument("--hazards", type=Path, default=SAMPLES / "hazards.toml", help="the table of hazards: their kinds, how long each may stand (default: the sample)")
    command.add_argument("--likeness", type=Path, default=SAMPLES / "likeness.toml", help="what makes two calls alike (default: the shipped model)")
    command.add_argument("--lines", type=Path, default=SAMPLES / "lines.toml", help="the table of lines (default: the sample)")
    command.add_argument("--neighbours", type=Path, default=SAMPLES / "neighbours.toml", help="the neighbouring centres (default: the sample)")
    command.add_argument("--questions", type=Path, default=SAMPLES / "questions", help="the folder of question trees (default: the examples)")
    command.add_argument("--outflow", type=Path, default=SAMPLES / "outflow.toml", help="what holds for data that is given out: the least count of statistics (default: the sample)")
    command.add_argument("--planning", type=Path, default=SAMPLES / "planning.toml", help="the table of planning: when help is in time, how much studies may compute (default: the sample)")
    command.add_argument("--policy", type=Path, default=SAMPLES / "policy.cedar", help="the policy: which personal fields are shown to whom, for what (default: the sample)")
    command.add_argument("--posts", type=Path, default=SAMPLES / "posts.toml", help="the table of posts: seats that switch roles on (default: the sample)")
    command.add_argument("--retention", type=Path, default=SAMPLES / "retention.toml", help="the table of retention: how long each kind of record is kept (default: the sample)")
    command.add_argument("--standby", type=Path, default=SAMPLES / "standby.toml", help="the table of standby: targets, posts, how often a unit is moved (default: the sample)")
    command.add_argument("--timers", type=Path, default=SAMPLES / "timers.toml", help="the table of timers (default: the sample)")
    command.add_argument("--watching", type=Path, default=SAMPLES / "watching.toml", help="the limits at which the staff's own use of records is a finding, and how much of it is drawn for review (default: the sample)")
    command.add_argument("--witnesses", type=Path, help="the table of witnesses that watch over the ledger (default: none do)")
    if name:
        command.add_argument("--name", default="floor", help="the name of this floor's ledger, part of what it signs (default: floor)")


def site_words(command: argparse.ArgumentParser) -> None:
    """Where NATS is, which carries the ledger to remote sites."""
    command.add_argument("--nats", default=os.environ.get("TOCSIN_NATS", ""), metavar="ADDRESS",
                         help="carry the ledger to remote sites: nats://HOST:4222, tls:// over any net that is not your own (TOCSIN_NATS; default: none)")


def port_words(command: argparse.ArgumentParser) -> None:
    """Where to listen."""
    command.add_argument("--host", default="127.0.0.1", help="the address to listen on (default 127.0.0.1)")
    command.add_argument("--port", type=int, default=PORT, help="the port (PORT; default 8110)")
    command.add_argument("--log", choices=FORMS, default=os.environ.get("TOCSIN_LOG", ""),
                         help="how records are written to stderr: `plain` or `json`, a line each, requests included (TOCSIN_LOG; default: warnings as text)")
