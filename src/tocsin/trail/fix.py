"""A position as a device tells it, and what is wrong with those that cannot be true."""

from math import isfinite
from typing import Literal

import msgspec

from tocsin.kernel import Instant, Words

MAX_UNIT = 64
MAX_ACCURACY_M = 10_000.0
MAX_SPEED_MPS = 150.0
"""Half again what a rescue helicopter flies."""
AHEAD_US = 120_000_000
"""How far a device's clock may be ahead of ours."""

Verdict = Literal[
    "kept", "late", "repeated", "trail.bad-unit", "trail.out-of-range", "trail.no-fix", "trail.absurd-accuracy",
    "trail.absurd-motion", "trail.from-the-future", "trail.too-old", "trail.too-many-units"]
"""`kept` moved the unit; `late` went to its history only; `repeated` was known; the others were refused."""

REFUSALS: dict[str, Words] = {
    "trail.bad-unit": Words(f"A unit's name is 1 to {MAX_UNIT} characters.", f"单位名称须为 1 至 {MAX_UNIT} 个字符。"),
    "trail.out-of-range": Words("The longitude or latitude is not on the earth.", "经度或纬度超出范围。"),
    "trail.no-fix": Words("The position is 0, 0: the device has no fix yet.", "位置为 0, 0：设备尚未定位。"),
    "trail.absurd-accuracy": Words("The accuracy is negative or beyond ten kilometres.", "精度为负或超过十公里。"),
    "trail.absurd-motion": Words("The speed or heading cannot be true.", "速度或方向不合理。"),
    "trail.from-the-future": Words("The device's clock is more than two minutes ahead.", "设备时钟超前两分钟以上。"),
    "trail.too-old": Words("The position is older than positions are kept.", "该位置早于保留期限。"),
    "trail.too-many-units": Words("More units report than the trail has room for.", "上报位置的单位数量超出上限。"),
}


class Fix(msgspec.Struct, frozen=True, gc=False):
    """Where a unit was: degrees in WGS 84, by its device's clock and by ours; None where the device did not say."""

    unit: str
    lon: float
    lat: float
    device_at: Instant
    heard_at: Instant
    accuracy_m: float | None = None
    speed_mps: float | None = None
    heading_deg: float | None = None
    jumped: bool = False
    """Whether no vehicle gets here from where the unit was known to be (`doubting.py`). It is shown, and not kept in history, whose neighbours tell it."""


class Latest(msgspec.Struct, frozen=True, gc=False):
    """The newest known position of a unit, or None once its shift ended; `seq` grows with every change of any unit."""

    unit: str
    seq: int
    fix: Fix | None


def fault_of(fix: Fix, now: Instant, keep_us: int) -> Verdict | None:
    """Why the fix cannot be taken; None when it can. Comparisons are written so that NaN fails them."""
    if not 0 < len(fix.unit) <= MAX_UNIT or not fix.unit.isprintable():
        return "trail.bad-unit"
    if not (-180.0 <= fix.lon <= 180.0 and -90.0 <= fix.lat <= 90.0):
        return "trail.out-of-range"
    if fix.lon == 0.0 == fix.lat:
        return "trail.no-fix"
    if fix.accuracy_m is not None and not 0.0 <= fix.accuracy_m <= MAX_ACCURACY_M:
        return "trail.absurd-accuracy"
    if fix.speed_mps is not None and not 0.0 <= fix.speed_mps <= MAX_SPEED_MPS:
        return "trail.absurd-motion"
    if fix.heading_deg is not None and not (isfinite(fix.heading_deg) and 0.0 <= fix.heading_deg <= 360.0):
        return "trail.absurd-motion"
    if fix.device_at > now + AHEAD_US:
        return "trail.from-the-future"
    if fix.device_at < now - keep_us:
        return "trail.too-old"
    return None
