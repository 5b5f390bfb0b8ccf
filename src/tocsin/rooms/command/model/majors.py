"""How major incidents are declared, gathered under, worked by sectors and objectives, and ended."""

from tocsin.facts.command import (
    STAGING,
    IncidentGathered,
    IncidentReleased,
    LevelChanged,
    LogNoted,
    MajorDeclared,
    MajorEnded,
    ObjectiveDropped,
    ObjectiveMet,
    ObjectiveSet,
    ResourcePlaced,
    RoleGiven,
    RoleTakenBack,
    SectorEnded,
    SectorMade,
)
from tocsin.kernel import Command, Fact, Refused, Sealed
from tocsin.rooms.command.commands import (
    ChangeLevel,
    DeclareMajor,
    DropObjective,
    EndMajor,
    EndSector,
    GatherIncident,
    GiveRole,
    MakeSector,
    MeetObjective,
    NoteLog,
    PlaceResource,
    ReleaseIncident,
    SetObjective,
    TakeRoleBack,
)
from tocsin.rooms.command.model.board import MajorNow
from tocsin.rooms.command.model.rules import Decision, Rules
from tocsin.rooms.command.model.state import IncidentNow, State, open_incident, open_major

MOST_SECTORS, MOST_OBJECTIVES, MOST_INCIDENTS, MOST_RESOURCES = 40, 100, 60, 400


def _declare(rules: Rules, state: State, command: DeclareMajor) -> tuple[Fact, ...]:
    if command.major in state.majors:
        raise Refused("major_exists", f"{command.major} is declared already", f"{command.major} 已宣布", field="major")
    rules.table.known("levels", command.level, "level")
    if command.plan:
        rules.table.known("plans", command.plan, "plan")
    place = command.place
    gathered: tuple[Fact, ...] = ()
    if command.incident:
        incident = _free_incident(state, command.incident)
        place = place or incident.place
        gathered = (IncidentGathered(major=command.major, incident=command.incident),)
    if place is None:
        raise Refused("major_without_place", "say where: a place, or the incident that it begins with", "请指明地点，或指定起始警情",
                      field="place", status=422)
    wanted = rules.table.plans[command.plan].objectives if command.plan else ()
    return (MajorDeclared(major=command.major, name=command.name, place=place, level=command.level, plan=command.plan, table=rules.table.version),
            *gathered,
            *(ObjectiveSet(major=command.major, objective=f"o{n}", text=one.en, text_zh=one.zh) for n, one in enumerate(wanted, 1)))


def _free_incident(state: State, number: str) -> IncidentNow:
    incident = open_incident(state, number)
    if incident.major:
        raise Refused("incident_gathered", f"incident {number} is under major incident {incident.major}: release it there first",
                      f"警情 {number} 已归入重大警情 {incident.major}：请先在那里移出", field="incident")
    return incident


def _gather(rules: Rules, state: State, command: GatherIncident) -> tuple[Fact, ...]:
    now = open_major(state, command.major)
    _free_incident(state, command.incident)
    _room_for(now.incidents, MOST_INCIDENTS, "incidents", "警情")
    return (IncidentGathered(major=now.major, incident=command.incident),)


def _release(rules: Rules, state: State, command: ReleaseIncident) -> tuple[Fact, ...]:
    now = open_major(state, command.major)
    if command.incident not in now.incidents:
        raise Refused("incident_not_under_it", f"incident {command.incident} is not under {now.major}", f"警情 {command.incident} 不在 {now.major} 之下",
                      field="incident", status=404)
    return (IncidentReleased(major=now.major, incident=command.incident),)


def _level(rules: Rules, state: State, command: ChangeLevel) -> tuple[Fact, ...]:
    now = open_major(state, command.major)
    rules.table.known("levels", command.level, "level")
    if now.level == command.level:
        raise Refused("level_same", f"{now.major} is at {command.level} already", f"{now.major} 已是该级别", field="level")
    return (LevelChanged(major=now.major, level=command.level, was=now.level, reason=command.reason),)


def _give_role(rules: Rules, state: State, command: GiveRole) -> tuple[Fact, ...]:
    now = open_major(state, command.major)
    rules.table.known("roles", command.role, "role")
    before = next((one for one in now.roles if one.role == command.role), None)
    if before and before.holder == command.holder:
        raise Refused("role_same", f"{command.holder} has that role already", f"{command.holder} 已任该岗位", field="holder")
    given = RoleGiven(major=now.major, role=command.role, holder=command.holder)
    return (RoleTakenBack(major=now.major, role=command.role, holder=before.holder), given) if before else (given,)


def _take_role(rules: Rules, state: State, command: TakeRoleBack) -> tuple[Fact, ...]:
    now = open_major(state, command.major)
    held = next((one for one in now.roles if one.role == command.role), None)
    if held is None:
        raise Refused("role_vacant", f"nobody has the role {command.role}", f"岗位 {command.role} 无人担任", field="role")
    return (RoleTakenBack(major=now.major, role=command.role, holder=held.holder),)


def _make_sector(rules: Rules, state: State, command: MakeSector) -> tuple[Fact, ...]:
    now = open_major(state, command.major)
    if any(one.name == command.name for one in now.sectors):
        raise Refused("sector_exists", f"there is a sector {command.name} already", f"已有分区“{command.name}”", field="name")
    if 0 < len(command.shape) < 3:
        raise Refused("shape_too_small", "an outline needs three corners", "分区轮廓至少需要三个点", field="shape", status=422)
    _room_for(now.sectors, MOST_SECTORS, "sectors", "分区")
    return (SectorMade(major=now.major, sector=f"s{now.made + 1}", name=command.name, place=command.place, shape=command.shape, leader=command.leader),)


def _end_sector(rules: Rules, state: State, command: EndSector) -> tuple[Fact, ...]:
    now = open_major(state, command.major)
    _sector(now, command.sector)
    inside = ", ".join(one.unit for one in now.resources if one.sector == command.sector)
    if inside:
        raise Refused("units_in_sector", f"{inside} still in this sector: place them elsewhere first", f"{inside} 仍在该分区：请先另行部署", field="sector")
    return (SectorEnded(major=now.major, sector=command.sector),)


def _sector(now: MajorNow, code: str) -> None:
    if not any(one.sector == code for one in now.sectors):
        raise Refused("sector_unknown", f"{now.major} has no sector {code}", f"{now.major} 没有分区 {code}", field="sector", status=404)


def _set_objective(rules: Rules, state: State, command: SetObjective) -> tuple[Fact, ...]:
    now = open_major(state, command.major)
    _room_for(now.objectives, MOST_OBJECTIVES, "objectives", "目标")
    return (ObjectiveSet(major=now.major, objective=f"o{now.set + 1}", text=command.text, owner=command.owner, due=command.due),)


def _objective(state: State, command: MeetObjective | DropObjective) -> None:
    now = open_major(state, command.major)
    found = next((one for one in now.objectives if one.objective == command.objective), None)
    if found is None:
        raise Refused("objective_unknown", f"{now.major} has no objective {command.objective}", f"{now.major} 没有目标 {command.objective}",
                      field="objective", status=404)
    if found.state != "open":
        raise Refused("objective_over", f"that objective is {found.state}", "该目标已了结", field="objective")


def _meet(rules: Rules, state: State, command: MeetObjective) -> tuple[Fact, ...]:
    _objective(state, command)
    return (ObjectiveMet(major=command.major, objective=command.objective),)


def _drop(rules: Rules, state: State, command: DropObjective) -> tuple[Fact, ...]:
    _objective(state, command)
    return (ObjectiveDropped(major=command.major, objective=command.objective, reason=command.reason),)


def _place(rules: Rules, state: State, command: PlaceResource) -> tuple[Fact, ...]:
    now = open_major(state, command.major)
    before = next((one for one in now.resources if one.unit == command.unit and one.shift == command.shift), None)
    if not command.sector and before is None:
        raise Refused("resource_not_placed", f"{command.unit} is not on this board", f"{command.unit} 不在本指挥板上", field="unit", status=404)
    if command.sector and f"{command.unit}@{command.shift}" not in state.units:
        raise Refused("unit_not_on_shift", f"{command.unit} is not on duty on shift {command.shift}", f"{command.unit} 不在班次 {command.shift} 上",
                      field="unit", status=404)
    if before is not None and before.sector == command.sector:
        raise Refused("resource_same", f"{command.unit} is there already", f"{command.unit} 已在该处", field="sector")
    if command.sector not in ("", STAGING):
        _sector(now, command.sector)
    if before is None:
        _room_for(now.resources, MOST_RESOURCES, "units", "单位")
    return (ResourcePlaced(major=now.major, unit=command.unit, shift=command.shift, sector=command.sector),)


def _note(rules: Rules, state: State, command: NoteLog) -> tuple[Fact, ...]:
    now = open_major(state, command.major)
    return (LogNoted(major=now.major, entry=Sealed(f"log:{now.major}", command.entry)),)


def _end(rules: Rules, state: State, command: EndMajor) -> tuple[Fact, ...]:
    now = open_major(state, command.major)
    return (*(IncidentReleased(major=now.major, incident=one) for one in now.incidents), MajorEnded(major=now.major, reason=command.reason))


def _room_for(held: tuple[object, ...], most: int, en: str, zh: str) -> None:
    if len(held) >= most:
        raise Refused("board_full", f"this board holds {most} {en}, the most there can be", f"本指挥板最多 {most} 个{zh}")


DECISIONS: dict[type[Command], Decision] = {
    DeclareMajor: _declare, GatherIncident: _gather, ReleaseIncident: _release, ChangeLevel: _level, GiveRole: _give_role,
    TakeRoleBack: _take_role, MakeSector: _make_sector, EndSector: _end_sector, SetObjective: _set_objective, MeetObjective: _meet,
    DropObjective: _drop, PlaceResource: _place, NoteLog: _note, EndMajor: _end}
