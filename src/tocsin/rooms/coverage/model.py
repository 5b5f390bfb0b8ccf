"""How moves are decided: a free unit waits where it is told, not oftener than the table allows, and every order and every no is kept."""

from collections.abc import Callable, Collection
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from tocsin.facts.calls import Place
from tocsin.facts.coverage import Figured, MoveDeclined, StandbyEnded, StandbyOrdered
from tocsin.facts.fleet import UnitNow, units_after
from tocsin.kernel import Command, Fact, Instant, Kept, Refused, Words
from tocsin.rooms.coverage.commands import DeclineMove, EndStandby, SendToPost, Shown, StandbyCommand, day_of

_HOUR_US = 3_600 * 1_000_000
OVER_H = 12
"""The hours over which a unit's moves are counted."""
_FIGURES = tuple(field.name for field in msgspec.structs.fields(Figured) if field.name != "day")
_Share = Annotated[float, Meta(ge=0, le=1)]


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """A place beside the stations where a unit may wait. `skills` says whose units; empty: anybody's."""

    name: Annotated[str, Meta(min_length=1, max_length=80)]
    lon: Annotated[float, Meta(ge=-180, le=180)]
    lat: Annotated[float, Meta(ge=-90, le=90)]
    skills: tuple[str, ...] = ()


class Tuned(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The numbers of a policy, as `engines.standby.Tuning` has them; no city's are another's, so none has a value of its own."""

    horizon_s: Annotated[float, Meta(gt=0, le=86_400)]
    soon: Annotated[int, Meta(ge=0, le=8)]
    near: Annotated[int, Meta(ge=0, le=8)]
    tail: _Share
    thin: Annotated[float, Meta(ge=-3, le=3)] = 0.0
    rise: Annotated[float, Meta(ge=0, le=100)] = 0.0
    per_s: Annotated[float, Meta(ge=0, le=1)] = 0.0


class StandbyTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a city says of where its units wait; the sample explains each line."""

    sample: bool = False
    policy: Literal["nearest", "preparedness", "table", "double-standard", "dmexclp", "marginal", "outlook"] = "nearest"
    """One of `engines.standby.POLICIES`; the first two move nobody."""
    tuned: Tuned | None = None
    """What a study found for this city; a policy that needs it and has none suggests nothing, and says so."""
    nearly_free: tuple[str, ...] = ("at_destination", "clearing")
    """The states of a unit that will soon be free, for a policy that counts it in part."""
    within_s: dict[str, Annotated[int, Meta(ge=30, le=7_200)]] = {}
    other_within_s: Annotated[int, Meta(ge=30, le=7_200)] = 480
    """The target of a skill that `within_s` does not name."""
    posts: tuple[Post, ...] = ()
    stations: bool = True
    """Whether a unit may wait at another unit's station too."""
    most_moves: Annotated[int, Meta(ge=0, le=100)] = 4
    least_gain: _Share = 0.01
    most_drive_s: Annotated[int, Meta(ge=60, le=7_200)] = 900
    declined_s: Annotated[int, Meta(ge=0, le=86_400)] = 1_800
    """For how long a move that was declined is not suggested again."""
    weight: Literal["roads", "calls"] = "roads"
    least_calls: Annotated[int, Meta(ge=1)] = 500
    weeks: Annotated[int, Meta(ge=1, le=12)] = 8
    busy: Annotated[float, Meta(ge=0, lt=1)] = 0.3
    """The busy share that is believed before anything was counted …"""
    busy_h: Annotated[float, Meta(gt=0, le=10_000)] = 48.0
    """… as firmly as so many hours of duty that were counted."""
    reasons: dict[str, Words] = {}

    def target_s(self, skill: str) -> int:
        """Within how many seconds units with this skill should be there."""
        return self.within_s.get(skill, self.other_within_s)


NO_STANDBY = StandbyTable()
"""A city that said nothing: nothing is suggested, and a person may send a unit to wait all the same."""


def faults(table: StandbyTable, skills: Collection[str]) -> list[str]:
    """What is wrong with a table, in sentences; empty where it is sound. `skills` are those that the plan names."""
    names = [post.name for post in table.posts]
    found = [f"there are two posts {name}" for name in sorted({name for name in names if names.count(name) > 1})]
    found += [f"within_s: the plan has no skill {skill}" for skill in table.within_s if skill not in skills]
    return found + [f"post {post.name}: the plan has no skill {skill}" for post in table.posts for skill in post.skills if skill not in skills]


class State(msgspec.Struct, frozen=True):
    """What the touched shift's history says: the unit, and when it was told to move."""

    units: dict[str, UnitNow] = {}
    ordered: tuple[Instant, ...] = ()


def evolve(state: State, kept: Kept) -> State:
    """The state after one more kept fact."""
    ordered = (*state.ordered, kept.entry.happened_at) if isinstance(kept.fact, StandbyOrdered) else state.ordered
    return State(units_after(state.units, kept.fact), ordered)


def lately(ordered: tuple[Instant, ...], now: Instant) -> int:
    """How many of these moves lie in the last hours that count."""
    return sum(1 for at in ordered if now - OVER_H * _HOUR_US < at)


def decider(table: StandbyTable) -> Callable[[State, Command], tuple[Fact, ...]]:
    """The room's decide, for one city's table."""

    def decide(state: State, command: Command) -> tuple[Fact, ...]:
        match command:
            case SendToPost():
                return (_ordered(table, state, command),)
            case DeclineMove():
                _on_duty(state, command)
                return (MoveDeclined(**_figures(command), day=command.day, reason=command.reason),)
            case EndStandby():
                unit = _on_duty(state, command)
                if unit.standby is None:
                    raise Refused("no_standby", f"{unit.unit} waits at its own station already", f"{unit.unit} 已在本站待命", field="unit")
                return (StandbyEnded(unit=unit.unit, shift=unit.shift, post=unit.standby.name, day=command.day, reason=command.reason),)
        raise AssertionError(f"no decision for {type(command).__name__}")

    return decide


def _ordered(table: StandbyTable, state: State, command: SendToPost) -> StandbyOrdered:
    unit = _free(state, command)
    post = next((post for post in table.posts if post.name == command.post), None)
    if command.place is None and post is None:
        raise Refused("post_unknown", f"the table of standby has no post {command.post}: name its place too", f"备勤表中没有“{command.post}”：请同时给出位置",
                      field="post", status=404)
    place = command.place if command.place is not None or post is None else Place(lon=post.lon, lat=post.lat, text=post.name, source="post")
    assert place is not None, "a post that is not in the table has a place"
    if unit.standby is not None and (unit.standby.name, unit.standby.place) == (command.post, place):
        raise Refused("standby_already", f"{unit.unit} has been told to wait at {command.post} already", f"{unit.unit} 已奉命在 {command.post} 备勤", field="post")
    made = lately(state.ordered, command.at)
    if made >= table.most_moves and not (command.lead and command.override):
        raise Refused("moves_spent", f"{unit.unit} has been moved {made} times in {OVER_H} hours, and {table.most_moves} is the most: choose another unit; "
                      "a supervisor may order it with a reason",
                      f"{unit.unit} 在 {OVER_H} 小时内已调动 {made} 次，上限为 {table.most_moves} 次：请改选其他单位，或由值班长注明理由后下令", field="unit")
    return StandbyOrdered(**_figures(command), day=day_of(command.at), place=place, override=command.override if made >= table.most_moves else "")


def _figures(command: Shown) -> dict[str, Any]:
    return {name: getattr(command, name) for name in _FIGURES}


def _on_duty(state: State, command: StandbyCommand) -> UnitNow:
    now = state.units.get(f"{command.unit}@{command.shift}")
    if now is None:
        raise Refused("unit_not_on_shift", f"{command.unit} is not on duty on shift {command.shift}", f"{command.unit} 不在班次 {command.shift} 上",
                      field="unit", status=404)
    return now


def _free(state: State, command: StandbyCommand) -> UnitNow:
    now = _on_duty(state, command)
    if now.incident:
        raise Refused("unit_busy", f"{now.unit} is on incident {now.incident}: it cannot be told to wait anywhere", f"{now.unit} 正在处置警情 {now.incident}，不能调去备勤",
                      field="unit")
    if now.state != "available":
        raise Refused("unit_not_available", f"{now.unit} is {now.state.replace('_', ' ')}: it cannot be told to wait anywhere", f"{now.unit} 当前不可用，不能调去备勤",
                      field="unit")
    return now
