"""How studies are decided: what cannot be is refused before it runs, each is answered once, and two different people adopt a plan."""

from collections.abc import Callable, Mapping, Sequence
from math import cos, hypot, radians
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from tocsin.facts.planning import (
    AdoptionDeclined,
    AdoptionProposed,
    MoreCalls,
    PlanAdopted,
    PlanEnded,
    Post,
    StationCloses,
    StreetShut,
    StudyAnswered,
    StudyAsked,
    StudyFact,
    StudyFailed,
    StudyStopped,
    UnitLess,
    UnitMore,
)
from tocsin.kernel import Command, Fact, Kept, Refused, Words
from tocsin.rooms.planning.commands import (
    AdoptAs,
    DeclineAdoption,
    EndPlan,
    Floor,
    KeepAnswer,
    KeepFailure,
    ProposeAdoption,
    StopStudy,
    StudyCommand,
    TakeStudy,
)

Stage = Literal["", "waiting", "answered", "failed", "stopped", "proposed", "adopted", "ended"]
SEED = 1
WEEKS = 26
"""Days are drawn from the calls of so many weeks."""
PER_UNIT = 8.0
"""Generated calls a day for each unit of a fleet whose own calls are not known, as in the demo: a round number."""


class PlanningTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a city says of studies; the sample explains each line."""

    sample: bool = False
    in_time_s: dict[str, Annotated[int, Meta(ge=60, le=7_200)]] = {}
    other_in_time_s: Annotated[int, Meta(ge=60, le=7_200)] = 600
    """The limit of a priority that `in_time_s` does not name."""
    least_calls: Annotated[int, Meta(ge=100)] = 500
    least_days: Annotated[int, Meta(ge=1)] = 7
    most_waiting: Annotated[int, Meta(ge=1, le=50)] = 5
    most_calls: Annotated[int, Meta(ge=1_000)] = 200_000
    """The most calls that one study may play, over both plans and all replications."""
    good_calls: Annotated[int, Meta(ge=100)] = 8_000
    """About so many are played where the asker leaves days and replications to the page."""
    processes: Annotated[int, Meta(ge=1, le=64)] = 2
    least_promise: Annotated[int, Meta(ge=1)] = 200
    """With fewer calls since, it is too early to hold a promise beside what happened."""

    def limit_s(self, priority: int) -> int:
        """How soon help is in time at a priority."""
        return self.in_time_s.get(str(priority), self.other_in_time_s)


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """What deciding needs beside the histories: the city's table, its kinds of unit by their names, its bounds, and its streets."""

    table: PlanningTable
    kinds: Mapping[str, Words]
    bounds: tuple[float, float, float, float]
    streets: Callable[[str, Sequence[int]], tuple[int, ...]]
    """The segments of a street by its name, or the given ones checked; Refused `street_unknown`."""


class State(msgspec.Struct, frozen=True):
    """What the touched study's history says: its stage, and who proposed it."""

    stage: Stage = ""
    proposed_by: str = ""


def evolve(state: State, kept: Kept) -> State:
    """The state after one more kept fact."""
    fact = kept.fact
    by = kept.entry.by if isinstance(fact, AdoptionProposed) else state.proposed_by
    return State(stage_after(state.stage, fact), by)


def stage_after(stage: Stage, fact: Fact) -> Stage:
    """How far a study is after one more fact of its history; the only place that says so."""
    match fact:
        case StudyAsked():
            return "waiting"
        case StudyAnswered() | AdoptionDeclined():
            return "answered"
        case StudyFailed():
            return "failed"
        case StudyStopped():
            return "stopped"
        case AdoptionProposed():
            return "proposed"
        case PlanAdopted():
            return "adopted"
        case PlanEnded():
            return "ended"
    return stage


_MUST: dict[type[StudyCommand], tuple[tuple[Stage, ...], Refused]] = {
    StopStudy: (("waiting",), Refused("study_not_waiting", "This study is not waiting for an answer any more.", "该研判已不在等待或计算中。")),
    KeepAnswer: (("waiting",), Refused("study_not_waiting", "This study is not waiting for an answer any more.", "该研判已不在等待或计算中。")),
    KeepFailure: (("waiting",), Refused("study_not_waiting", "This study is not waiting for an answer any more.", "该研判已不在等待或计算中。")),
    ProposeAdoption: (("answered",), Refused("study_not_answered", "Only a study that was answered, and is neither proposed nor adopted, can be proposed.",
                                             "只有已得出结果、且尚未提请或采纳的研判才能提请采纳。")),
    AdoptAs: (("proposed",), Refused("plan_not_proposed", "Nobody has proposed this plan for adoption.", "该方案尚未提请采纳。")),
    DeclineAdoption: (("proposed",), Refused("plan_not_proposed", "Nobody has proposed this plan for adoption.", "该方案尚未提请采纳。")),
    EndPlan: (("adopted",), Refused("plan_not_adopted", "This plan is not in force.", "该方案未在执行中。")),
}


def decider(rules: Rules) -> Callable[[State, Command], tuple[Fact, ...]]:
    """The room's decide, for one city."""

    def decide(state: State, command: Command) -> tuple[Fact, ...]:
        if isinstance(command, TakeStudy):
            return (_asked(rules, command),)
        assert isinstance(command, StudyCommand), f"no decision for {type(command).__name__}"
        if not state.stage:
            raise unknown(command.study)
        stages, no = _MUST[type(command)]
        if state.stage not in stages:
            raise no
        return (_followed(state, command),)

    return decide


def unknown(study: str) -> Refused:
    """There is no such study."""
    return Refused("study_unknown", f"There is no study {study}.", f"没有研判 {study}。", field="study", status=404)


def _followed(state: State, command: StudyCommand) -> StudyFact:
    match command:
        case StopStudy():
            return StudyStopped(study=command.study)
        case KeepAnswer():
            return StudyAnswered(study=command.study, answer=command.answer)
        case KeepFailure():
            return StudyFailed(study=command.study, code=command.code, says=command.says)
        case ProposeAdoption():
            return AdoptionProposed(study=command.study, because=command.because, since=command.since)
        case AdoptAs():
            if command.by == state.proposed_by:
                raise Refused("own_proposal", "You proposed this plan yourself; another person has to adopt it.", "该方案由您本人提请，须由另一人采纳。", status=403)
            return PlanAdopted(study=command.study)
        case DeclineAdoption():
            return AdoptionDeclined(study=command.study, because=command.because)
        case EndPlan():
            return PlanEnded(study=command.study, because=command.because)
    raise AssertionError(f"no decision for {type(command).__name__}")


def _asked(rules: Rules, command: TakeStudy) -> StudyAsked:
    """The study as it is kept; Refused for what cannot be, before anything runs."""
    table, floor = rules.table, command.floor
    if not floor.fleet:
        raise Refused("no_fleet", "No unit has been on duty in the last week, so there is nothing to compare with.", "最近一周没有在岗单位，无从比较。", status=422)
    if floor.waiting >= table.most_waiting:
        raise Refused("studies_waiting", f"{floor.waiting} studies wait already; stop one, or ask again when one is answered.",
                      f"已有 {floor.waiting} 项研判在排队；请停止其中一项，或待其完成后再提交。")
    if command.demand == "own" and not enough(table, floor.calls, floor.days):
        raise Refused("record_too_short", f"This floor has {floor.calls} calls of its own in {floor.days} whole days; days can be drawn from {table.least_calls} in {table.least_days}. "
                      "Ask with generated calls, which is a sample.",
                      f"本席位系统仅有 {floor.days} 个整日共 {floor.calls} 起自有警情；至少需要 {table.least_days} 日、{table.least_calls} 起。可改用生成警情（仅为示例）。", field="demand", status=422)
    changes = tuple(_checked(rules, floor.fleet, change) for change in command.changes)
    if not altered(floor.fleet, changes):
        raise Refused("no_fleet", "After these changes no unit would be left on duty.", "按此调整后将没有在岗单位。", field="changes", status=422)
    per_day = per_day_of(floor)
    most = max([1.0, *(change.factor for change in changes if isinstance(change, MoreCalls))])
    plays = round(per_day * command.factor * command.days * command.replications * (1 + most))
    if plays > table.most_calls:
        raise Refused("study_too_large", f"This would play about {plays:,} calls; {table.most_calls:,} is the most. Ask for fewer days or replications.",
                      f"此研判约需推演 {plays:,} 起警情，上限为 {table.most_calls:,}。请减少天数或重复次数。", field="replications", status=422)
    return StudyAsked(study=command.study, name=named(changes, rules.kinds), changes=changes, fleet=floor.fleet, days=command.days, replications=command.replications,
                      demand=command.demand, seed=SEED, factor=command.factor, per_day=round(per_day, 2) if command.demand == "generated" else 0.0, weeks=WEEKS)


def enough(table: PlanningTable, calls: int, days: int) -> bool:
    """Whether a floor's own past calls are enough to draw days from."""
    return calls >= table.least_calls and days >= table.least_days


def per_day_of(floor: Floor) -> float:
    """Calls a day: the floor's own where a whole day is known, else a round number for each unit."""
    return floor.calls / floor.days if floor.days and floor.calls else PER_UNIT * len({post.unit for post in floor.fleet})


def _checked(rules: Rules, fleet: tuple[Post, ...], change: Any) -> Any:
    stations = {post.station for post in fleet if post.station}
    match change:
        case UnitMore():
            west, south, east, north = rules.bounds
            if change.unit_kind not in rules.kinds:
                raise Refused("unit_kind_unknown", f"The fleet table has no kind of unit {change.unit_kind}.", f"单位类型表中没有 {change.unit_kind}。", field="unit_kind", status=422)
            if not (west <= change.lon <= east and south <= change.lat <= north):
                raise Refused("place_outside", "The new unit's place lies outside the city.", "新增单位的位置不在本市范围内。", field="lon", status=422)
        case UnitLess():
            if change.unit not in {post.unit for post in fleet}:
                raise Refused("unit_unknown", f"{change.unit} has not been on duty in the last week.", f"{change.unit} 最近一周没有在岗。", field="unit", status=422)
        case StationCloses():
            for name in filter(None, (change.station, change.to)):
                if name not in stations:
                    raise Refused("station_unknown", f"No unit of these weeks has the station {name}.", f"近期没有单位驻在“{name}”。", field="station", status=422)
            if change.to == change.station or not stations - {change.station}:
                raise Refused("no_other_station", "A station's units need another one to go to.", "站点关闭后，其单位须有其他站点可去。", field="to", status=422)
        case StreetShut():
            return StreetShut(street=change.street, segments=rules.streets(change.street, change.segments))
    return change


def altered(fleet: Sequence[Post], changes: Sequence[Any]) -> tuple[Post, ...]:
    """The fleet with the changes made to it; a new unit is called +1, +2 …, and those of a closed station stand at the other."""
    found, added = list(fleet), 0
    for change in changes:
        match change:
            case UnitMore():
                added += 1
                found.append(Post(unit=f"+{added}", unit_kind=change.unit_kind, lon=change.lon, lat=change.lat, station=change.station, from_h=change.from_h, to_h=change.to_h))
            case UnitLess():
                found = [post for post in found if post.unit != change.unit]
            case StationCloses():
                other = _other(found, change)
                found = [msgspec.structs.replace(post, lon=other.lon, lat=other.lat, station=other.station) if post.station == change.station else post for post in found]
    return tuple(found)


def _other(fleet: Sequence[Post], change: StationCloses) -> Post:
    """A post of the station that takes over: the one that is named, or the nearest in a straight line."""
    here = next((post for post in fleet if post.station == change.station), None)
    others = [post for post in fleet if post.station and post.station != change.station and (not change.to or post.station == change.to)]
    if here is None or not others:
        raise Refused("no_other_station", "A station's units need another one to go to.", "站点关闭后，其单位须有其他站点可去。", field="to", status=422)
    return min(others, key=lambda post: (hypot((post.lon - here.lon) * cos(radians(here.lat)), post.lat - here.lat), post.station))


def named(changes: Sequence[Any], kinds: Mapping[str, Words]) -> Words:
    """What is asked, in words."""
    said = [_said(change, kinds) for change in changes]
    return Words("; ".join(one.en for one in said), "；".join(one.zh for one in said))


def _said(change: Any, kinds: Mapping[str, Words]) -> Words:
    match change:
        case UnitMore():
            kind = kinds.get(change.unit_kind, Words(change.unit_kind, change.unit_kind))
            at = (f" at {change.station}", f"（{change.station}）") if change.station else ("", "")
            hours = "" if (change.from_h, change.to_h) == (0, 24) else f", {_clock(change.from_h)}–{_clock(change.to_h)}"
            return Words(f"One more {kind.en}{at[0]}{hours}", f"增加一个{kind.zh}{at[1]}{hours.replace(', ', ' ')}")
        case UnitLess():
            return Words(f"Without {change.unit}", f"减少 {change.unit}")
        case StationCloses():
            to = (f", its units to {change.to}", f"，单位并入 {change.to}") if change.to else ("", "")
            return Words(f"{change.station} closes{to[0]}", f"关闭 {change.station}{to[1]}")
        case StreetShut():
            return Words(f"{change.street or 'A street'} is shut", f"封闭{change.street or '一段道路'}")
        case MoreCalls():
            return Words(f"{change.factor:g} times as many calls", f"警情量为 {change.factor:g} 倍")
    raise AssertionError(f"no words for {type(change).__name__}")


def _clock(hour: float) -> str:
    return f"{int(hour):02d}:{round(hour % 1 * 60):02d}"
