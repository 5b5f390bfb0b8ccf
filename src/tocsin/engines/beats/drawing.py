"""Beats out of posts: an even division at the least travel by linear program, made to hang together, then improved at its borders."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix, vstack

from tocsin.engines.beats.borders import best_post, grow, improve
from tocsin.engines.beats.bound import least_travel
from tocsin.engines.beats.problem import Beats, Ground, Ints, Problem, ground_of, uneven

_TURNS, _NEAREST = 8, 12
_solve: Any = linprog        # its stubs know nothing of sparse tables


def unwatched(share: float) -> None:
    """Nobody asks how far it is."""


def draw(problem: Problem, posts: Ints, steps: int = 2_000, tries: int = 6, progress: Callable[[float], None] = unwatched) -> Beats:
    """Draw beats from a start: k different zones that are near to all, for which the p-median of the same times and weights is good.

    Zones are shared out among the posts at the least travel with every beat's work within `even` of the mean (a transportation
    problem, as Hess et al. 1965 did for constituencies, Oper Res 13, 998-1006), each beat takes the post that suits it best, and so on
    while travel falls. What does not hang together goes to a bordering beat; then borders are searched for `steps` steps. Other starts
    follow: `tries` that the prices of the bound choose, then as many times the best so far with one post put elsewhere, those first
    that promise most. Equal input gives equal beats. `met` is false where nothing even enough was found.
    """
    if len(posts) != problem.beats or len(np.unique(posts)) != problem.beats:
        raise ValueError("posts are as many different zones as there are to be beats")
    ground = ground_of(problem)
    best, beat = _from(problem, ground, posts.astype(np.int32), steps)
    least_s, starts = least_travel(problem, told(problem, beat).travel_s)
    starts, first = starts[:tries], min(tries, len(starts))
    for turn in range(first + tries):
        progress((turn + 1) / (first + tries + 1))
        if turn == first:
            starts = _others(ground, told(problem, beat).post)
        if not starts:
            break
        cost, other = _from(problem, ground, starts.pop(0), steps)
        if cost < best * (1 - 1e-6):
            best, beat = cost, other
            if turn >= first:
                starts = _others(ground, told(problem, beat).post)
    improve(ground, beat, told(problem, beat).post, problem.even, 2 * steps)
    progress(1.0)
    return replace(told(problem, beat), least_s=least_s)


def _from(problem: Problem, ground: Ground, post: Ints, steps: int) -> tuple[float, Ints]:
    """Beats out of one start, and their weighted seconds; inf where they are not even enough."""
    best, beat = np.inf, _nearest(ground, post)
    for _ in range(_TURNS):
        shared = _shared(problem, ground, post)
        if shared is None:
            break
        found = [best_post(ground, shared, which) for which in range(problem.beats)]
        travel = sum(cost for _, cost in found)
        if min(zone for zone, _ in found) < 0 or travel >= best * (1 - 1e-4):
            break
        best, beat, post = travel, shared, np.array([zone for zone, _ in found], np.int32)
    beat[post] = np.arange(len(post))
    grow(ground, beat, post)
    return improve(ground, beat, post, problem.even, steps), beat


def _others(ground: Ground, post: Ints) -> list[Ints]:
    """Starts that differ in one post, put where it then helps most, in the order of their travel without regard to evenness."""
    found = []
    for place in range(len(post)):
        rest = np.delete(post, place)
        near = ground.time_s[rest].min(axis=0) if len(rest) else np.full(len(ground.work), np.inf)
        total = np.minimum(ground.time_s, near) @ ground.weight
        total[post] = np.inf
        found.append((float(total.min()), np.append(rest, total.argmin()).astype(np.int32)))
    return [start for _, start in sorted(found, key=lambda one: one[0])]


def told(problem: Problem, beat: Ints) -> Beats:
    """A division as it is: its best posts, travel and evenness; for one that others drew too. Every beat, 0 … k - 1, has a zone."""
    ground = ground_of(problem)
    found = [best_post(ground, beat, which) for which in range(problem.beats)]
    if min(zone for zone, _ in found) < 0:
        raise ValueError("every beat has a zone at least")
    work_s = np.bincount(beat, problem.work_s, problem.beats).astype(np.float64)
    off = uneven(work_s)
    return Beats(beat.astype(np.int32), np.array([zone for zone, _ in found], np.int32), work_s, sum(cost for _, cost in found) / float(ground.weight.sum()),
                 off, off <= problem.even * (1 + 1e-6))


def _nearest(ground: Ground, post: Ints) -> Ints:
    beat = np.asarray(ground.time_s[post].argmin(axis=0), np.int32)
    beat[post] = np.arange(len(post))
    return beat


def _shared(problem: Problem, ground: Ground, post: Ints) -> Ints | None:
    """Zones shared out evenly among posts at the least travel, each whole; None where its few nearest posts cannot."""
    zones, beats = len(ground.work), len(post)
    times = ground.time_s[post].astype(np.float64)
    for nearest in (min(_NEAREST, beats), beats):
        near = np.argsort(times, axis=0, kind="stable")[:nearest].T
        at, zone = near.ravel(), np.repeat(np.arange(zones), nearest)
        cost = times[at, zone] * ground.weight[zone] + 1e-9 * times[at, zone]
        columns, mean = np.arange(len(at)), ground.work.sum() / beats
        load = csr_matrix((ground.work[zone] / mean, (at, columns)), shape=(beats, len(at)))
        room = min(problem.even * 0.9, float(beats))    # no beat has more than all the work
        found: Any = _solve(cost / max(cost.max(), 1e-300), A_ub=vstack([load, -load]), b_ub=np.concatenate([np.full(beats, 1 + room), np.full(beats, room - 1)]),
                        A_eq=csr_matrix((np.ones(len(at)), (zone, columns)), shape=(zones, len(at))), b_eq=np.ones(zones), bounds=(0, 1), method="highs")
        if found.status == 0:
            part = found.x.reshape(zones, nearest)
            beat = np.asarray(near[np.arange(zones), part.argmax(axis=1)], np.int32)
            beat[post] = np.arange(beats)
            return beat
        if nearest == beats:
            break
    return None
