"""Is it true? One half of a record is played from what the other half taught, and what came of it is held beside what happened."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from threading import Event
from zoneinfo import ZoneInfo

import msgspec

import tocsin
from tocsin.city import City
from tocsin.city.calibrate import calibrate
from tocsin.city.record import Record
from tocsin.city.validity import FORMAT, MOST_IN_TIME, MOST_P90
from tocsin.kernel import Instant, Refused, from_instant
from tocsin.rooms.dispatch.model import Plan
from tocsin.rooms.fleet.model import FleetTable
from tocsin.sim.scenarios.asked import DAY, local_midnight, part_of
from tocsin.sim.scenarios.figures import Figure, figures
from tocsin.sim.scenarios.outcome import observed
from tocsin.sim.scenarios.playing import On
from tocsin.sim.scenarios.preparing import Ground
from tocsin.sim.scenarios.running import Progress, replications
from tocsin.sim.scenarios.scenario import DispatchPart, Scenario

WARM_UP_H = 3.0
FEWEST_DAYS = 8
"""A calibration needs four days, and each half of a record must have them."""
JUDGED = "all"


class Validation(msgspec.Struct, frozen=True, kw_only=True):
    """How near the simulation comes to one record of a city. It is kept in the city's folder; whatever shows a simulated figure of
    that city shows this verdict too.
    """

    format: int
    version: str
    """Of the program."""
    city: str
    record: str
    source: str
    sha256: str
    calibration: str
    """Of the calibration that was fitted to the first half alone."""
    dispatch: str
    taught: tuple[str, str]
    """The first and last local day that taught."""
    played: tuple[str, str]
    replications: int
    seed: int
    in_time_s: dict[str, int]
    validated: bool
    p90_off: float
    """The simulated 90 % point by the observed one, less 1."""
    in_time_off: float
    """The simulated share in time less the observed one."""
    observed: dict[str, Figure]
    simulated: dict[str, Figure]


def halves(record: Record, zone: ZoneInfo) -> tuple[Instant, Instant, Instant]:
    """The first midnight of a record, the one that cuts its days in two (of an odd number the first half has one less), and its end.

    Refused `record_too_short` where it has fewer than eight days.
    """
    if not record.calls:
        raise Refused("record_too_short", f"{record.source} has no calls.", f"{record.source} 中没有警情。", status=422)
    first, end = local_midnight(record.calls[0].received_at, zone), record.calls[-1].received_at + 1
    days = -(-(end - first) // DAY)
    if days < FEWEST_DAYS:
        raise Refused("record_too_short", f"{record.source} spans {days} days; a validation needs {FEWEST_DAYS}, four to learn from and four to play.",
                      f"{record.source} 仅 {days} 天；校验至少需要 {FEWEST_DAYS} 天：一半学习，一半推演。", status=422)
    return first, local_midnight(first + days // 2 * DAY + DAY // 4, zone), end


def validation_ground(record: Record, city: City, plan: Plan, table: FleetTable, *, replications: int, seed: int, by: str = "record",
                      in_time_s: Mapping[str, int] | None = None) -> tuple[Ground, Instant]:
    """What is played to validate: the second half's calls and units, by a calibration and habits of the first half; and the instant between.

    It begins three hours before the cut, so that the floor is as busy as it was; those hours are not counted.
    """
    zone = ZoneInfo(city.manifest.timezone)
    first, cut, end = halves(record, zone)
    taught = part_of(record, first, cut)
    timing = calibrate(city, taught)
    begin = from_instant(cut).astimezone(zone).replace(tzinfo=None) - timedelta(hours=WARM_UP_H)
    days = (end - cut) / DAY + WARM_UP_H / 24
    scenario = Scenario(format=1, name=f"validation of {record.name}", start=begin, days=days, warm_up_h=WARM_UP_H, seed=seed, replications=replications,
                        in_time_s=dict(in_time_s or {}), dispatch=DispatchPart(by="plan" if by == "plan" else "record"))
    return Ground(scenario, city, timing, plan, table, record, taught), cut


def validate(ground: Ground, cut: Instant, out: Path | None, stopped: Event, progress: Progress, *, on: On = "house", workers: int = 1,
             dask: str = "") -> Validation | None:
    """Play and compare; None where it was stopped before the last replication."""
    record, scenario, zone = ground.record, ground.scenario, ground.zone
    assert record is not None and ground.taught is not None, "a validation has a record"
    outcomes = replications(ground, out, stopped, progress, on=on, workers=workers, dask=dask)
    if len(outcomes) < scenario.replications:
        return None
    simulated = figures(outcomes, zone, scenario.in_time_s)
    seen = figures([observed(part_of(record, ground.begin, ground.end), ground.duties, cut, ground.end)], zone, scenario.in_time_s)
    p90_off, in_time_off = compared(seen, simulated)
    return Validation(format=FORMAT, version=tocsin.__version__, city=ground.city.version, record=record.name, source=record.source, sha256=record.sha256,
                      calibration=ground.timing.version, dispatch=scenario.dispatch.by, taught=_days(ground.taught, zone),
                      played=_days(part_of(record, cut, ground.end), zone), replications=len(outcomes), seed=scenario.seed, in_time_s=scenario.in_time_s,
                      validated=passes(p90_off, in_time_off), p90_off=p90_off, in_time_off=in_time_off, observed=seen, simulated=simulated)


def compared(seen: Mapping[str, Figure], simulated: Mapping[str, Figure]) -> tuple[float, float]:
    """How far off the simulation is over all calls: at the 90 % point as a part of the observed one, and in the share in time."""
    wanted = [f"{what}/{JUDGED}" for what in ("p90_s", "in_time")]
    missing = [name for name in wanted if name not in seen or name not in simulated]
    if missing:
        raise Refused("too_few_arrivals", "Too few units arrived, in the record or in the play, to compare.", "到场数过少（记录或推演），无法比较。", status=422)
    return (simulated[wanted[0]].value / seen[wanted[0]].value - 1.0, simulated[wanted[1]].value - seen[wanted[1]].value)


def passes(p90_off: float, in_time_off: float) -> bool:
    """The gate."""
    return abs(p90_off) <= MOST_P90 and abs(in_time_off) <= MOST_IN_TIME


def save(found: Validation, city: City) -> None:
    """Keep it in the city's folder."""
    fresh = city.validation_path.with_suffix(".part")
    fresh.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n")
    fresh.replace(city.validation_path)


def load(city: City) -> Validation | None:
    """The last validation of a city; None where there is none, or it was of another build of the city or format."""
    try:
        found = msgspec.json.decode(city.validation_path.read_bytes(), type=Validation)
    except (OSError, msgspec.DecodeError):
        return None
    return found if (found.format, found.city) == (FORMAT, city.version) else None


def lines(found: Validation) -> list[str]:
    """The verdict and the figures, observed beside simulated."""
    out = [f"{found.record}: taught by {found.taught[0]} to {found.taught[1]}, played {found.played[0]} to {found.played[1]}, {found.replications} times",
           f"{'':<28}{'observed':>12}{'simulated':>12}{'off':>10}{'simulated, 95 %':>18}"]
    order = ("p50_s", "p90_s", "mean_s", "in_time", "arrived", "sent_p50_s", "sent_p90_s", "busy", "turnout_p50_s", "turnout_p90_s", "drive_p50_s", "drive_p90_s")
    names = sorted((name for name in found.observed if name in found.simulated and name.partition("/")[0] in order),
                   key=lambda name: ("/hour" in name, order.index(name.partition("/")[0]), name))
    for name in names:
        seen, mine = found.observed[name], found.simulated[name]
        seconds = name.partition("/")[0].endswith("_s")
        off = f"{mine.value / seen.value - 1:+.1%}" if seconds and seen.value else f"{100 * (mine.value - seen.value):+.1f} pt"
        half = "" if mine.half is None else (f"± {mine.half:.1f}" if seconds else f"± {mine.half:.1%}")
        shown = (f"{one.value:.0f} s" if seconds else f"{one.value:.1%}" for one in (seen, mine))
        out.append(f"{name:<28}{next(shown):>12}{next(shown):>12}{off:>10}{half:>18}")
    return [*out, verdict(found), *chance(found)]


def chance(found: Validation) -> list[str]:
    """How well the record's own figures are known from a stretch as short, in a sentence; nothing where that cannot be told."""
    p90, in_time = (found.observed[f"{what}/{JUDGED}"] for what in ("p90_s", "in_time"))
    if p90.half is None or in_time.half is None:
        return []
    return [f"The record's own share in time is {in_time.value:.1%} ± {100 * in_time.half:.1f} points, its 90 % point {p90.value:.0f} s ± {100 * p90.half / p90.value:.1f} % "
            "(95 %, by batch means): another week as this one would differ by chance alone."]


def verdict(found: Validation) -> str:
    """The gate in one sentence."""
    how = (f"the 90 % point is off by {found.p90_off:+.1%} (gate ± {MOST_P90:.0%}) and the share in time by {100 * found.in_time_off:+.1f} points "
           f"(gate ± {100 * MOST_IN_TIME:.1f})")
    return f"{'Validated' if found.validated else 'Not validated'}: {how}."


def _days(record: Record, zone: ZoneInfo) -> tuple[str, str]:
    first, last = (from_instant(call.received_at).astimezone(zone).date().isoformat() for call in (record.calls[0], record.calls[-1]))
    return first, last
