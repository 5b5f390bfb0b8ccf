"""How far any choice of who is sent could go: the fewest late calls of a day for one who knows all of it beforehand, as an integer program.

The game is the one that `play` plays without a policy: units go home to their own stations, each call is served by one unit to its end, and takes as long at
the scene and at the hospital whoever comes. A rule in it sends to each call, as soon as that is ready, any one of the free units that it likes. What it knows
of the future is not asked, so no rule that must guess can have fewer late; many will not be as good, however clever.

Each call is served once by a path of states (`chains`), a station's units are so many paths, and a unit that is home is in its station's pool. Every day that
a rule can play is one set of such paths with the same calls late, so the least over all sets is a bound; so is that of the relaxed program (Maxwell et al.
2014 bound relocation in the same spirit). To hold a call back though somebody is free is in no rule here: fewest would be late if far calls were left lying.
"""
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import coo_array

from tocsin.engines.standby.chains import Chains, chains
from tocsin.engines.standby.naming import named
from tocsin.engines.standby.world import Calls, Doubles, Fleet, World

_SURE = 1e-4
"""Of what the solver calls equal, in calls; taken in the bound's favour."""
_NONE_LEFT = 2
"""The solver's word for a program without a solution."""


class Hindsight(NamedTuple):
    """What is possible on a day; the fewest that any rule could have lies between the first two."""

    least: float
    """No rule has less late, in the weight of calls."""
    found: float
    """What was really had, played on the roads with the best units that were found for the day's calls; inf where somebody had to wait in all of them."""
    wait: int
    """How many calls might find nobody free if units were sent badly enough. Where it is 0 the bound holds for every rule; else for those that let it happen to none."""
    states: int
    """The size of the program."""


class _Program(NamedTuple):
    """Columns: arcs, then each state's way home, then each station's pool at each call. Rows: states, pools, calls; all are equations."""

    cost: Doubles
    matrix: Any
    right: Doubles
    whole: npt.NDArray[np.uint8]


def hindsight(world: World, calls: Calls, fleet: Fleet, within_s: Doubles, weight: Doubles | None = None, cell_s: float = 60.0, nodes: int = 0,
              kicks: int = 60, seed: int = 1) -> Hindsight:
    """The bound for a day that begins with everybody at home. `within_s` float64[c]: how soon each call is to be reached, from the call on; `weight` float64[c].

    Without `nodes` the relaxed program is solved; with them the whole one, in so many nodes at most, and its own bound is told if it is not solved by then.
    A smaller `cell_s` makes a larger, closer program. `kicks` and `seed` are those of the search for what is really had.
    ValueError where there is nothing to decide, or where some call finds nobody free whoever was sent to those before.
    """
    weight = np.ones(len(calls.called_s)) if weight is None else weight
    _check(world, calls, fleet, within_s, weight, cell_s)
    known = chains(world, calls, fleet, within_s, cell_s)
    least = max(_solved(_program(known, calls, fleet, weight), nodes) - _SURE, 0.0)
    if (weight == np.round(weight)).all():
        least = float(np.ceil(least))
    found = named(world, calls, fleet, calls.called_s + within_s, weight, kicks, seed)
    return Hindsight(least, found, int((known.serving >= len(fleet.home)).sum()), len(known.call))


def _solved(program: _Program, nodes: int) -> float:
    """What no solution is below."""
    for method in ("highs-ipm", "highs-ds"):
        relaxed = linprog(program.cost, A_eq=program.matrix, b_eq=program.right, bounds=(0, None), method=method)
        if relaxed.status in (0, _NONE_LEFT):
            break  # interior points are quicker, and now and then leave open whether there is a solution
    if relaxed.status == _NONE_LEFT:
        raise ValueError("some call of this day finds nobody free, whoever was sent to those before it")
    if relaxed.fun is None:
        raise RuntimeError(f"the relaxed program was not solved: {relaxed.message}")
    least = float(relaxed.fun)
    if not nodes:
        return least
    whole = milp(program.cost, constraints=LinearConstraint(program.matrix, program.right, program.right), bounds=Bounds(0, np.inf),
                 integrality=program.whole, options={"node_limit": nodes, "mip_rel_gap": 0.0})
    if whole.status == _NONE_LEFT:
        raise ValueError("some call of this day finds nobody free, whoever was sent to those before it")
    return least if whole.mip_dual_bound is None else max(least, float(whole.mip_dual_bound))


def _check(world: World, calls: Calls, fleet: Fleet, within_s: Doubles, weight: Doubles, cell_s: float) -> None:
    if not len(fleet.home) or not len(calls.called_s):
        raise ValueError("a day needs at least one unit and one call")
    if not len(calls.called_s) == len(within_s) == len(weight):
        raise ValueError("each call has one time to be reached in and one weight")
    if not np.isfinite(weight).all() or (weight < 0).any() or not cell_s > 0:
        raise ValueError("weights are finite numbers of 0 or more, a cell is longer than 0 s")
    if (np.diff(calls.ready_s) < 0).any():
        raise ValueError("calls come in the order in which they are ready")
    ends = np.concatenate((calls.junction, world.hospital[calls.junction[calls.transports > 0]]))
    if not np.isfinite(world.station_s[np.unique(fleet.home)][:, ends]).all():
        raise ValueError("from some place there is no way home")


def _program(known: Chains, calls: Calls, fleet: Fleet, weight: Doubles) -> _Program:
    """Who serves a call goes on to another or home; a pool holds who was in it at the call before and has come since, less who is sent."""
    stations, units = np.unique(fleet.home, return_counts=True)
    states, arcs, count, pools = len(known.call), len(known.tail), len(weight), len(stations) * len(weight)
    pool = states + np.searchsorted(stations, known.home) * count
    back = np.searchsorted(calls.ready_s, known.home_s)
    home, again, road, later = np.arange(states), back < count, known.tail >= 0, np.arange(pools) % count > 0
    arc, slot = np.arange(arcs), np.arange(pools)
    entries = [(known.head, arc, 1.0), (known.tail[road], arc[road], -1.0), (home, arcs + home, -1.0),
               (states + slot, arcs + states + slot, 1.0), (states + slot[later], arcs + states + slot[later] - 1, -1.0),
               ((pool + back)[again], arcs + home[again], -1.0), ((pool + known.call)[known.head[~road]], arc[~road], 1.0),
               (states + pools + known.call[known.head], arc, 1.0)]
    rows, columns = (np.concatenate([entry[part] for entry in entries]) for part in (0, 1))
    values = np.concatenate([np.full(len(entry[0]), entry[2]) for entry in entries])
    right = np.concatenate((np.zeros(states), np.where(later, 0, np.repeat(units, count)), np.ones(count)))
    cost = np.concatenate((np.where(known.late, weight[known.call], 0.0)[known.head], np.zeros(states + pools)))
    whole = np.concatenate((np.ones(arcs, np.uint8), np.zeros(states + pools, np.uint8)))
    return _Program(cost, coo_array((values, (rows, columns)), shape=(len(right), len(cost))).tocsc(), right, whole)
