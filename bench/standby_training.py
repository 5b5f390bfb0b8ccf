"""The numbers of policies of waiting: found by search on training days that are fresh in every round, one choice at the end on others, and kept in a file for all who judge.

Ours and marginal utility have the same search, days and plays. What is found at the middle load is where the others begin, for both; and so is what is found within one budget
for the next. Policies with one to three numbers are tried on a grid, on as many days.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from bench import standby_study as study
from bench.standby_search import Point, search
from bench.standby_study import Town
from tocsin.engines.standby import BUDGETS, Tuning, policy

KEPT = Path(__file__).parent / "standby_numbers.json"
DAYS, ROUNDS, AGAIN, DRAWN = 60.0, 20, 12, 12
"""Of a search: fresh days in each round, the same for all that are drawn in it; rounds, and rounds where it begins with what was found at another load."""
CHOICE_DAYS = 400.0


class Dial(NamedTuple):
    """A number that training turns: where it begins, and how much a step of the search is."""

    begin: float
    step: float
    least: float = 0.0
    most: float = np.inf
    times: bool = False
    """Whether a step multiplies."""

    def at(self, turned: float) -> float:
        """The number after so many steps."""
        return float(np.clip(self.begin * np.exp(self.step * turned) if self.times else self.begin + self.step * turned, self.least, self.most))


DIALS: Mapping[str, Mapping[str, Dial]] = {
    "marginal": {"price": Dial(0.008, 0.35, times=True), "per_s": Dial(5e-6, 5e-6), "busy": Dial(0.3, 0.07, 0.02, 0.9)},
    "outlook": {"price": Dial(0.006, 0.35, times=True), "per_s": Dial(2e-6, 3e-6), "busy": Dial(0.3, 0.07, 0.02, 0.9), "rise": Dial(1.0, 0.7), "fade": Dial(1 / 2_000, 3e-4),
                "soon": Dial(1.0, 1.0, 0, 8), "near": Dial(3.0, 1.5, 0, 8), "tail": Dial(0.1, 0.1), "thin": Dial(0.0, 0.4, -3.0, 3.0)},
}
"""`fade` is one over the horizon, so that none is 0."""
ALWAYS: Mapping[str, Mapping[str, Any]] = {"marginal": {}, "outlook": {"most": 2}}
NEVER = 1e-7
"""A picture that fades no faster lasts for ever."""


def numbers(where: Town, load: float, home: Any, name: str, budget: str) -> Tuning:
    """What was kept for this city, load and budget; what is not kept is found anew and kept."""
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    key = f"{where.name}, {load:g}, {budget}, {name}"
    if key not in kept:
        began = [kept[other] for other in (f"{where.name}, {load:g}, each, {name}", f"{where.name}, 0.8, {budget}, {name}", f"{where.name}, 0.8, each, {name}") if other in kept]
        theirs = [numbers(where, load, home, "marginal", budget)._replace(horizon_s=1 / NEVER)] if name == "outlook" else []
        found = trained(where, load, home, name, budget, Tuning(**began[0]) if began else None, theirs) if name in DIALS else _on_grid(where, load, home, name, budget)
        kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
        kept[key] = {field: round(value, 9) for field, value in found._asdict().items() if field != "budget" and value != getattr(Tuning(), field) and np.isfinite(value)}
        if not np.isfinite(found.horizon_s):
            kept[key]["horizon_s"] = 1 / NEVER
        KEPT.write_text(json.dumps(dict(sorted(kept.items())), indent=1) + "\n")
    return Tuning(**kept[key], budget=BUDGETS[budget])


def trained(where: Town, load: float, home: Any, name: str, budget: str, begin: Tuning | None, others: Sequence[Tuning] = ()) -> Tuning:
    """Search, then choose between what was found, what it began with, and `others`, on days of their own."""
    dials = _from(DIALS[name], begin) if begin is not None else DIALS[name]
    ground = study.ground(where)

    def value(points: Sequence[Point], step: int) -> list[float]:
        calls = where.draw(study.TRAINING + 100 + step, DAYS, load)
        return [study.trained_late(where, calls, home, policy(name, ground, _read(name, dials, one, budget))) for one in points]
    found = _read(name, dials, search(value, len(dials), ROUNDS if begin is None else AGAIN, DRAWN, 1), budget)
    calls = where.draw(study.TRAINING + 50, CHOICE_DAYS, load)
    return min([found, _read(name, dials, np.zeros(len(dials)), budget), *others], key=lambda one: study.trained_late(where, calls, home, policy(name, ground, one)))


def _on_grid(where: Town, load: float, home: Any, name: str, budget: str) -> Tuning:
    return study.tuned(where, where.draw(study.TRAINING + 50, CHOICE_DAYS, load), home, name, budget)


def _from(dials: Mapping[str, Dial], begin: Tuning) -> dict[str, Dial]:
    was = begin._asdict() | {"fade": 1 / begin.horizon_s}
    return {key: dial._replace(begin=float(was[key])) for key, dial in dials.items()}


def _read(name: str, dials: Mapping[str, Dial], turned: Point, budget: str) -> Tuning:
    """The numbers that a point of the search stands for."""
    found: dict[str, Any] = {key: dial.at(turned[i]) for i, (key, dial) in enumerate(dials.items())}
    if "fade" in found:
        fade = found.pop("fade")
        found |= {"horizon_s": 1 / max(fade, NEVER), "soon": round(found["soon"]), "near": round(found["near"])}
    return Tuning(**found, **ALWAYS[name], budget=BUDGETS[budget])
