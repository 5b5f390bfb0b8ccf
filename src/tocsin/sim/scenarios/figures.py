"""What a play comes to: response quantiles by priority and hour, the share in time, utilisation; with intervals over replications."""

from collections.abc import Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
from scipy.special import stdtrit

from tocsin.kernel import from_instant
from tocsin.sim.scenarios.asked import DAY
from tocsin.sim.scenarios.outcome import CallFigures, Outcome
from tocsin.sim.scenarios.scenario import in_time_s

QUANTILES = (0.5, 0.9)
FEWEST = 20
"""Of fewer arrivals no quantile is told."""
BATCHES = 6
LEVEL = 0.95


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One figure with the half of its 95 % interval; None where it cannot be told (one replication of less than six batches)."""

    value: float
    half: float | None = None
    count: float = 0.0
    """What it is a figure of: arrivals, or seconds on duty."""


def measures(outcome: Outcome, zone: ZoneInfo, standards: Mapping[str, int]) -> dict[str, tuple[float, float]]:
    """All figures of one outcome by name, each with its count: `p90_s/all`, `p90_s/priority 2`, `p90_s/hour 07`, `in_time/…`, `mean_s/…`, `arrived/…`, `busy/medic`.

    A response is from the call's receipt to the first unit at the scene. `in_time` is the share of the calls reached that were reached in
    time, `arrived` that of all calls that anybody reached, `busy` a kind's time from being sent to being free of its time on duty.
    """
    found: dict[str, tuple[float, float]] = {}
    for name, calls in _groups(outcome.calls, zone):
        there = np.array([call.there_s for call in calls if call.there_s >= 0])
        if len(calls):
            found[f"arrived/{name}"] = (len(there) / len(calls), len(calls))
        if len(there) < FEWEST:
            continue
        for q in QUANTILES:
            found[f"p{q * 100:.0f}_s/{name}"] = (float(np.quantile(there, q)), len(there))
        found[f"mean_s/{name}"] = (float(there.mean()), len(there))
        good = sum(0 <= call.there_s <= in_time_s(dict(standards), call.priority) for call in calls)
        found[f"in_time/{name}"] = (good / len(there), len(there))
        sent = np.array([call.sent_s for call in calls if call.sent_s >= 0])
        found[f"sent_p50_s/{name}"], found[f"sent_p90_s/{name}"] = ((float(np.quantile(sent, q)), len(sent)) for q in QUANTILES)
    for kind, unit in sorted(outcome.units.items()):
        if unit.duty_s:
            found[f"busy/{kind}"] = (unit.busy_s / unit.duty_s, unit.duty_s)
            found[f"sent_a_day/{kind}"] = (unit.sent / ((outcome.end - outcome.begin) / DAY), unit.duty_s)
    for kind in sorted({run.unit_kind for run in outcome.runs}):
        for what in ("turnout_s", "drive_s"):
            took = np.array([getattr(run, what) for run in outcome.runs if run.unit_kind == kind])
            if len(took) >= FEWEST:
                for q in QUANTILES:
                    found[f"{what.removesuffix('_s')}_p{q * 100:.0f}_s/{kind}"] = (float(np.quantile(took, q)), len(took))
    return found


def _groups(calls: Sequence[CallFigures], zone: ZoneInfo) -> Iterator[tuple[str, list[CallFigures]]]:
    yield "all", list(calls)
    for priority in sorted({call.priority for call in calls}):
        yield f"priority {priority}", [call for call in calls if call.priority == priority]
    hours = [from_instant(call.at).astimezone(zone).hour for call in calls]
    for hour in range(24):
        mine = [call for call, at in zip(calls, hours, strict=True) if at == hour]
        if mine:
            yield f"hour {hour:02d}", mine


def figures(outcomes: Sequence[Outcome], zone: ZoneInfo, standards: Mapping[str, int]) -> dict[str, Figure]:
    """Each figure's mean over the replications with its interval by Student's t; of a single one by batch means (Law and Kelton, Simulation
    Modeling and Analysis, sections 9.4 and 9.5.3): its time in six equal parts.
    """
    each = [measures(one, zone, standards) for one in outcomes]
    parts = [measures(part, zone, standards) for part in batches(outcomes[0])] if len(outcomes) == 1 else each
    found = {}
    for name in sorted(set().union(*each)):
        values = [one[name] for one in each if name in one]
        around = [one[name][0] for one in parts if name in one]
        wanted = len(outcomes) if len(outcomes) > 1 else BATCHES
        half = half_width(around) if len(around) == wanted else None
        found[name] = Figure(value=float(np.mean([value for value, _ in values])), half=half, count=float(np.mean([count for _, count in values])))
    return found


def batches(outcome: Outcome) -> list[Outcome]:
    """An outcome's calls in six equal stretches of time; work and runs are told only of the whole."""
    length = (outcome.end - outcome.begin) / BATCHES
    return [Outcome(begin=round(outcome.begin + part * length), end=round(outcome.begin + (part + 1) * length),
                    calls=[call for call in outcome.calls if part * length <= call.at - outcome.begin < (part + 1) * length]) for part in range(BATCHES)]


def half_width(values: Sequence[float], level: float = LEVEL) -> float:
    """Half of the interval about the mean of independent values by Student's t."""
    spread = float(np.std(values, ddof=1)) / float(np.sqrt(len(values)))
    return float(stdtrit(len(values) - 1, (1 + level) / 2)) * spread


def lines(found: Mapping[str, Figure]) -> list[str]:
    """The figures as a person reads them: responses by priority, by hour, and work by kind of unit."""
    out = [f"{'response':<14}{'calls':>8}{'arrived':>10}{'median':>14}{'90 %':>14}{'in time':>16}"]
    names = [name.removeprefix("arrived/") for name in found if name.startswith("arrived/")]
    for name in sorted(names, key=lambda name: (name.startswith("hour"), name.startswith("priority"), name)):
        row = [found.get(f"{what}/{name}") for what in ("arrived", "p50_s", "p90_s", "in_time")]
        calls = found[f"arrived/{name}"].count
        out.append(f"{name:<14}{calls:>8.0f}{_part(row[0]):>10}{_clock(row[1]):>14}{_clock(row[2]):>14}{_part(row[3], with_half=True):>16}")
    out.append(f"{'unit':<14}{'a day':>8}{'busy':>10}")
    for name in [name.removeprefix("busy/") for name in found if name.startswith("busy/")]:
        out.append(f"{name:<14}{found[f'sent_a_day/{name}'].value:>8.1f}{_part(found[f'busy/{name}']):>10}")
    return out


def _part(figure: Figure | None, *, with_half: bool = False) -> str:
    if figure is None:
        return "–"
    half = f" ± {figure.half:.1%}" if with_half and figure.half is not None else ""
    return f"{figure.value:.1%}{half}"


def _clock(figure: Figure | None) -> str:
    if figure is None:
        return "–"
    half = f" ± {figure.half:.0f} s" if figure.half is not None else ""
    return f"{int(figure.value) // 60}:{int(figure.value) % 60:02d}{half}"


