"""How many planted cases of misuse are found among weeks of ordinary use, and how many findings are false; beside a fixed threshold.

Drawn weeks of 120 made-up members of staff in four roles and shifts, with heavy-tailed days; whoever is planted is planted in the
last week. A finding is right where it is about a planted person, on a planted day, by the planted pattern. The peer is the rule that is
usual where nothing else is there: more than so many records in a day, the limit set so that it has no more false findings than the engine.
"""

from collections import defaultdict
from pathlib import Path
from time import perf_counter
from typing import Any

import msgspec
import numpy as np

from tocsin.engines.own_use import DAY_US, PATTERNS, Before, Limits, OwnKind, Use, detect

STAFF, WEEKS, WARM = 120, 4, 14
SEEDS = range(100, 104)
"""The limits were tried on other drawings (0 to 4) than those that are reported."""
PLANTED_EACH = 6
_NAMESAKES = (1e-5, 3e-3)
"""How often a caller has the viewer's own name, from a rare name to the commonest (about three in a thousand in some countries)."""
_ROLES = (("call_taker", 40, 35.0), ("dispatcher", 50, 30.0), ("supervisor", 15, 18.0), ("auditor", 15, 12.0))
_SAMPLE = Path(__file__).resolve().parent.parent / "src" / "tocsin" / "samples" / "watching.toml"


class Weeks:
    """One drawing: the uses by day, and what was planted as (pattern, staff, day)."""

    def __init__(self, seed: int) -> None:
        self.draw, self.position, self.days, self.planted = np.random.default_rng(seed), 0, defaultdict[int, list[Use]](list), set[tuple[str, str, int]]()
        self.staff = [(f"{role} {n}", role, mean) for role, count, mean in _ROLES for n in range(count)]
        self.namesakes = {name: float(np.exp(self.draw.uniform(*np.log(_NAMESAKES)))) for name, _, _ in self.staff}
        self.pace = {name: float(self.draw.lognormal(0.0, 0.3)) for name, _, _ in self.staff}
        self.last = WARM + WEEKS * 7
        for day in range(self.last):
            storm = float(self.draw.choice([1.0, 1.0, 1.0, 1.0, 1.6, 2.5]))  # some days are heavy for all
            for name, role, mean in self.staff:
                if self.draw.random() < 5 / 7:
                    self._ordinary(day, name, role, mean * self.pace[name] * storm)
        self._plant()

    def use(self, day: int, name: str, role: str, record: str, at_s: float, *, on_duty: bool = True, tasked: bool = True, closed_s: int = -1,
            own: tuple[OwnKind, ...] = ()) -> None:
        """One more showing."""
        self.position += 1
        self.days[day].append(Use(position=self.position, staff=name, role=role, record=record, at=day * DAY_US + int(at_s * 1e6), on_duty=on_duty,
                                  tasked=tasked, response=role != "auditor", closed_s=closed_s, own=own))

    def _ordinary(self, day: int, name: str, role: str, mean: float) -> None:
        count = int(self.draw.poisson(mean * self.draw.lognormal(-0.1, 0.45)))
        start = float(self.draw.choice([6, 14, 21])) * 3600
        for at in np.sort(self.draw.uniform(0, 8 * 3600, count)):
            # one in nine is a look over a colleague's shoulder, mostly at the day's own few big cases; a few are of something old
            without = self.draw.random() < 0.11
            big = without and self.draw.random() < 0.6
            record = f"big {(day // 4) * 10 + int(self.draw.zipf(2.0)) % 8}" if big else f"{day}-{int(self.draw.integers(0, 2500))}"
            old = without and not big and self.draw.random() < 0.04
            night, at_s = divmod(start + float(at), 86_400)
            self.use(day + int(night), name, role, record, at_s, on_duty=self.draw.random() > 0.01, tasked=not without,
                     closed_s=int(self.draw.integers(31, 300)) * 86_400 if old else -1, own=("name",) if self.draw.random() < self.namesakes[name] else ())
        if self.draw.random() < 0.01:  # a report or a shift's handing-over pages through many within minutes
            begin = float(self.draw.uniform(3600, 80_000))
            for n in range(int(self.draw.integers(15, 48))):
                self.use(day, name, role, f"{day}-{n}", begin + n * 14)

    def _plant(self) -> None:
        able = [one for one in self.staff if one[1] != "auditor"]
        for number, (name, role, mean) in enumerate(able[i] for i in self.draw.permutation(len(able))[:PLANTED_EACH * len(PATTERNS)]):
            pattern, day = PATTERNS[number % len(PATTERNS)], self.last - 1 - int(self.draw.integers(0, 3))
            self.planted.add((pattern, name, day))
            size = float(self.draw.uniform(0.5, 2.0))  # from faint to plain
            if pattern == "over_and_over":
                for back in range(round(4 + 2 * (size - 1))):
                    self.use(day - 2 * back, name, role, f"known {name}", 40_000, tasked=False)
            elif pattern == "beyond_peers":
                for n in range(int(mean * 6 * size)):
                    self.use(day, name, role, f"x{n}", 22_000 + n * 90, tasked=False)
            elif pattern == "own_record":  # once; some rang from another's number, and some of those found themselves a task
                self.use(day, name, role, f"own {name}", 33_000, tasked=size < 0.7 or size > 1.6, own=("name", "number") if size > 1.2 else ("name",))
            elif pattern == "bulk":
                for n in range(int(60 * size)):
                    self.use(day, name, role, f"b{n}", 50_000 + n * 8)
            else:
                for n in range(max(1, int(5 * size))):
                    off = pattern == "off_post"
                    self.use(day, name, role, f"{pattern}{n}", 10_000 + n * 200, on_duty=not off, tasked=False, closed_s=-1 if off else 90 * 86_400)


def run(report: Any) -> None:
    """Draw, find, count."""
    limits = msgspec.toml.decode(_SAMPLE.read_bytes(), type=Limits)
    right, wrong, missed = defaultdict[str, int](int), defaultdict[str, int](int), defaultdict[str, int](int)
    counted: list[tuple[int, bool]] = []
    seconds: list[float] = []
    for seed in SEEDS:
        weeks = Weeks(seed)
        found, days = _all(weeks, limits, seconds)
        at = {(who, day) for _, who, day in weeks.planted}
        for pattern, who, day in found:
            # the days on which somebody came back to the same record before the last one are planted too
            good = (pattern, who, day) in weeks.planted or (pattern == "over_and_over" and any(p == pattern and w == who for p, w, _ in weeks.planted))
            right[pattern] += (pattern, who, day) in weeks.planted
            wrong[pattern] += not good and (who, day) not in at
        for one in weeks.planted - found:
            missed[one[0]] += 1
        counted += [(count, one in at) for one, count in days.items()]
    staff_weeks = len(SEEDS) * STAFF * WEEKS / 100
    data = f"{len(SEEDS)} drawings of {STAFF} staff, {WEEKS} weeks; {PLANTED_EACH} planted a pattern"
    for pattern in PATTERNS:
        report(name=f"watching: {pattern}, precision", value=right[pattern] / max(1, right[pattern] + wrong[pattern]), unit="share", runs=len(SEEDS), data=data)
        report(name=f"watching: {pattern}, recall", value=right[pattern] / max(1, right[pattern] + missed[pattern]), unit="share", runs=len(SEEDS), data=data)
    allowed = sum(wrong.values())
    limit = next(limit for limit in range(1, 100_000) if sum(not good for count, good in counted if count > limit) <= allowed)
    fixed_found, fixed_wrong = (sum(good is wanted for count, good in counted if count > limit) for wanted in (True, False))
    peer = f"more than {limit} records a day"
    planted = len(SEEDS) * PLANTED_EACH * len(PATTERNS)
    report(name="watching: planted cases found", value=sum(right.values()) / planted, unit="share", peer=peer, peer_value=fixed_found / planted, runs=len(SEEDS), data=data)
    report(name="watching: false findings in 100 staff-weeks", value=sum(wrong.values()) / staff_weeks, unit="findings", peer=peer,
           peer_value=fixed_wrong / staff_weeks, runs=len(SEEDS), data=data)
    report(name="watching: one day looked at, median", value=float(np.median(seconds)) * 1000, unit="ms", runs=len(seconds), data=data)


def _all(weeks: Weeks, limits: Limits, seconds: list[float]) -> tuple[set[tuple[str, str, int]], dict[tuple[str, int], int]]:
    """What the engine finds in all days after the first fortnight, and how many records each person was shown on each."""
    found: set[tuple[str, str, int]] = set()
    shown: dict[tuple[str, int], int] = {}
    counts: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
    untasked: dict[tuple[str, str], set[int]] = defaultdict(set)
    for day in range(weeks.last):
        uses = weeks.days[day]
        if day >= WARM:
            before = Before(counts={key: {one: n for one, n in days.items() if one >= day - 14} for key, days in counts.items()}, untasked=untasked)
            begun = perf_counter()
            found |= {(one.pattern, one.staff, one.day) for one in detect(uses, before, limits)}
            seconds.append(perf_counter() - begun)
        today: dict[tuple[str, str], set[str]] = defaultdict(set)
        for use in uses:
            today[use.staff, use.role].add(use.record)
            if not use.tasked and use.response:
                untasked[use.staff, use.record].add(day)
        for key, records in today.items():
            counts[key][day] = len(records)
            if day >= WARM:
                shown[key[0], day] = len(records)
    return found, shown
