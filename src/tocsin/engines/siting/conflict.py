"""Why there is no answer: the fewest demands that cannot hold together, found by leaving each out in turn, in words for people."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from tocsin.engines.siting.problem import Flags, Floats, Problem, never
from tocsin.engines.siting.program import Program
from tocsin.kernel import Words

_NODES = 2_000


@dataclass(frozen=True)
class Part:
    """One demand: `kind` is count, budget, keep, bar, district or everyone; `which` is its site or the district's place in the list."""

    kind: str
    which: int = -1


class Conflict(Exception):
    """No sites respect all that was asked; `parts` cannot hold together, and each of them is needed for that."""

    def __init__(self, problem: Problem, parts: Sequence[Part]) -> None:
        self.problem, self.parts = problem, tuple(parts)
        super().__init__(self.words().en)

    def words(self, names: Sequence[str] = ()) -> Words:
        """The demands in both languages; `names` are those of the sites, which else are told by their number in the table."""
        told = [_tell(self.problem, part, names) for part in self.parts]
        return Words(f"These cannot hold together: {'; '.join(one.en for one in told)}. Give up or change one of them.",
                     f"以下要求无法同时满足：{'；'.join(one.zh for one in told)}。请放弃或修改其中一项。")


def _tell(problem: Problem, part: Part, names: Sequence[str]) -> Words:
    site = names[part.which] if names and part.kind in ("keep", "bar") else f"{part.which + 1}"
    if part.kind == "count":
        return Words(f"at most {problem.count} units", f"最多 {problem.count} 个单位")
    if part.kind == "budget":
        return Words(f"at most {problem.budget:g} is spent", f"花费不超过 {problem.budget:g}")
    if part.kind == "keep":
        return Words(f"site {site} is kept", f"保留站点 {site}")
    if part.kind == "bar":
        return Words(f"site {site} is barred", f"禁用站点 {site}")
    if part.kind == "everyone":
        return Words("every place is within reach", "每个地点都在可达范围内")
    one = problem.districts[part.which]
    return Words(f"at least {one.share:.0%} of {one.name} within {problem.reach_s:g} s",
                 f"{one.name} 至少 {one.share:.0%} 在 {problem.reach_s:g} 秒内可达")


def parts_of(problem: Problem, everyone: bool) -> list[Part]:
    """All that was asked, in the order in which it is tried to do without."""
    parts = [Part("bar", site) for site in sorted(set(problem.bar))] + [Part("keep", site) for site in sorted(set(problem.keep))]
    parts += [Part("district", which) for which in range(len(problem.districts))]
    if problem.budget is not None:
        parts.append(Part("budget"))
    if problem.count is not None:
        parts.append(Part("count"))
    return [*parts, Part("everyone")] if everyone else parts


def possible(problem: Problem, stack: int, parts: Sequence[Part], near: Flags, nodes: int = _NODES,
             stop: Callable[[], bool] = never) -> tuple[bool, Floats | None]:
    """Whether any units respect these parts, and which (float64[n]); `near` is what covers everyone, districts go by `reach_s`.

    What could not be decided within the nodes is (True, None): possible for all that is known, so that no conflict is ever told
    that is none.
    """
    asked = set(parts)
    sites, places = near.shape
    least, most = np.zeros(sites), np.full(sites, float(stack))
    for part in asked:
        if part.kind == "keep":
            least[part.which] = 1.0
        elif part.kind == "bar":
            most[part.which] = 0.0
    if (least > most).any():
        return False, None
    which = [part.which for part in parts if part.kind == "district"]
    inside = np.unique(np.concatenate([np.zeros(0, np.int64), *[problem.districts[one].places for one in which]])).astype(np.int64)
    width = sites + len(inside)
    program = Program(np.zeros(width), np.concatenate([least, np.zeros(len(inside))]),
                      np.concatenate([most, np.ones(len(inside))]), np.arange(width) < sites)
    if Part("count") in asked and problem.count is not None:
        program.add_row(np.arange(sites), np.ones(sites), -np.inf, float(problem.count))
    if Part("budget") in asked and problem.cost is not None and problem.budget is not None:
        program.add_row(np.arange(sites), problem.cost.astype(np.float64), -np.inf, problem.budget)
    if Part("everyone") in asked:
        place, site = np.nonzero(near.T)
        program.add(place, site, np.ones(len(place)), np.ones(places), np.full(places, np.inf))
    if which:
        place, site = np.nonzero(problem.near[:, inside].T)
        program.add(np.concatenate([place, np.arange(len(inside))]), np.concatenate([site, sites + np.arange(len(inside))]),
                    np.concatenate([np.ones(len(place)), -np.ones(len(inside))]), np.zeros(len(inside)), np.full(len(inside), np.inf))
        needs = problem.needs()
        for one in which:
            own = np.searchsorted(inside, np.unique(problem.districts[one].places))
            program.add_row(sites + own, problem.weight[inside[own]], needs[one] * (1 - 1e-9), np.inf)
    outcome = program.solve(nodes, stop=stop)
    if outcome.infeasible:
        return False, None
    return True, None if outcome.values is None else np.round(outcome.values[:sites])


def conflict(problem: Problem, stack: int, everyone: Flags | None = None) -> Conflict:
    """The irreducible conflict of a problem that has no answer; `everyone` is what would cover every place, where that was asked."""
    near = problem.near if everyone is None else everyone
    parts = parts_of(problem, everyone is not None)
    for kind in ("bar", "keep", "district"):
        without = [part for part in parts if part.kind != kind]
        if len(without) < len(parts) and not possible(problem, stack, without, near)[0]:
            parts = without
    parts = _halved(problem, stack, near, parts)
    for part in list(parts):
        without = [other for other in parts if other != part]
        if not possible(problem, stack, without, near)[0]:
            parts = without
    return Conflict(problem, parts)


def _halved(problem: Problem, stack: int, near: Flags, parts: list[Part]) -> list[Part]:
    """Leave out large pieces while that changes nothing, so that hundreds of barred sites take few steps."""
    size = len(parts) // 2
    while size > 1:
        at = 0
        while at < len(parts):
            without = parts[:at] + parts[at + size:]
            if not possible(problem, stack, without, near)[0]:
                parts = without
            else:
                at += size
        size //= 2
    return parts
