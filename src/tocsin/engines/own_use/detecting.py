"""The detectors, each over one person's day; plain counting but for the peers, who are held together by median and MAD.

Robust location and scale are those of Hampel 1974, 'The influence curve and its role in robust estimation': 1.4826 makes the median
absolute deviation that of a normal distribution. Counts of records are heavy-tailed, so logarithms are compared.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from tocsin.engines.own_use.shapes import DAY_US, Before, Found, Limits, Pattern, Use

_MOST = 50
_MAD_TO_SIGMA = 1.4826
_LEAST_SIGMA = 0.2
"""Peers who are all alike would make anything a deviation; a fifth more or less is never one."""


def detect(uses: Iterable[Use], before: Before, limits: Limits) -> tuple[Found, ...]:
    """Everything that is found in the uses of one day, in the order of person and pattern."""
    people: dict[str, list[Use]] = defaultdict(list)
    for use in sorted(uses, key=lambda one: (one.at, one.position)):
        people[use.staff].append(use)
    counts: dict[tuple[str, str], int] = {}
    for staff, own in people.items():
        for role in {use.role for use in own}:
            counts[staff, role] = len({use.record for use in own if use.role == role})
    found: list[Found] = []
    for staff in sorted(people):
        own = people[staff]
        found += [one for one in (_beyond(own, counts, before, limits), _off_post(own, limits), _over_and_over(own, before, limits),
                                  _bulk(own, limits), _long_closed(own, limits)) if one is not None]
    return tuple(found)


def _beyond(own: Sequence[Use], counts: dict[tuple[str, str], int], before: Before, limits: Limits) -> Found | None:
    limit, staff, day = limits.beyond_peers, own[0].staff, own[0].at // DAY_US
    for role in sorted({use.role for use in own}):
        count = counts[staff, role]
        if count < limit.least:
            continue
        others = {key: [*days.values()] for key, days in before.counts.items() if key[1] == role and key[0] != staff}
        days = np.array([one for kept in others.values() for one in kept], np.float64)
        if len(others) < limit.peers or len(days) < limit.peer_days:
            continue
        logs = np.log1p(days)
        middle = float(np.median(logs))
        sigma = max(_LEAST_SIGMA, _MAD_TO_SIGMA * float(np.median(np.abs(logs - middle))))
        away = (float(np.log1p(count)) - middle) / sigma
        if away >= limit.deviations:
            return _found("beyond_peers", [use for use in own if use.role == role], day,
                          records=count, peers_median=round(float(np.median(days)), 1), deviations=round(away, 1), allowed=limit.deviations)
    return None


def _off_post(own: Sequence[Use], limits: Limits) -> Found | None:
    off = [use for use in own if use.response and not use.on_duty and not use.tasked]
    return _many("off_post", off, limits.off_post.least)


def _over_and_over(own: Sequence[Use], before: Before, limits: Limits) -> Found | None:
    limit, day = limits.over_and_over, own[0].at // DAY_US
    seen: list[Use] = []
    most = 0
    for record in sorted({use.record for use in own if not use.tasked and use.response}):
        days = {one for one in before.untasked.get((own[0].staff, record), ()) if day - limit.of < one < day} | {day}
        if len(days) >= limit.days:
            most = max(most, len(days))
            seen += [use for use in own if use.record == record]
    return _found("over_and_over", seen, day, days=most, allowed=limit.days - 1) if seen else None


def _bulk(own: Sequence[Use], limits: Limits) -> Found | None:
    limit = limits.bulk
    first, inside = 0, defaultdict[str, int](int)
    best: Sequence[Use] = ()
    most = 0
    for last, use in enumerate(own):
        inside[use.record] += 1
        while own[first].at < use.at - limit.within_s * 1_000_000:
            inside[own[first].record] -= 1
            if not inside[own[first].record]:
                del inside[own[first].record]
            first += 1
        if len(inside) >= limit.least and len(inside) > most:
            most, best = len(inside), own[first:last + 1]
    return _found("bulk", best, own[0].at // DAY_US, records=most, within_s=limit.within_s, allowed=limit.least - 1) if best else None


def _long_closed(own: Sequence[Use], limits: Limits) -> Found | None:
    old = [use for use in own if use.response and not use.tasked and use.closed_s >= limits.long_closed.closed_s]
    return _many("long_closed", old, limits.long_closed.least)


def _many(pattern: Pattern, uses: Sequence[Use], least: int) -> Found | None:
    records = len({use.record for use in uses})
    return _found(pattern, uses, uses[0].at // DAY_US, records=records, allowed=least - 1) if records >= least else None


def _found(pattern: Pattern, uses: Sequence[Use], day: int, **measured: float) -> Found:
    return Found(pattern=pattern, staff=uses[0].staff, day=day, positions=tuple(use.position for use in uses[:_MOST]),
                 records=tuple(sorted({use.record for use in uses}))[:_MOST], measured=dict(measured))
