"""Positions that can hardly be true, though nothing in them says so: marked, so that whoever looks at the map sees it, never dropped."""

from math import cos, hypot, radians

import msgspec

from tocsin.trail.fix import MAX_SPEED_MPS, Fix

COARSE_M = 100.0
"""An accuracy beyond this is a guess from radio masts rather than satellites: the wrong street, or the wrong side of a river."""
_SLACK_M = 300.0
"""What satellites err by between high walls; nobody is doubted for less."""
_M_PER_DEGREE = 111_320.0


class Doubting:
    """Remembers where each unit was last surely known to be. Used under the trail's lock."""

    def __init__(self) -> None:
        self._sound: dict[str, Fix] = {}

    def looked(self, fix: Fix, before: Fix | None) -> Fix:
        """The fix, marked where no vehicle gets there from the unit's last sound place. One that goes on from a marked `before` is sound:
        then it was the place before that which was wrong, or the unit was carried."""
        if before is None:
            self._sound[fix.unit] = fix
            return fix
        sound = self._sound.get(fix.unit, before)
        if _beyond(sound, fix) and (not before.jumped or _beyond(before, fix)):
            return msgspec.structs.replace(fix, jumped=True)
        self._sound[fix.unit] = fix
        return fix

    def forget(self, unit: str) -> None:
        """Its shift ended: where the next one begins says nothing of this."""
        self._sound.pop(unit, None)


def _beyond(before: Fix, after: Fix) -> bool:
    """Whether the way between two fixes is longer than the fastest vehicle makes in the time, beyond what both may err by."""
    way_m = _M_PER_DEGREE * hypot(((after.lon - before.lon + 180.0) % 360.0 - 180.0) * cos(radians(after.lat)), after.lat - before.lat)
    err_m = (before.accuracy_m or 0.0) + (after.accuracy_m or 0.0) + _SLACK_M
    return way_m - err_m > MAX_SPEED_MPS * abs(after.device_at - before.device_at) / 1_000_000
