"""Everybody within reach: the fewest sites for a given time, and the shortest time for given sites."""

import numpy as np

from tocsin.engines.siting.conflict import conflict, parts_of, possible
from tocsin.engines.siting.covering import Reach, Worth, covers, gains
from tocsin.engines.siting.filling import Limits, fill
from tocsin.engines.siting.lagrange import floor_to
from tocsin.engines.siting.problem import Answer, Effort, Flags, Floats, Problem, Rules, Undecided, Watch
from tocsin.engines.siting.program import Program


def _greedy(near: Flags, rules: Rules) -> Floats:
    """Cover as much as the next site can, then leave out whom nobody needs; the count is not looked at."""
    sites, places = near.shape
    reach = Reach(np.concatenate([[0], np.cumsum(near.sum(axis=1))]).astype(np.int64), np.nonzero(near)[1].astype(np.int32))
    units = rules.least.copy()
    limits = Limits(rules.least, rules.most, rules.cost, float(sites), np.inf)
    worth = Worth(np.ones(places), np.zeros(places), np.array([1.0, 1.0]))
    fill(limits, units, lambda held: gains(reach, worth, held))
    count = covers(reach, units, places)
    for i in np.argsort(-rules.cost, kind="stable"):
        own = reach.place[reach.at[i]:reach.at[i + 1]]
        if units[i] > rules.least[i] and (count[own] > 1).all():
            units[i] -= 1
            count[own] -= 1
    return units


def _covered(near: Flags, units: Floats) -> bool:
    return bool(near[units > 0].any(axis=0).all())


def _told(units: Floats) -> tuple[int, ...]:
    return tuple(int(site) for site in np.flatnonzero(units > 0))


def fewest(problem: Problem, effort: Effort, watch: Watch) -> Answer:
    """See `lscp`; the value is how many, or what they cost."""
    near, rules = problem.near, Rules.of(problem, 1)
    sites = len(near)
    price = np.ones(sites) if problem.cost is None else rules.cost
    program = Program(-price, rules.least, rules.most, np.ones(sites, np.bool_))
    if (rules.least > rules.most).any() or not near[rules.most > 0].any(axis=0).all():
        raise conflict(problem, 1, near)
    patterns = np.unique(np.packbits(near, axis=0), axis=1, return_index=True)[1]   # places that the same sites cover are one
    place, site = np.nonzero(near[:, patterns].T)
    program.add(place, site, np.ones(len(place)), np.ones(len(patterns)), np.full(len(patterns), np.inf))
    if problem.count is not None:
        program.add_row(np.arange(sites), np.ones(sites), -np.inf, rules.count)
    if problem.budget is not None:
        program.add_row(np.arange(sites), rules.cost, -np.inf, rules.budget)
    start = _greedy(near, rules)
    allowed = rules.allow(start)
    watch.progress("program", 0.0, 1.0)
    outcome = program.solve(effort.nodes, start if allowed else None, watch.stop, effort.enough)
    if outcome.infeasible:
        raise conflict(problem, 1, near)
    units, how = start, "greedy"
    if outcome.values is not None and (not allowed or price @ np.round(outcome.values) < price @ start):
        units, how = np.round(outcome.values), "branch and bound"
    if outcome.values is None and not allowed:
        raise Undecided
    value = float(price @ units)
    grain = 1.0 if (price == np.round(price)).all() else 0.0
    bound = min(value, max(float(price @ rules.least), -floor_to(outcome.bound, grain)))
    if value - bound <= 1e-9 * max(value, 1.0):
        return Answer(_told(units), value, value, 0.0, "exact")
    return Answer(_told(units), value, bound, (value - bound) / max(abs(value), 1e-300), how)


def soonest(problem: Problem, effort: Effort, watch: Watch) -> Answer:
    """See `p_center`: halve between a time proven too short and one that sites were found for."""
    rules = Rules.of(problem, 1)
    parts = parts_of(problem, True)
    times = problem.time_s
    usable = times[rules.most > 0]
    if (rules.least > rules.most).any() or not np.isfinite(usable).any(axis=0).all():
        raise conflict(problem, 1, np.isfinite(times))
    distinct = np.unique(usable[np.isfinite(usable)])
    low = int(np.searchsorted(distinct, usable.min(axis=0).max())) - 1      # proven too short
    high = len(distinct)                                                    # sites were found for the one at high
    best: Floats | None = None
    under = low
    while high - under > 1:             # what greedy covers can do, which costs next to nothing
        at = (under + high) // 2
        units = _greedy(times <= distinct[at], rules)
        if rules.allow(units) and not problem.districts and _covered(times <= distinct[at], units):
            best, high = units, at
        else:
            under = at
    how, asked = "greedy", 0
    while high - low > 1 and not watch.stop():
        at = (low + high) // 2
        found, units_found = possible(problem, 1, parts, times <= distinct[at], effort.nodes, watch.stop)
        asked += 1
        watch.progress("program", 1 - 1 / (1 + asked), float(distinct[min(high, len(distinct) - 1)] / max(distinct[low + 1], 1e-9) - 1))
        if not found:
            low = at
        elif units_found is None:
            break
        else:
            best, how = units_found, "halving"
            high = int(np.searchsorted(distinct, times[units_found > 0].min(axis=0).max()))
    if best is None and low == len(distinct) - 1:
        raise conflict(problem, 1, np.isfinite(times))
    if best is None:
        raise Undecided
    value, bound = float(times[best > 0].min(axis=0).max()), float(distinct[low + 1])
    if bound >= value:
        return Answer(_told(best), value, value, 0.0, "exact")
    return Answer(_told(best), value, bound, (value - bound) / max(value, 1e-300), how)
