"""The detectors, each over one person's day; plain counting but for the peers, who are held together by median and MAD.

Robust location and scale are those of Hampel 1974, 'The influence curve and its role in robust estimation': 1.4826 makes the median
absolute deviation that of a normal distribution. Counts of records are heavy-tailed, so logarithms are compared.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from tocsin.engines.own_use.own import OWN_KINDS
from tocsin.engines.own_use.shapes import DAY_US, Before, Found, Limits, Pattern, Use

_MOST = 50
_MAD_TO_SIGMA = 1.4826
_LEAST_SIGMA = 0.2
"""Peers who are all alike would make anything a deviation; a fifth more or less is never one."""


class Apart(msgspec.Struct, frozen=True):
    """People of one role: who was at work today and the logarithm of their count; and how far apart each of the days before was."""

    who: npt.NDArray[np.str_]
    today: npt.NDArray[np.float64]
    before: list[tuple[str, float]]


def detect(uses: Iterable[Use], before: Before, limits: Limits) -> tuple[Found, ...]:
    """Everything that is found in the uses of one day, in the order of person and pattern."""
    people: dict[str, list[Use]] = defaultdict(list)
    for use in sorted(uses, key=lambda one: (one.at, one.position)):
        people[use.staff].append(use)
    counts: dict[tuple[str, str], int] = {}
    for staff, own in people.items():
        for role in {use.role for use in own}:
            counts[staff, role] = len({use.record for use in own if use.role == role})
    apart = _apart(counts, before, limits.beyond_peers.peers)
    seen_by: dict[str, set[str]] = defaultdict(set)
    for staff, record in before.untasked:
        seen_by[record].add(staff)
    found: list[Found] = []
    for staff in sorted(people):
        own = people[staff]
        found += [one for one in (_beyond(own, apart, limits), _off_post(own, limits), _over_and_over(own, before, seen_by, limits),
                                  _bulk(own, limits), _long_closed(own, limits), _own_record(own, limits)) if one is not None]
    return tuple(found)


def _beyond(own: Sequence[Use], apart: dict[str, Apart], limits: Limits) -> Found | None:
    limit, staff = limits.beyond_peers, own[0].staff
    for role in sorted({use.role for use in own}):
        mine = [use for use in own if use.role == role]
        count = len({use.record for use in mine})
        others = apart[role].today[apart[role].who != staff] if role in apart else np.zeros(0)
        if count < limit.least or len(others) < limit.peers:
            continue
        days = np.array([away for who, away in apart[role].before if who != staff])
        people = {who for who, _ in apart[role].before if who != staff}
        if len(people) < limit.peers or len(days) < limit.peer_days:
            continue
        sigma = max(_LEAST_SIGMA, _MAD_TO_SIGMA * float(np.median(np.abs(days - np.median(days)))))
        away = (float(np.log1p(count)) - float(np.median(others))) / sigma
        if away >= limit.deviations:
            return _found("beyond_peers", mine, own[0].at // DAY_US, records=count, peers_median=round(float(np.expm1(np.median(others))), 1),
                          deviations=round(away, 1), allowed=limit.deviations)
    return None


def _apart(counts: dict[tuple[str, str], int], before: Before, least: int) -> dict[str, Apart]:
    """By role: how far each person's day was from the middle of that same day. A storm is heavy for all, and makes nobody stand out."""
    days: dict[tuple[str, int], list[tuple[str, float]]] = defaultdict(list)
    for (staff, role), kept in before.counts.items():
        for day, count in kept.items():
            days[role, day].append((staff, float(np.log1p(count))))
    found = {}
    for role in {role for _, role in counts}:
        today = [(staff, float(np.log1p(count))) for (staff, one), count in counts.items() if one == role]
        earlier = [(staff, away - middle) for (one, _), logs in days.items() if one == role and len(logs) >= least
                   for middle in [float(np.median([log for _, log in logs]))] for staff, away in logs]
        found[role] = Apart(np.array([staff for staff, _ in today]), np.array([log for _, log in today]), earlier)
    return found


def _off_post(own: Sequence[Use], limits: Limits) -> Found | None:
    off = [use for use in own if use.response and not use.on_duty and not use.tasked]
    return _many("off_post", off, limits.off_post.least)


def _over_and_over(own: Sequence[Use], before: Before, seen_by: dict[str, set[str]], limits: Limits) -> Found | None:
    limit, day = limits.over_and_over, own[0].at // DAY_US
    seen: list[Use] = []
    most = 0
    for record in sorted({use.record for use in own if not use.tasked and use.response}):
        if len(seen_by.get(record, set()) - {own[0].staff}) >= limit.common:
            continue  # a case that the whole floor looks at
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


def _own_record(own: Sequence[Use], limits: Limits) -> Found | None:
    theirs = [use for use in own if {"number", "address"}.intersection(use.own) or ("name" in use.own and not use.tasked)]
    records = len({use.record for use in theirs})
    if not theirs or records < limits.own_record.least:
        return None
    counted = {f"own_{kind}": len({use.record for use in theirs if kind in use.own}) for kind in OWN_KINDS}
    return _found("own_record", theirs, theirs[0].at // DAY_US, records=records, **{name: count for name, count in counted.items() if count})


def _many(pattern: Pattern, uses: Sequence[Use], least: int) -> Found | None:
    records = len({use.record for use in uses})
    return _found(pattern, uses, uses[0].at // DAY_US, records=records, allowed=least - 1) if records >= least else None


def _found(pattern: Pattern, uses: Sequence[Use], day: int, **measured: float) -> Found:
    return Found(pattern=pattern, staff=uses[0].staff, day=day, positions=tuple(use.position for use in uses[:_MOST]),
                 records=tuple(sorted({use.record for use in uses}))[:_MOST], measured=dict(measured))
