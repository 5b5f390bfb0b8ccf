"""One major incident as its facts leave it; the one fold that decisions, live rows and the board share."""

import msgspec

from tocsin.facts.calls import Place
from tocsin.facts.command import (
    IncidentGathered,
    IncidentReleased,
    LevelChanged,
    LogNoted,
    MajorDeclared,
    MajorEnded,
    MajorFact,
    ObjectiveDropped,
    ObjectiveMet,
    ObjectiveSet,
    PatientsSent,
    ResourcePlaced,
    RoleGiven,
    RoleTakenBack,
    SectorEnded,
    SectorMade,
)
from tocsin.kernel import Kept


class RoleHeld(msgspec.Struct, frozen=True, kw_only=True):
    """A role and who has it since when."""

    role: str
    holder: str
    since: int


class Sector(msgspec.Struct, frozen=True, kw_only=True):
    """A sector that is worked; a unit's `sector` is one's code."""

    sector: str
    name: str
    place: Place | None
    shape: tuple[tuple[float, float], ...]
    leader: str
    since: int


class Objective(msgspec.Struct, frozen=True, kw_only=True):
    """An objective; `state` is `open`, `met` or `dropped`, since `at`."""

    objective: str
    text: str
    text_zh: str
    owner: str
    due: int
    state: str
    at: int


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """A unit on its shift and where the command has put it."""

    unit: str
    shift: str
    sector: str
    since: int


class MajorNow(msgspec.Struct, frozen=True, kw_only=True):
    """A major incident as its facts leave it. `made` and `set` count what was ever made, so that no code is given twice."""

    major: str
    name: str
    place: Place
    level: str
    plan: str
    since: int
    roles: tuple[RoleHeld, ...] = ()
    sectors: tuple[Sector, ...] = ()
    objectives: tuple[Objective, ...] = ()
    resources: tuple[Placed, ...] = ()
    incidents: tuple[str, ...] = ()
    sent: dict[str, dict[str, int]] = {}
    """Patients sent for it as a whole: facility -> category -> how many."""
    entries: int = 0
    made: int = 0
    set: int = 0
    ended: bool = False


def major_after(now: MajorNow | None, kept: Kept) -> MajorNow | None:
    """A major incident after one more fact; the same object where the fact changes nothing of it."""
    fact, at = kept.fact, kept.entry.happened_at
    if isinstance(fact, MajorDeclared):
        return MajorNow(major=fact.major, name=fact.name, place=fact.place, level=fact.level, plan=fact.plan, since=at)
    if now is None:
        return now
    if isinstance(fact, PatientsSent) and fact.major == now.major:
        before = now.sent.get(fact.facility, {})
        after = {category: before.get(category, 0) + fact.counts.get(category, 0) for category in {**before, **fact.counts}}
        return msgspec.structs.replace(now, sent={**now.sent, fact.facility: after})
    if not isinstance(fact, MajorFact) or fact.major != now.major:
        return now
    match fact:
        case IncidentGathered():
            return msgspec.structs.replace(now, incidents=(*now.incidents, fact.incident))
        case IncidentReleased():
            return msgspec.structs.replace(now, incidents=tuple(one for one in now.incidents if one != fact.incident))
        case LevelChanged():
            return msgspec.structs.replace(now, level=fact.level)
        case LogNoted():
            return msgspec.structs.replace(now, entries=now.entries + 1)
        case MajorEnded():
            return msgspec.structs.replace(now, ended=True)
    return _parts(now, fact, at)


def _parts(now: MajorNow, fact: MajorFact, at: int) -> MajorNow:
    match fact:
        case RoleGiven():
            held = RoleHeld(role=fact.role, holder=fact.holder, since=at)
            return msgspec.structs.replace(now, roles=(*(one for one in now.roles if one.role != fact.role), held))
        case RoleTakenBack():
            return msgspec.structs.replace(now, roles=tuple(one for one in now.roles if one.role != fact.role))
        case SectorMade():
            made = Sector(sector=fact.sector, name=fact.name, place=fact.place, shape=fact.shape, leader=fact.leader, since=at)
            return msgspec.structs.replace(now, sectors=(*now.sectors, made), made=now.made + 1)
        case SectorEnded():
            return msgspec.structs.replace(now, sectors=tuple(one for one in now.sectors if one.sector != fact.sector))
        case ObjectiveSet():
            one = Objective(objective=fact.objective, text=fact.text, text_zh=fact.text_zh, owner=fact.owner, due=fact.due, state="open", at=at)
            return msgspec.structs.replace(now, objectives=(*now.objectives, one), set=now.set + 1)
        case ObjectiveMet() | ObjectiveDropped():
            ended = "met" if isinstance(fact, ObjectiveMet) else "dropped"
            return msgspec.structs.replace(now, objectives=tuple(
                msgspec.structs.replace(one, state=ended, at=at) if one.objective == fact.objective else one for one in now.objectives))
        case ResourcePlaced():
            return without(now, fact.unit, Placed(unit=fact.unit, shift=fact.shift, sector=fact.sector, since=at) if fact.sector else None)
    return now


def without(now: MajorNow, unit: str, instead: Placed | None = None) -> MajorNow:
    """A board without a unit, or with it in another place."""
    kept = tuple(one for one in now.resources if one.unit != unit)
    return msgspec.structs.replace(now, resources=kept if instead is None else (*kept, instead))
