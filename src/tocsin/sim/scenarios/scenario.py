"""A scenario as a small TOML file: which calls, which units, who dispatches, how crews work, what is shut and what fails."""

import datetime
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from tocsin.kernel import Refused

MOST_BYTES = 1 << 20
IN_TIME_S = 600
"""How soon help is in time where a scenario does not say."""

Hours = Annotated[float, Meta(ge=0, le=9_000)]
Text = Annotated[str, Meta(max_length=200)]


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of a scenario. A word that is not known is refused: a mistyped one would otherwise change nothing, silently."""


class DemandTable(Part, frozen=True, kw_only=True):
    """Where the calls come from. `record`: as they came. `days`: whole days of the record drawn with replacement, each for a day of
    the same sort (weekday or weekend). `calls`: single calls drawn with replacement from the same hour of the week, their
    number by Poisson. `generated`: made up (sim/demand.py), `per_day` of them. `factor` scales how many there are.
    """

    source: Literal["record", "days", "calls", "generated"] = msgspec.field(name="from", default="record")
    factor: Annotated[float, Meta(gt=0, le=20)] = 1.0
    per_day: Annotated[float, Meta(gt=0, le=100_000)] | None = None


class UnitLine(Part, frozen=True, kw_only=True):
    """A unit of a table: every day on duty from one local hour to another (over midnight where the second is no later)."""

    unit: Annotated[str, Meta(min_length=1, max_length=40)]
    kind: Annotated[str, Meta(min_length=1, max_length=40)]
    lon: Annotated[float, Meta(ge=-180, le=180)]
    lat: Annotated[float, Meta(ge=-90, le=90)]
    station: Annotated[str, Meta(max_length=80)] = ""
    hours: tuple[Annotated[float, Meta(ge=0, le=24)], Annotated[float, Meta(ge=0, le=24)]] = (0.0, 24.0)


class FleetPart(Part, frozen=True, kw_only=True):
    """Who is on duty: as the record shows units, or a table of them."""

    source: Literal["record", "table"] = msgspec.field(name="from", default="record")
    units: tuple[UnitLine, ...] = ()


class DispatchPart(Part, frozen=True, kw_only=True):
    """Who goes. `plan`: what the house proposes by the response plan. `record`: the kinds of unit that the record sent to this call, each
    the soonest free one that the house ranks. `wait_s` is how long a dispatcher takes; left out, it is drawn from the record.
    """

    by: Literal["plan", "record"] = "plan"
    wait_s: Annotated[float, Meta(ge=0, le=3600)] | None = None


class WorkPart(Part, frozen=True, kw_only=True):
    """How long crews take. `record`: as its crews did. `tables`: the tables of the generated day. `exponential`: from being sent to
    being free, driving included, a time of this mean; for holding the house against queueing theory.
    """

    law: Literal["record", "tables", "exponential"] = "record"
    mean_s: Annotated[float, Meta(gt=0, le=86_400)] = 3600.0


class Closing(Part, frozen=True, kw_only=True):
    """A street of the city that is shut, whole or by its segments, between two hours from the start of play."""

    from_h: Hours
    to_h: Hours
    street: Text = ""
    segments: tuple[int, ...] = ()


class Failing(Part, frozen=True, kw_only=True):
    """A unit that is out of service between two hours from the start of play; one at work finishes it first."""

    unit: Text
    from_h: Hours
    to_h: Hours


class Resting(Part, frozen=True, kw_only=True):
    """A break that every unit on duty takes each day, of these kinds (of all where none is named), within a window of local hours.

    The breaks of a kind are spread evenly over the window, so that not all are away at once. A unit that is at work when its turn comes
    takes it as soon as it is free, and misses it where the window has ended before. Nobody is sent from a break.
    """

    minutes: Annotated[float, Meta(gt=0, le=240)]
    hours: tuple[Annotated[float, Meta(ge=0, le=24)], Annotated[float, Meta(ge=0, le=24)]]
    kinds: tuple[Text, ...] = ()


class Scenario(Part, frozen=True, kw_only=True):
    """What is played. `start` is a local time of the city (left out: the record's first midnight), `days` how long after it (the rest
    of the record). What the first `warm_up_h` hours bring is played and not counted.
    """

    format: Literal[1]
    name: Annotated[str, Meta(min_length=1, max_length=120)]
    sample: bool = False
    start: Annotated[datetime.datetime, Meta(tz=False)] | None = None
    days: Annotated[float, Meta(gt=0, le=366)] | None = None
    warm_up_h: Annotated[float, Meta(ge=0, le=168)] = 0.0
    seed: Annotated[int, Meta(ge=0, lt=1 << 62)] = 1
    replications: Annotated[int, Meta(ge=1, le=1000)] = 1
    in_time_s: dict[str, int] = {}
    """How soon help is in time, by priority; a priority that is not named has ten minutes."""
    demand: DemandTable = DemandTable()
    fleet: FleetPart = FleetPart()
    dispatch: DispatchPart = DispatchPart()
    work: WorkPart = WorkPart()
    closures: tuple[Closing, ...] = ()
    failures: tuple[Failing, ...] = ()
    breaks: Annotated[tuple[Resting, ...], Meta(max_length=20)] = ()

    @property
    def needs_record(self) -> bool:
        """Whether any part of it is taken from a record of past calls."""
        return (self.demand.source != "generated" or self.fleet.source == "record" or self.work.law == "record"
                or self.dispatch.by == "record")


def in_time_s(standards: dict[str, int], priority: int) -> int:
    """How soon help is in time at this priority."""
    return standards.get(str(priority), IN_TIME_S)


def read_scenario(path: Path) -> Scenario:
    """A scenario from its file; Refused `scenario_unreadable` or `scenario_wrong`, which names the place in the file."""
    try:
        raw = path.read_bytes()
        if len(raw) > MOST_BYTES:
            raise Refused("scenario_wrong", f"{path.name} is {len(raw):,} bytes; a scenario is a short file.",
                          f"{path.name} 有 {len(raw):,} 字节；推演方案应为一个小文件。", status=422)
        return msgspec.toml.decode(raw, type=Scenario)
    except OSError as error:
        raise Refused("scenario_unreadable", f"{path} cannot be read: {error.strerror}.", f"无法读取 {path}：{error.strerror}。", status=404) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refused("scenario_wrong", f"{path.name} is not a scenario: {error}.", f"{path.name} 不是有效的推演方案：{error}。", status=422) from error
