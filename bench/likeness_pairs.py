"""Pairs of a new call and an incident open at that moment, measured as the product measures them; and what a threshold makes of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.likeness_calls import Calls
from tocsin.engines.likeness import Likeness, chances, far_m, features, kin, overlap
from tocsin.rooms.dispatch.model import Plan
from tocsin.rooms.dispatch.views.alike import FARTHEST_M

Floats = npt.NDArray[np.float64]
Apart = Callable[[Any, Any, tuple[float, float]], Any]


@dataclass
class Pairs:
    """p pairs: call `call` against call `side` of an open incident; `same` where both are about one emergency."""

    call: npt.NDArray[np.int64]
    side: npt.NDArray[np.int64]
    measures: Floats
    dist_m: Floats
    straight_m: Floats
    ago_s: Floats
    same: npt.NDArray[np.bool_]

    def of(self, keep: npt.NDArray[np.bool_]) -> "Pairs":
        """Only the pairs that are kept."""
        return Pairs(*(getattr(self, name)[keep] for name in self.__dataclass_fields__))


def pairs(calls: Calls, plan: Plan, model: Likeness, apart_m: Apart) -> Pairs:
    """Every call against each call of each incident that is open when it comes, within FARTHEST_M in a straight line."""
    found: list[tuple[int, Any, Any, Any]] = []
    open_now = np.empty(0, np.int64)
    for i in range(len(calls.at_s)):
        open_now = open_now[calls.end_s[open_now] > calls.at_s[i]]
        straight = far_m(calls.lon[open_now], calls.lat[open_now], (float(calls.lon[i]), float(calls.lat[i])))
        near = open_now[straight <= FARTHEST_M]
        if len(near):
            metres = np.asarray(apart_m(calls.lon[near], calls.lat[near], (float(calls.lon[i]), float(calls.lat[i]))), np.float64)
            found.append((i, near, metres, straight[straight <= FARTHEST_M]))
        open_now = np.append(open_now, i)
    call = np.concatenate([np.full(len(near), i) for i, near, _, _ in found])
    side = np.concatenate([near for _, near, _, _ in found])
    dist_m, straight_m = np.concatenate([one[2] for one in found]), np.concatenate([one[3] for one in found])
    ago_s = calls.at_s[call] - calls.at_s[side]
    alike = np.array([kin(model.families, model.akin, calls.kind[i], calls.kind[j]) for i, j in zip(call, side, strict=True)])
    named = {code: f"{kind.en} {kind.zh}" for code, kind in plan.kinds.items()}
    words = [overlap(calls.text[i], f"{calls.text[j]} {named.get(calls.kind[j], '')}") for i, j in zip(call, side, strict=True)]
    measures = features(dist_m, ago_s, calls.doubt_m[call] + calls.doubt_m[side], alike[:, 0], alike[:, 1], words)
    return Pairs(call, side, measures, dist_m, straight_m, ago_s, calls.incident[call] == calls.incident[side])


@dataclass
class Shown:
    """What a call-taker is shown: one line for each new call and open incident, by its most alike call."""

    call: npt.NDArray[np.int64]
    incident: npt.NDArray[np.int64]
    score: Floats
    same: npt.NDArray[np.bool_]
    akin: npt.NDArray[np.int64]
    """0 where the kinds of the two calls are not akin, 1 where they are, 2 where they are one."""


def shown(calls: Calls, found: Pairs, score: Floats) -> Shown:
    """The highest score of each call and incident."""
    order = np.lexsort((-score, calls.incident[found.side], found.call))
    call, incident = found.call[order], calls.incident[found.side][order]
    fresh = np.ones(len(order), np.bool_)
    fresh[1:] = (call[1:] != call[:-1]) | (incident[1:] != incident[:-1])
    kinds = np.nan_to_num(found.measures[:, 3] + found.measures[:, 4])  # a kind that is not known is akin to none
    return Shown(call[fresh], incident[fresh], score[order][fresh], found.same[order][fresh], kinds[order][fresh].astype(np.int64))


def right(lines: Shown, threshold: float, repeats: int) -> tuple[float, float, int]:
    """(precision, recall, proposals) where every line from the threshold on is proposed; a repeat is found if its incident is."""
    proposed = lines.score >= threshold
    hits = int((proposed & lines.same).sum())
    return hits / max(1, int(proposed.sum())), hits / max(1, repeats), int(proposed.sum())


def best_threshold(lines: list[tuple[Shown, int]]) -> float:
    """The threshold with the highest mean F1 over the cities, to two digits."""
    def f1(threshold: float) -> float:
        return float(np.mean([_f1(*right(one, threshold, repeats)[:2]) for one, repeats in lines]))
    return max((round(step / 100, 2) for step in range(5, 96)), key=f1)


def best_rule(calls: Calls, found: Pairs, repeats: int) -> tuple[float, float]:
    """The metres by road and seconds within which two calls are held to be one, with the highest F1 of a fine grid."""
    grid = [(float(metres), float(seconds)) for metres in (25, 50, 75, 100, 150, 200, 250, 300, 400, 500, 600, 800, 1000, 1500)
            for seconds in (60, 120, 180, 240, 300, 420, 600, 900, 1200, 1800, 2700, 3600)]
    return max(grid, key=lambda rule: _f1(*right(shown(calls, found, ruled(found, rule)), 0.5, repeats)[:2]))


def ruled(found: Pairs, rule: tuple[float, float]) -> Floats:
    """The rule's answer for each pair, 1 or 0."""
    answer: Floats = ((found.dist_m <= rule[0]) & (found.ago_s <= rule[1])).astype(np.float64)
    return answer


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def scored(calls: Calls, found: Pairs, model: Likeness) -> Shown:
    """What the model shows."""
    return shown(calls, found, chances(model, found.measures))
