"""Filling needs with units exactly: which units, for which skill, at the least cost; and what units that were sent leave open."""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from tocsin.facts.dispatch import Need

_NEVER = 1e9


def fill(needs: tuple[Need, ...], skills: Sequence[tuple[str, ...]], eta_s: Sequence[int], lacks: Sequence[str],
         dear_s: Sequence[float] = ()) -> list[tuple[int, str]]:
    """The units (as indices, ascending) that fill the needs at the least sum of costs, each with the skill it is for.

    A unit costs its arrival and, where given, `dear_s`: what the rest of the city loses by its going, weighed in seconds. An
    assignment problem, solved exactly: as many units of need filled as can be, and among those ways the cheapest. A unit
    fills one slot, whatever else it can do.
    """
    slots = [need.skill for need in needs for _ in range(need.count)]
    fit = [i for i in range(len(skills)) if not lacks[i] and eta_s[i] >= 0]
    if not slots or not fit:
        return []
    cost = np.full((len(slots), len(fit)), _NEVER)
    for column, i in enumerate(fit):
        for row, skill in enumerate(slots):
            if skill in skills[i]:
                cost[row, column] = eta_s[i] + (dear_s[i] if dear_s else 0.0) + 1e-6 * column
    rows, columns = linear_sum_assignment(cost)
    return sorted((fit[column], slots[row]) for row, column in zip(rows, columns, strict=True) if cost[row, column] < _NEVER)


def left_open(needs: Sequence[Need], skills: Sequence[tuple[str, ...]]) -> tuple[Need, ...]:
    """What of the needs these units leave open when each fills one slot and as many slots are filled as can be.

    A matching grown one slot at a time (each may move those before it to other units), so that a slot once filled stays so
    and the first needs named are the first filled.
    """
    slots = [need.skill for need in needs for _ in range(need.count)]
    holds: dict[int, int] = {}

    def settle(slot: int, tried: set[int]) -> bool:
        for unit, own in enumerate(skills):
            if slots[slot] in own and unit not in tried:
                tried.add(unit)
                if unit not in holds or settle(holds[unit], tried):
                    holds[unit] = slot
                    return True
        return False

    missing = [slots[slot] for slot in range(len(slots)) if not settle(slot, set())]
    return tuple(Need(skill=skill, count=missing.count(skill)) for skill in dict.fromkeys(missing))
