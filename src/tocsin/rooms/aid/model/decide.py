"""The room's decide: asking, consenting and giving back here, and what follows from a neighbour's letter; each no with its code."""

from collections.abc import Callable

import msgspec

from tocsin.facts.aid import (
    AidAsked,
    AidEnded,
    AppealDeclined,
    LetterTaken,
    RecallAsked,
    UnitGivenBack,
    UnitLent,
)
from tocsin.facts.calls import Place
from tocsin.kernel import Command, Fact, Refused
from tocsin.rooms.aid.commands import (
    AskAid,
    Consented,
    DeclineAppeal,
    EndAid,
    GiveBack,
    Heard,
    RecallUnit,
    Settle,
    TakeLetter,
)
from tocsin.rooms.aid.model.letters import heard
from tocsin.rooms.aid.model.state import AppealNow, AskingNow, State
from tocsin.rooms.aid.model.table import AidTable

_LONGEST = 30
"""A callsign that is longer cannot have a city's name before it."""


def decider(table: AidTable, city: str = "") -> Callable[[State, Command], tuple[Fact, ...]]:
    """The room's decide, for one city's table and the name of its network."""

    def decide(state: State, command: Command) -> tuple[Fact, ...]:
        match command:
            case AskAid():
                return _ask(table, city, state, command)
            case EndAid():
                asking = _asking(state, command.aid)
                return () if asking.ended else (_ended(asking),)
            case GiveBack():
                return _give_back(state, command)
            case Consented():
                return _lend(table, state, command)
            case DeclineAppeal():
                appeal = _appeal(state, command.appeal)
                return (AppealDeclined(appeal=appeal.appeal, by_city=appeal.by_city, reason=command.reason),)
            case RecallUnit():
                return _recall(state, command)
            case Heard():
                table.neighbour(command.by_city, "key", 403)  # our table is at fault, not the letter: it is brought again
                return heard(state, command)
            case Settle():
                return ()
            case TakeLetter():
                return () if command.letter in state.letters else (LetterTaken(letter=command.letter, to=command.to, code=command.code),)
        raise AssertionError(f"no decision for {type(command).__name__}")

    return decide


def _ask(table: AidTable, city: str, state: State, command: AskAid) -> tuple[Fact, ...]:
    table.neighbour(command.of)
    now = state.incidents.get(command.incident)
    if now is None:
        raise Refused("incident_unknown", f"there is no incident {command.incident}", f"没有警情 {command.incident}", field="incident", status=404)
    if now.closed:
        raise Refused("incident_closed", f"incident {command.incident} is closed", f"警情 {command.incident} 已结案", field="incident")
    if any(not 0 < need.count <= 50 for need in command.needs):
        raise Refused("needs_wrong", "ask for 1 to 50 units of each skill", "每项技能可请求 1 至 50 个单位", field="needs", status=422)
    # What is known of the caller's own place (when, how exactly) stays here: help needs the spot and its words.
    place = Place(lon=now.place.lon, lat=now.place.lat, text=now.place.text)
    return (AidAsked(aid=command.aid, of=command.of, incident=command.incident, place=place, kind=now.kind, priority=now.priority, needs=command.needs,
                     until=command.until, city=city, closed=command.closed),)


def _asking(state: State, number: str) -> AskingNow:
    found = state.askings.get(number)
    if found is None:
        raise Refused("aid_unknown", f"no help was asked under {number}", f"没有编号为 {number} 的增援请求", field="aid", status=404)
    return found


def _ended(asking: AskingNow) -> AidEnded:
    return AidEnded(aid=asking.aid, of=asking.of, incident=asking.incident, loans=asking.loans)


def _appeal(state: State, number: str) -> AppealNow:
    found = state.appeals.get(number)
    if found is None:
        raise Refused("appeal_unknown", f"no neighbour asked for help under {number}", f"没有编号为 {number} 的来援请求", field="appeal", status=404)
    if found.over:
        raise Refused("appeal_over", f"appeal {number} is over ({found.over})", f"请求 {number} 已结束", field="appeal")
    return found


def _lend(table: AidTable, state: State, command: Consented) -> tuple[Fact, ...]:
    said = command.said
    if not command.roles & set(table.consent):
        raise Refused("aid_consent", f"In this city a loan needs the consent of: {', '.join(table.consent)}.", f"本市借调须由以下角色同意：{'、'.join(table.consent)}。", status=403)
    appeal = _appeal(state, said.appeal)
    unit = state.units.get(f"{said.unit}@{said.shift}")
    if unit is None:
        raise Refused("unit_not_on_shift", f"{said.unit} is not on duty on shift {said.shift}", f"{said.unit} 不在班次 {said.shift} 上", field="unit", status=404)
    if unit.lender:
        raise Refused("unit_borrowed", f"{unit.unit} is {unit.lender}'s: what is borrowed is not lent on", f"{unit.unit} 是 {unit.lender} 的单位，不可转借", field="unit")
    if unit.state != "available" or unit.incident:
        raise Refused("unit_not_available", f"{unit.unit} is {unit.state}", f"{unit.unit} 当前不可派", field="unit")
    if len(unit.unit) > _LONGEST:
        raise Refused("unit_name_long", f"{unit.unit} is too long a name to be used in another city", f"{unit.unit} 名称过长，无法在外市使用", field="unit", status=422)
    if not set(unit.skills) & {need.skill for need in appeal.needs}:
        raise Refused("unit_skill", f"{unit.unit} has none of the skills that are asked for", f"{unit.unit} 不具备所请求的技能", field="unit")
    allowed = table.neighbour(appeal.by_city, "appeal").lend
    if allowed and unit.unit_kind not in allowed:
        raise Refused("aid_kind", f"this city lends {appeal.by_city} no unit of the kind {unit.unit_kind}", f"本市不向 {appeal.by_city} 出借该类单位", field="unit")
    left = sum(kind == unit.unit_kind and callsign != unit.unit and what not in ("lent", "out_of_service")
               for callsign, kind, what in command.staying)
    if left < table.least(unit.unit_kind):
        raise Refused("aid_least_stays", f"{table.least(unit.unit_kind)} of the kind {unit.unit_kind} must stay here; without {unit.unit} there would be {left}",
                      f"该类单位至少须留 {table.least(unit.unit_kind)} 个；借出 {unit.unit} 后仅剩 {left} 个", field="unit")
    return (UnitLent(unit=unit.unit, shift=unit.shift, state="lent", was=unit.state, loan=command.loan, appeal=appeal.appeal, to=appeal.by_city,
                     unit_kind=unit.unit_kind, skills=unit.skills, station=unit.station, home=msgspec.structs.replace(unit.home, located_at=0), crew=unit.crew,
                     eta_s=said.eta_s, day=command.days[0]),)


def _recall(state: State, command: RecallUnit) -> tuple[Fact, ...]:
    lent = state.lent.get(f"{command.unit}@{command.shift}")
    if lent is None:
        raise Refused("unit_not_lent", f"{command.unit} is not lent", f"{command.unit} 未被借出", field="unit")
    if lent.loan in state.recalled:
        return ()
    return (RecallAsked(appeal=lent.appeal, by_city=lent.to, loan=lent.loan, of_unit=lent.unit, of_shift=lent.shift),)


def _give_back(state: State, command: GiveBack) -> tuple[Fact, ...]:
    key = f"{command.unit}@{command.shift}"
    borrowed, unit = state.borrowed.get(key), state.units.get(key)
    if borrowed is None or unit is None:
        raise Refused("unit_not_borrowed", f"{command.unit} is not a borrowed unit on duty here", f"{command.unit} 不是在岗的借调单位", field="unit", status=404)
    if unit.incident:
        raise Refused("unit_on_incident", f"{unit.unit} is on incident {unit.incident}: stand it down or let it clear first",
                      f"{unit.unit} 正在处置警情 {unit.incident}：请先撤回或待其收尾")
    return (UnitGivenBack(unit=unit.unit, shift=unit.shift, month=command.months[0], aid=borrowed.aid, incident=borrowed.incident, lender=borrowed.lender,
                          theirs=borrowed.theirs),)
