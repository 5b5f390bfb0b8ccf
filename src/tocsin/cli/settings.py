"""Settings and files that several commands read: the environment, the plan, the fleet table, the machine's clock."""

import argparse
import os
import re
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar, get_args
from urllib.parse import urlsplit

import msgspec

import tocsin
from tocsin.city import City
from tocsin.city.calibration import load_calibration
from tocsin.cli.shapes import Ring, read_rings
from tocsin.edges.journal import Form
from tocsin.edges.paper.contents import Contacts
from tocsin.edges.sites.mandate import SiteTable
from tocsin.edges.sites.mandate import faults as site_faults
from tocsin.edges.web.oidc import OidcTable
from tocsin.edges.web.oidc import faults as oidc_faults
from tocsin.edges.web.posts import PostTable
from tocsin.edges.web.posts import faults as post_faults
from tocsin.engines.likeness import Likeness
from tocsin.engines.own_use import Limits
from tocsin.house import ALONE, BadPolicy, House, Node, OutflowTable, Policy, Witnesses, build
from tocsin.house.apart import Apart
from tocsin.house.audit import BadNote, begun, read_witness
from tocsin.house.build import LIKENESS
from tocsin.kernel import Clock, Instant
from tocsin.rooms.access.model import Retention, retention_faults
from tocsin.rooms.aid.model import AidTable
from tocsin.rooms.aid.model import faults as aid_faults
from tocsin.rooms.calls.model import Intake, Lines, Neighbours, Tree, line_faults, neighbour_faults
from tocsin.rooms.calls.model import faults as tree_faults
from tocsin.rooms.command.model import CommandTable
from tocsin.rooms.command.model import faults as command_faults
from tocsin.rooms.coverage.model import StandbyTable
from tocsin.rooms.coverage.model import faults as standby_faults
from tocsin.rooms.dispatch.model import Plan, TimerTable, timer_faults
from tocsin.rooms.dispatch.model import faults as plan_faults
from tocsin.rooms.dispatch.model.plan import Area
from tocsin.rooms.fleet.model import FleetTable
from tocsin.rooms.fleet.model import faults as fleet_faults
from tocsin.rooms.planning.model import PlanningTable

T = TypeVar("T")
Commands = argparse._SubParsersAction  # argparse has no public name for what add_subparsers gives

_NODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,39}")
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
    command.add_argument("--plan", type=Path, default=SAMPLES / "plan.toml", help="the response plan (default: the sample)")
    command.add_argument("--fleet", type=Path, default=SAMPLES / "fleet.toml", help="the table of unit kinds (default: the sample)")
    command.add_argument("--command", type=Path, default=SAMPLES / "command.toml", help="the table of command: levels, roles, agencies, hospitals (default: the sample)")
    command.add_argument("--contacts", type=Path, default=SAMPLES / "contacts.toml", help="the contacts of the paper pack (default: the sample)")
    command.add_argument("--likeness", type=Path, default=LIKENESS, help="what makes two calls alike (default: the shipped model)")
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


def has_ledger(folder: Path) -> None:
    """Stop where a folder is no ledger's, wherever its rows lie."""
    if not begun(folder):
        raise Stop(f"{folder} holds no ledger")


def port_words(command: argparse.ArgumentParser) -> None:
    """Where to listen."""
    command.add_argument("--host", default="127.0.0.1", help="the address to listen on (default 127.0.0.1)")
    command.add_argument("--port", type=int, default=PORT, help="the port (PORT; default 8110)")
    command.add_argument("--log", choices=FORMS, default=os.environ.get("TOCSIN_LOG", ""),
                         help="how records are written to stderr: `plain` or `json`, a line each, requests included (TOCSIN_LOG; default: warnings as text)")


def read_plan(path: Path, city: City | None = None) -> Plan:
    """A response plan from its file, checked, its areas drawn; Stop with the first fault.

    An area's `file` is GeoJSON beside the plan; its `district` is an area of the city by name. Without a city such an area
    holds no place.
    """
    plan = _toml(path, Plan)
    for fault in plan_faults(plan):
        raise Stop(f"{path}: {fault}")
    areas = {name: msgspec.structs.replace(area, rings=_rings(path, name, area, city)) for name, area in plan.areas.items()}
    return msgspec.structs.replace(plan, areas=areas)


def _rings(path: Path, name: str, area: Area, city: City | None) -> tuple[Ring, ...]:
    if area.outline or (area.district and city is None):
        return ()
    source = path.parent / area.file if area.file or city is None else city.areas_path
    rings = read_rings(source, area.district)
    if not rings:
        raise Stop(f"{path}: area {name}: {source.name} holds no polygon{f' named {area.district}' if area.district else ''}")
    return rings


def read_fleet(path: Path) -> FleetTable:
    """A table of unit kinds from its file, checked; Stop with the first fault."""
    return _checked(path, FleetTable, fleet_faults)


def read_command(path: Path) -> CommandTable:
    """A table of command from its file, checked; Stop with the first fault."""
    return _checked(path, CommandTable, command_faults)


def read_trees(files: Sequence[Path], plan: Plan) -> dict[str, Tree]:
    """Question trees by their code, checked against the plan's kinds; Stop with the first fault."""
    trees: dict[str, Tree] = {}
    for path in files:
        tree = _decoded(path, Tree, msgspec.yaml.decode)
        for fault in tree_faults(tree, {code: kind.priority for code, kind in plan.kinds.items()}):
            raise Stop(f"{path}: {fault}")
        if tree.tree in trees or any(tree.kind == other.kind for other in trees.values()):
            raise Stop(f"{path}: there is a tree {tree.tree}, or one for the kind {tree.kind}, already")
        trees[tree.tree] = tree
    return trees


def read_intake(lines: Path, neighbours: Path, questions: Path, plan: Plan) -> Intake:
    """A city's tables of taking calls from their files, checked; Stop with the first fault."""
    table, near = _toml(lines, Lines), _toml(neighbours, Neighbours)
    for path, found in ((lines, line_faults(table, plan.kinds)), (neighbours, neighbour_faults(near))):
        for fault in found:
            raise Stop(f"{path}: {fault}")
    if not questions.is_dir():
        raise Stop(f"{questions}: no such folder of question trees")
    return Intake(table, near, read_trees(sorted(questions.glob("*.yaml")), plan))


def read_policy(path: Path) -> Policy:
    """A policy from its file; Stop where it is not one."""
    try:
        return Policy(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, BadPolicy) as error:
        raise Stop(f"{path}: {error}") from error


def read_witnesses(path: Path | None) -> Witnesses:
    """The table of witnesses from its file; Stop where a line is none. No file: nobody watches."""
    if path is None:
        return Witnesses()
    table = _toml(path, Witnesses)
    for line in table.witnesses:
        try:
            read_witness(line)
        except BadNote as error:
            raise Stop(f"{path}: {line[:60]}: {error}") from error
    if not 0 < table.needed <= max(1, len(table.witnesses)):
        raise Stop(f"{path}: {table.needed} of {len(table.witnesses)} witnesses cannot be needed")
    return table


def read_contacts(path: Path) -> Contacts:
    """The contacts that are printed into the paper pack; Stop where the file is not as it should be."""
    return _toml(path, Contacts)


def read_outflow(path: Path) -> OutflowTable:
    """What a city says of data that leaves it; Stop where the file is not as it should be."""
    return _toml(path, OutflowTable)


def read_posts(path: Path) -> PostTable:
    """A table of posts from its file, checked; Stop with the first fault."""
    return _checked(path, PostTable, post_faults)


def read_sites(path: Path, house: House) -> SiteTable:
    """A floor's table of sites from its file, checked against the house's doors; Stop with the first fault."""
    doors = [door.path for room in house.rooms for door in room.doors if door.verb == "POST"]
    return _checked(path, SiteTable, lambda table: site_faults(table, doors))


def read_oidc(path: Path) -> OidcTable:
    """A city's own sign-in from its file, with the secret from the file that it names; Stop with the first fault."""
    table = _checked(path, OidcTable, oidc_faults)
    if not table.secret_file:
        return table
    try:
        return msgspec.structs.replace(table, secret=(path.parent / table.secret_file).read_text(encoding="utf-8").strip())
    except OSError as error:
        raise Stop(f"{path}: the secret's file cannot be read ({error.strerror})") from error


def read_timers(path: Path) -> TimerTable:
    """A table of timers from its file, checked; Stop with the first fault."""
    return _checked(path, TimerTable, timer_faults)


def read_standby(path: Path, plan: Plan) -> StandbyTable:
    """A table of standby from its file, checked against the plan's skills; Stop with the first fault."""
    return _checked(path, StandbyTable, lambda table: standby_faults(table, plan.skills))


def read_planning(path: Path) -> PlanningTable:
    """A table of planning from its file; Stop where it is not one."""
    return _toml(path, PlanningTable)


def read_aid(path: Path) -> AidTable:
    """A table of aid from its file, checked, with the key of each neighbour from the file that it names; Stop with the first fault."""
    table = _checked(path, AidTable, aid_faults)
    try:
        keyed = {code: msgspec.structs.replace(one, key=(path.parent / one.key_file).read_text(encoding="utf-8").strip()) if one.key_file else one
                 for code, one in table.neighbours.items()}
    except OSError as error:
        raise Stop(f"{path}: a key's file cannot be read ({error.filename}: {error.strerror})") from error
    return msgspec.structs.replace(table, neighbours=keyed)


def read_retention(path: Path) -> Retention:
    """A table of retention from its file, checked; Stop with the first fault."""
    return _checked(path, Retention, retention_faults)


def read_node(name: str, address: str) -> Node:
    """Which of several nodes this is; Stop where its name or address is none."""
    if not name and not address:
        return ALONE
    if not _NODE.fullmatch(name):
        raise Stop("a node's name is 1 to 40 letters, digits, dots and dashes: set --node or TOCSIN_NODE")
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.username:
        raise Stop(f"node {name}: the others need an address by which they reach it, http://HOST:PORT: set --node-address or TOCSIN_NODE_ADDRESS")
    return Node(name, address, tocsin.__version__)


def open_house(arguments: argparse.Namespace, data: Path, city: City, clock: Clock, speed: float = 1.0, steady: Callable[[], float] | None = None, *,
               copies: str = "", upon: Path | None = None, apart: Apart | None = None) -> House:
    """The house that the words of a command line describe, on the records in `data`."""
    plan, table = read_plan(arguments.plan, city), read_fleet(arguments.fleet)
    return build(data, city, load_calibration(city.calibration_path), plan, table, clock, name=arguments.name, speed=speed, database=getattr(arguments, "database", ""),
                 node=read_node(getattr(arguments, "node", ""), getattr(arguments, "node_address", "")),
                 intake=read_intake(arguments.lines, arguments.neighbours, arguments.questions, plan),
                 likeness=_toml(arguments.likeness, Likeness), timers=read_timers(arguments.timers), command_table=read_command(arguments.command),
                 policy=read_policy(arguments.policy), witnesses=read_witnesses(arguments.witnesses), retention=read_retention(arguments.retention),
                 watching=_toml(arguments.watching, Limits), steady=steady, copies=copies, upon=upon, apart=apart,
                 aid_table=read_aid(arguments.aid), standby=read_standby(arguments.standby, plan), planning_table=read_planning(arguments.planning))


def _checked(path: Path, into: type[T], faults: Callable[[T], Iterable[str]]) -> T:
    table = _toml(path, into)
    for fault in faults(table):
        raise Stop(f"{path}: {fault}")
    return table


def _toml(path: Path, into: type[T]) -> T:
    return _decoded(path, into, msgspec.toml.decode)


def _decoded(path: Path, into: type[T], decode: Callable[..., T]) -> T:
    try:
        return decode(path.read_bytes(), type=into)
    except (OSError, msgspec.DecodeError) as error:
        raise Stop(f"{path}: {error}") from error
