"""The files that describe a house, read and checked: plan, fleet, tables, policy; and the house that they make."""

import argparse
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec

import tocsin
from tocsin.city import City
from tocsin.city.calibration import load_calibration
from tocsin.cli.settings import Stop
from tocsin.cli.shapes import Ring, read_rings
from tocsin.edges.paper.contents import Contacts
from tocsin.edges.sites.mandate import SiteTable
from tocsin.edges.sites.mandate import faults as site_faults
from tocsin.edges.web.handbook import HandbookPage, Written, page_faults, pages_of
from tocsin.edges.web.oidc import OidcTable
from tocsin.edges.web.oidc import faults as oidc_faults
from tocsin.edges.web.posts import PostTable
from tocsin.edges.web.posts import faults as post_faults
from tocsin.engines.likeness import Likeness
from tocsin.engines.own_use import Limits
from tocsin.house import ALONE, BadPolicy, House, Node, OutflowTable, Policy, Witnesses, build
from tocsin.house.apart import Apart
from tocsin.house.audit import BadNote, read_witness
from tocsin.kernel import Clock
from tocsin.rooms.access.model import Retention, retention_faults
from tocsin.rooms.aid.model import AidTable
from tocsin.rooms.aid.model import faults as aid_faults
from tocsin.rooms.calling.model import CallingTable
from tocsin.rooms.calling.model import faults as calling_faults
from tocsin.rooms.calls.model import Intake, Lines, Neighbours, Tree, line_faults, neighbour_faults
from tocsin.rooms.calls.model import faults as tree_faults
from tocsin.rooms.command.model import CommandTable
from tocsin.rooms.command.model import faults as command_faults
from tocsin.rooms.coverage.model import StandbyTable
from tocsin.rooms.coverage.model import faults as standby_faults
from tocsin.rooms.dispatch.model import (
    ChecklistTable,
    HandlingTable,
    HazardTable,
    Plan,
    TimerTable,
    checklist_faults,
    handling_faults,
    hazard_faults,
    timer_faults,
)
from tocsin.rooms.dispatch.model import faults as plan_faults
from tocsin.rooms.dispatch.model.plan import Area
from tocsin.rooms.fleet.model import FleetTable
from tocsin.rooms.fleet.model import faults as fleet_faults
from tocsin.rooms.planning.model import PlanningTable

T = TypeVar("T")
_NODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,39}")


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


def read_handling(path: Path, plan: Plan) -> HandlingTable:
    """A table of handling records from its file, checked against the plan's kinds and dispositions; Stop with the first fault."""
    return _checked(path, HandlingTable, lambda table: handling_faults(table, plan.kinds, plan.dispositions))


def read_hazards(path: Path) -> HazardTable:
    """A table of hazards from its file, checked: none of its kinds tells of a person; Stop with the first fault."""
    return _checked(path, HazardTable, hazard_faults)


def read_checklists(path: Path, plan: Plan) -> ChecklistTable:
    """A table of checklists from its file, checked against the plan's kinds; Stop with the first fault."""
    return _checked(path, ChecklistTable, lambda table: checklist_faults(table, plan.kinds))


def read_handbook(arguments: argparse.Namespace) -> tuple[HandbookPage, ...]:
    """The handbook's pages: those of its folder, checked, and those that the house's tables make; Stop with the first fault."""
    plan = read_plan(arguments.plan)
    if not arguments.handbook.is_dir():
        raise Stop(f"{arguments.handbook}: no such folder of handbook pages")
    written = {path.stem: _toml(path, Written) for path in sorted(arguments.handbook.glob("*.toml"))}
    for fault in page_faults(written, plan.kinds):
        raise Stop(f"{arguments.handbook}: {fault}")
    return pages_of(written, plan, read_trees(sorted(arguments.questions.glob("*.yaml")), plan), read_handling(arguments.handling, plan))


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


def read_calling(path: Path) -> CallingTable:
    """A table of calling from its file, checked, with the keys from the files that it names; Stop with the first fault."""
    table = _checked(path, CallingTable, calling_faults)
    try:
        keyed = {name: msgspec.structs.replace(one, key=(path.parent / one.key_file).read_text(encoding="utf-8").strip())
                 for name, one in (("sms", table.sms), ("mail", table.mail)) if one is not None and one.key_file}
    except OSError as error:
        raise Stop(f"{path}: a key's file cannot be read ({error.filename}: {error.strerror})") from error
    return msgspec.structs.replace(table, **keyed)


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
                 aid_table=read_aid(arguments.aid), standby=read_standby(arguments.standby, plan), planning_table=read_planning(arguments.planning),
                 handling=read_handling(arguments.handling, plan), hazards=read_hazards(arguments.hazards), checklists=read_checklists(arguments.checklists, plan))


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
