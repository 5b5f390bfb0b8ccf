"""How little travel any beats as even could have, in one piece or not: what nearness evenness costs, whoever draws them."""
# Numba ships no types, so its decorator is untyped and what it returns is Any.
# mypy: disable-error-code="misc,untyped-decorator,no-any-return"

import numpy as np
from numba import njit

from tocsin.engines.beats.problem import Floats, Ground, Ints, Problem, ground_of

_PATIENCE, _SMOOTH, _FLATTEST, _STARTS = 8, 0.3, 1e-3, 10


def least_travel(problem: Problem, known_s: float, rounds: int = 400) -> tuple[float, list[Ints]]:
    """Seconds that no division with `problem.beats` posts and work as even as asked can be below, as `Beats.travel_s` measures, 0 or more; and
    the posts, int32[k] each, that the best prices choose, best first, from which good divisions are not far.

    `known_s` is the travel of some division, which the steps aim at. Each zone's belonging to one beat alone has a price, and so has evenness,
    the sum of squares by which work is off its mean; then every zone that could be a post says by itself how it would fill its beat at these prices,
    parts of zones allowed, and the k cheapest are a bound (Lagrangian relaxation: Mulvey, Beck 1984, Eur J Oper Res 18, 339-348, with a square instead of
    their capacity). Prices go by subgradient steps (Held, Wolfe, Crowder 1974). Contiguity is left out, so the bound is below what it allows.
    """
    ground = ground_of(problem)
    zones, beats, whole = len(ground.work), problem.beats, float(ground.weight.sum())
    mean, known = float(ground.work.sum()) / beats, known_s * whole
    off = (beats - 1) * (problem.even * mean) ** 2
    if not np.isfinite(off) or beats == 1:
        off = 0.0
    price = np.append(ground.weight * known_s * 1.5, known_s * whole / beats / (mean * mean) if off else 0.0)
    pace = np.append(ground.weight * known_s, 0.05 * price[-1] / off if off else 0.0)
    best, bolder, since, heading = 0.0, 1.0, 0, np.zeros(zones + 1)
    starts: dict[tuple[int, ...], float] = {}
    for _ in range(rounds):
        value, slope, chosen = _priced(ground, price[:zones], float(price[-1]), mean, beats)
        value, slope[-1] = value - price[-1] * off, slope[-1] - off
        since = 0 if value > best + 1e-9 * known else since + 1
        best, key = max(best, value), tuple(sorted(chosen.tolist()))
        starts[key] = max(starts.get(key, -np.inf), value)
        if since >= _PATIENCE:
            bolder, since = bolder / 2, 0
            if bolder < _FLATTEST:
                break
        heading = (1 - _SMOOTH) * slope + _SMOOTH * heading
        size = float(heading @ (pace * heading))
        if size <= 0 or value >= known:
            break
        price = price + bolder * (known - value) / size * pace * heading
        price[-1] = max(price[-1], 0.0)
    return float(best / whole), [np.array(key, np.int32) for key in sorted(starts, key=lambda key: -starts[key])[:_STARTS]]


@njit(cache=True, nogil=True)
def _filled(ground: Ground, post: int, price: Floats, square: float, mean: float, order: Floats, part: Floats) -> tuple[float, float]:
    """The least that a beat round this post costs at these prices, and its work; `order` is room to work in, `part` float64[n] who belongs to it."""
    part[:] = 0.0
    cost, high = square * mean * mean, 0
    zones = np.empty(len(price), np.int64)
    for zone in range(len(price)):
        due, work = ground.weight[zone] * ground.time_s[post, zone] - price[zone], ground.work[zone]
        if work <= 0:
            if due < 0:
                part[zone] = 1.0
                cost += due
        elif due < 2 * square * mean * work:
            zones[high], order[high] = zone, due / work
            high += 1
    load = 0.0
    for place in np.argsort(order[:high]):
        zone, dear = zones[place], order[place]
        room = ground.work[zone]
        if square > 0:
            room = min(room, mean - dear / (2 * square) - load)
        elif dear >= 0:
            room = 0.0
        if room <= 0:
            break
        load += room
        cost += dear * room
        part[zone] = room / ground.work[zone]
    return cost + square * ((load - mean) ** 2 - mean * mean), load


@njit(cache=True, nogil=True)
def _priced(ground: Ground, price: Floats, square: float, mean: float, beats: int) -> tuple[float, Floats, Ints]:
    """The bound at these prices, but for what evenness may be off; how it would grow with each price, float64[n + 1]; and the posts, int32[k]."""
    zones = len(price)
    order, part, cost = np.empty(zones), np.empty(zones), np.empty(zones)
    for post in range(zones):
        cost[post], _ = _filled(ground, post, price, square, mean, order, part)
    value, slope = price.sum(), np.ones(zones + 1)
    slope[zones] = 0.0
    posts = np.argsort(cost)[:beats]
    for post in posts:
        value += cost[post]
        _, load = _filled(ground, post, price, square, mean, order, part)
        slope[:zones] -= part
        slope[zones] += (load - mean) ** 2
    return value, slope, posts.astype(np.int32)
