"""What a receiver sends by itself: sentences of NMEA 0183 with their checksum, a line each. RMC is a position, GGA is one where no RMC comes.

The fields are those of the standard as the receivers' makers print them (u-blox, receiver protocol M8, section 31; checksum: exclusive or
of what stands between `$` and `*`).
"""

import re
from datetime import UTC, date, datetime, timedelta

import msgspec

from tocsin.edges.gateways.trackers.points import Garbage, Heard, Point, knots, number, told
from tocsin.kernel import Instant, from_instant

MOST_BYTES = 256
"""A sentence has 82 characters; some makers write longer ones."""
_SENTENCE = re.compile(r"\$([\x20-\x23\x25-\x29\x2b-\x7e]+)\*([0-9A-Fa-f]{2})")
_TIME = re.compile(r"(\d\d)(\d\d)(\d\d)(\.\d{1,6})?")
_DATE = re.compile(r"(\d\d)(\d\d)(\d\d)")
_ANGLE = re.compile(r"(\d{2,3})(\d\d(?:\.\d{1,9})?)")
_CENTURY = 80
_NO_FIX = ("", "0", "7", "8")
"""Qualities of GGA that are no position: none, typed in by hand, made up by a simulator."""
_HALF_DAY, _DAY = timedelta(hours=12), timedelta(days=1)
_WITH_RMC_US = 10_000_000


class Motion(msgspec.Struct, frozen=True):
    """Speed and heading by VTG."""

    speed_mps: float | None = None
    heading_deg: float | None = None


class Receiver:
    """Joins one receiver's sentences to positions, at most one for each second of its own time."""

    def __init__(self) -> None:
        self._rmc_at: Instant = 0
        self._last_s = -1
        self._motion = Motion()

    def read(self, line: bytes, heard_at: Instant) -> Heard:
        """What one line adds; Garbage where it is no sentence or its checksum is wrong."""
        fields = sentence(line)
        match fields[0][2:]:
            case "RMC":
                self._rmc_at = heard_at
                return self._once(rmc(fields))
            case "VTG":
                self._motion = vtg(fields)
            case "GGA" if heard_at - self._rmc_at > _WITH_RMC_US:
                return self._once(gga(fields, heard_at, self._motion))
        return Heard()

    def _once(self, point: Point | None) -> Heard:
        second = (point.device_at or 0) // 1_000_000 if point else self._last_s
        if point is None or second == self._last_s:
            return Heard()
        self._last_s = second
        return Heard(points=(point,))


def sentence(line: bytes) -> list[str]:
    """The fields of a sentence, talker and type first; Garbage."""
    try:
        found = _SENTENCE.fullmatch(line.strip().decode("ascii")) if len(line) <= MOST_BYTES else None
    except UnicodeDecodeError as fault:
        raise Garbage from fault
    if found is None:
        raise Garbage
    total = 0
    for character in found[1].encode():
        total ^= character
    if total != int(found[2], 16):
        raise Garbage("tracker_checksum")
    return found[1].split(",")


def rmc(fields: list[str]) -> Point | None:
    """Recommended minimum: time, status, place, knots, course, date; None where it has no fix."""
    if len(fields) < 10:
        raise Garbage
    if fields[2] != "A":
        return None
    day = _DATE.fullmatch(fields[9])
    if day is None:
        raise Garbage
    year = int(day[3])
    try:
        when = datetime.combine(date(year + (1900 if year >= _CENTURY else 2000), int(day[2]), int(day[1])), datetime.min.time(), UTC)
    except ValueError as fault:
        raise Garbage from fault
    lat, lon = _place(fields[3:7])
    return Point(lon=lon, lat=lat, device_at=_micros(when + _of_day(fields[1])), speed_mps=knots(fields[7]), heading_deg=told(fields[8]))


def gga(fields: list[str], heard_at: Instant, motion: Motion) -> Point | None:
    """A fix with a time of day alone: of the day that lies nearest to when it was heard. None where it has no fix."""
    if len(fields) < 7:
        raise Garbage
    if fields[6] in _NO_FIX:
        return None
    now = from_instant(heard_at)
    when = datetime.combine(now.date(), datetime.min.time(), UTC) + _of_day(fields[1])
    when += _DAY if now - when > _HALF_DAY else -_DAY if when - now > _HALF_DAY else timedelta()
    lat, lon = _place(fields[2:6])
    return Point(lon=lon, lat=lat, device_at=_micros(when), speed_mps=motion.speed_mps, heading_deg=motion.heading_deg)


def vtg(fields: list[str]) -> Motion:
    """Course over ground, true, and speed in knots."""
    if len(fields) < 6:
        raise Garbage
    return Motion(knots(fields[5]), told(fields[1]))


def _of_day(said: str) -> timedelta:
    found = _TIME.fullmatch(said)
    if found is None or int(found[1]) > 23 or int(found[2]) > 59 or int(found[3]) > 60:
        raise Garbage
    return timedelta(hours=int(found[1]), minutes=int(found[2]), seconds=int(found[3]), microseconds=round(number(found[4] or "0") * 1_000_000))


def _place(fields: list[str]) -> tuple[float, float]:
    lat, north, lon, east = fields
    if north not in ("N", "S") or east not in ("E", "W"):
        raise Garbage
    return _degrees(lat) * (1 if north == "N" else -1), _degrees(lon) * (1 if east == "E" else -1)


def _degrees(said: str) -> float:
    found = _ANGLE.fullmatch(said)
    if found is None or float(found[2]) >= 60:
        raise Garbage
    return int(found[1]) + float(found[2]) / 60


def _micros(when: datetime) -> Instant:
    return round(when.timestamp() * 1_000_000)
