"""Stretches of a unit's positions put on the streets, and which of them cannot be learnt from: fixed rules, none of which looks at a model."""

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from tocsin.city import City
from tocsin.city.calibrate.observing import Observed, observe, tracks
from tocsin.city.calibrate.runs import DRIVE_S, Ints
from tocsin.engines.roads import Roads
from tocsin.trail import Fix

LEAST_POSITIONS = 6
ROUGH_M = 50.0
"""A position rougher than that may be on any of several streets; as may a stretch of which half are so."""
APART_S = 30.0
ON_STREETS = 0.8
_AT_ONCE = 25

NONE = "no positions"
FEW = f"fewer than {LEAST_POSITIONS} positions"
ROUGH = f"half of the positions rougher than {ROUGH_M:.0f} m"
APART = f"positions {APART_S:.0f} s apart or more"
LENGTH = f"under {DRIVE_S[0]:.0f} s or over {DRIVE_S[1] / 60:.0f} min"
OFF = "off the streets"
NO_STREET = "no street driven from end to end"


def fault_of(stretch: Sequence[Fix]) -> str:
    """The first rule that speaks against learning from a stretch before it is matched, "" if none does."""
    if not stretch:
        return NONE
    at = sorted({fix.device_at for fix in stretch})
    if len(at) < LEAST_POSITIONS:
        return FEW
    if not DRIVE_S[0] <= (at[-1] - at[0]) / 1e6 <= DRIVE_S[1]:
        return LENGTH
    if np.median([fix.accuracy_m or 0.0 for fix in stretch]) > ROUGH_M:
        return ROUGH
    return APART if np.median(np.diff(at)) / 1e6 >= APART_S else ""


class Learner:
    """Puts stretches on one city's streets; made once, since it holds arrays as long as the network."""

    def __init__(self, city: City) -> None:
        self._city = city
        usable = city.usable("emergency")
        self._matcher = Roads(city.network, city.topology).matcher(usable, usable & ~city.usable("ordinary"))

    def learn(self, stretches: Sequence[Sequence[Fix]], progress: Callable[[int, int], None] = lambda done, of: None) -> tuple[Observed, Counter[str]]:
        """The streets that drives took from end to end, and how many stretches each rule left out. A drive's number is its stretch's place; `progress` is told how many are done."""
        faults = [fault_of(stretch) for stretch in stretches]
        left = Counter(fault for fault in faults if fault)
        fit = np.array([place for place, fault in enumerate(faults) if not fault], np.int64)
        parts = [nothing()]
        for start in range(0, len(fit), _AT_ONCE):
            parts.append(self._matched(stretches, fit[start : start + _AT_ONCE], left))
            progress(min(start + _AT_ONCE, len(fit)), len(fit))
        return Observed(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("arc", "hour", "drive", "seconds"))), +left

    def _matched(self, stretches: Sequence[Sequence[Fix]], places: Ints, left: Counter[str]) -> Observed:
        given = tracks([stretches[place] for place in places.tolist()])
        found = self._matcher.match(given)
        on = np.add.reduceat((found.arc >= 0).astype(float), given.at[:-1]) / np.diff(given.at)
        seen = observe(found, self._city.network.dist_m, self._city.manifest.timezone)
        sound = on[seen.drive] >= ON_STREETS
        left[OFF] += int((on < ON_STREETS).sum())
        left[NO_STREET] += int((on >= ON_STREETS).sum()) - len(np.unique(seen.drive[sound]))
        return Observed(seen.arc[sound], seen.hour[sound], places[seen.drive[sound]], seen.seconds[sound])


def nothing() -> Observed:
    """No street driven."""
    return Observed(np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
