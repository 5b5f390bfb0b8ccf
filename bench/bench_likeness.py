"""How well repeat callers are told from new emergencies, on days that the fit did not see; written to docs/likeness.md as measured."""

import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
from tests.shared import ROOT

from bench.likeness_calls import injected
from bench.likeness_fit import SEED, Place, fitted, place, present, records, roads
from bench.likeness_pairs import Shown, best_rule, right, ruled, scored, shown
from bench.likeness_tell import Judged, tell
from tocsin.engines.likeness import Likeness, far_m
from tocsin.house.build import LIKENESS, read_likeness

SAME_PLACE_M = 50.0
HARDER = {"confused": 0.5, "slower": 2.0, "vaguer": 1.5}


def run(report: Callable[..., None]) -> None:
    """Judge the shipped model and a tuned rule on the same unseen days, the harder way too, and write what was seen."""
    if not present():
        print("the records of San Francisco and Montgomery County are not on this machine; nothing is measured")
        return
    began = time.perf_counter()
    model = read_likeness(LIKENESS)
    sf, county = records()
    with tempfile.TemporaryDirectory() as folder:
        ground = roads(Path(folder))
        places = [place(sf, injected(sf, SEED), model, ground), place(county, injected(county, SEED), model, None)]
        harder = [place(sf, injected(sf, SEED + 1, **HARDER), model, ground), place(county, injected(county, SEED + 1, **HARDER), model, None)]
        again = fitted(model, places)
        bare = fitted(model, [_bare(one) for one in places])
    drift = float(np.abs(np.array([*msgspec.structs.astuple(again.weights), again.base, again.propose])
                         - [*msgspec.structs.astuple(model.weights), model.base, model.propose]).max())
    judged = [judge(one, model, bare, hard) for one, hard in zip(places, harder, strict=True)]
    for one in judged:
        data = f"{one.name}, {one.days}, {one.repeats} repeat callers"
        for key, what in (("precision", "proposals that are right"), ("recall", "repeat callers found")):
            report(name=f"likeness: {what}, {one.name}", value=100 * one.figures["model"][key], unit="%", peer="distance and time alone, tuned",
                   peer_value=100 * one.figures["rule"][key], runs=one.repeats, data=data)
        report(name=f"likeness: Brier score of the chances, {one.name}", value=one.brier, unit="", runs=one.lines, data=data)
        report(name=f"likeness: separate calls at one place, proposed wrongly, {one.name}", value=one.wrong_here["model"], unit="pairs",
               peer="distance and time alone, tuned", peer_value=one.wrong_here["rule"], runs=one.same_place, data=data)
    report(name="likeness: shipped weights against a fresh fit, largest difference", value=drift, unit="", limit=0.001, data="training days, both places")
    (ROOT / "docs" / "likeness.md").write_text(tell(model, bare, judged, places, HARDER), encoding="utf-8")
    report(name="likeness: fit and judgement", value=time.perf_counter() - began, unit="s", limit=300, data="both places, twice injected")


def _bare(one: Place) -> Place:
    """The same pairs with every measure but distance, doubt and time unknown."""
    measures = one.train.measures.copy()
    measures[:, 3:] = np.nan
    return replace(one, train=replace(one.train, measures=measures))


def judge(one: Place, model: Likeness, bare: Likeness, hard: Place) -> Judged:
    """Everything that is told of one place."""
    repeats = one.repeats(training=False)
    rule = best_rule(one.calls, one.train, one.repeats(training=True))
    lines = {"model": scored(one.calls, one.test, model), "bare": scored(one.calls, one.test, bare),
             "rule": shown(one.calls, one.test, ruled(one.test, rule))}
    threshold = {"model": model.propose, "bare": bare.propose, "rule": 0.5}
    figures = {name: _figures(one, lines[name], threshold[name], repeats) for name in lines}
    hard_lines = {"model": scored(hard.calls, hard.test, model), "bare": scored(hard.calls, hard.test, bare),
                  "rule": shown(hard.calls, hard.test, ruled(hard.test, rule))}
    hard_repeats = hard.repeats(training=False)
    score, same = lines["model"].score, lines["model"].same
    apart = {name: _separate(one, lines[name], threshold[name]) for name in lines}
    return Judged(
        name=one.real.name, days=f"the last {one.days - int(one.calls.day[one.test.call].min())} of {one.days} days", repeats=repeats,
        calls=int((one.calls.day >= one.calls.day[one.test.call].min()).sum()), lines=len(score), rule=rule, figures=figures,
        harder={name: _figures(hard, hard_lines[name], threshold[name], hard_repeats) for name in lines},
        brier=float(((score - same) ** 2).mean()), base_brier=float(same.mean() * (1 - same.mean())), bins=_bins(score, same),
        kinds=_by_kind(lines["model"], model.floor), same_place=apart["model"][0], wrong_here={name: found[1] for name, found in apart.items()},
        steps=[(step, *right(lines["model"], step, repeats)) for step in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)],
        detour=float(np.median((one.test.dist_m / np.maximum(one.test.straight_m, 1.0))[one.test.straight_m > 300])))


def _figures(one: Place, lines: Shown, threshold: float, repeats: int) -> dict[str, float]:
    precision, recall, proposals = right(lines, threshold, repeats)
    first = np.ones(len(lines.call), np.bool_)
    order = np.lexsort((-lines.score, lines.call))
    first[order[1:]] = lines.call[order[1:]] != lines.call[order[:-1]]
    return {"precision": precision, "recall": recall, "proposals": proposals, "first": float((first & lines.same & (lines.score > 0)).sum()) / max(1, repeats)}


def _bins(score: npt.NDArray[np.float64], same: npt.NDArray[np.bool_]) -> list[tuple[float, float, int, float, float]]:
    found = []
    for low in np.arange(10) / 10:
        inside = (score >= low) & ((score < low + 0.1) | (low == 0.9))
        count = int(inside.sum())
        found.append((float(low), float(low) + 0.1, count, float(score[inside].mean()) if count else 0.0, float(same[inside].mean()) if count else 0.0))
    return found


def _by_kind(lines: Shown, floor: float) -> list[tuple[str, int, float, float]]:
    found = []
    for akin, name in ((2, "the same kind"), (1, "akin"), (0, "another kind")):
        inside = (lines.akin == akin) & (lines.score >= floor)
        count = int(inside.sum())
        found.append((name, count, float(lines.score[inside].mean()) if count else 0.0, float(lines.same[inside].mean()) if count else 0.0))
    return found


def _separate(one: Place, lines: Shown, threshold: float) -> tuple[int, int]:
    """(pairs of two real emergencies within 50 m that were open at once, how many of them would have been proposed as one)."""
    calls = one.calls
    real = calls.first[lines.call] & ~lines.same
    home = {int(incident): i for i, incident in enumerate(calls.incident) if calls.first[i]}
    other = np.array([home[int(incident)] for incident in lines.incident])
    apart = np.array([float(far_m([calls.true_lon[i]], [calls.true_lat[i]], (float(calls.true_lon[j]), float(calls.true_lat[j])))[0]) if wanted else 1e9
                      for i, j, wanted in zip(lines.call, other, real, strict=True)])
    close = real & (apart <= SAME_PLACE_M)
    return int(close.sum()), int((close & (lines.score >= threshold)).sum())
