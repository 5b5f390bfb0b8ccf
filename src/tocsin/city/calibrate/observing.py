"""What units' own positions say of how long streets take: seconds of each street driven whole, by class and hour of the week.

Only stretches of duty on which a unit drove to an incident go in, as the caller cuts them; nothing here knows who drove, and what
comes out are sums over streets and hours.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from tocsin.city.calibrate.runs import Floats, Ints
from tocsin.city.calibration import HOURS, Streets
from tocsin.city.speeds import ROAD_CLASSES
from tocsin.engines.roads import Matched, Tracks
from tocsin.trail import Fix

LONGEST_STAY_S = 60.0  # who stood longer did not wait for a light, and the street says nothing
FASTEST_M_S = 50.0
TELLING_MPS = 2.0  # slower, a device's heading is noise
QUARTER_S = 900
STEP, MOST_STEPS = 0.02, 150  # in the logarithm: two hundredths, up to twenty times as fast or as slow


@dataclass(frozen=True, slots=True)
class Observed:
    """Streets driven whole, one row each time: the arc, the local hour of the week, which drive it was, and its seconds."""

    arc: npt.NDArray[np.int32]
    hour: Ints
    drive: Ints
    seconds: Floats

    def __len__(self) -> int:
        return len(self.arc)

    def by_arc(self) -> tuple[npt.NDArray[np.int32], Ints, Ints, Floats]:
        """Sums: the arcs and hours of the week that were driven, ascending, by how many drives, and their seconds in all.

        A drive that took a street twice in an hour counts by the first time.
        """
        _, first = np.unique(np.column_stack([self.arc, self.hour, self.drive]), axis=0, return_index=True)
        keys, which = np.unique(self.arc[first].astype(np.int64) * HOURS + self.hour[first], return_inverse=True)
        drives = np.bincount(which.reshape(-1), minlength=len(keys)).astype(np.int64)
        seconds = np.bincount(which.reshape(-1), weights=self.seconds[first], minlength=len(keys)).astype(np.float64)
        return (keys // HOURS).astype(np.int32), keys % HOURS, drives, seconds

    def by_class(self, city: Streets) -> "Counted":
        """How many drives took how many times the seconds of the class table, by road class and hour of the week.

        A drive counts once in each class and hour, however many streets it had there, since its streets were slow together.
        """
        table_s = table_seconds(city)
        cell = city.network.road_class[self.arc].astype(np.int64) * HOURS + self.hour
        keys, which = np.unique(np.column_stack([cell, self.drive]), axis=0, return_inverse=True)
        took = np.bincount(which.reshape(-1), weights=self.seconds, minlength=len(keys))
        expected = np.bincount(which.reshape(-1), weights=table_s[self.arc], minlength=len(keys))
        step = np.clip(np.round(np.log(took / expected) / STEP), -MOST_STEPS, MOST_STEPS).astype(np.int64)
        rows, drives = np.unique(np.column_stack([keys[:, 0], step]), axis=0, return_counts=True)
        return Counted(rows[:, 0] // HOURS, rows[:, 0] % HOURS, rows[:, 1], drives.astype(np.int64))


@dataclass(frozen=True, slots=True)
class Counted:
    """How many drives took so long, one row for each road class, local hour of the week and step of `STEP` in the logarithm of the
    seconds that they took over those of the class table. Rows can be added up over days, and medians taken of them all the same."""

    road_class: Ints
    hour: Ints
    step: Ints
    drives: Ints

    def medians(self) -> tuple[Floats, Ints]:
        """By road class and hour, float64[classes, 168]: the median over drives of that logarithm, nan where nobody drove; and by
        how many drives."""
        middle, drives = np.full(len(ROAD_CLASSES) * HOURS, np.nan), np.zeros(len(ROAD_CLASSES) * HOURS, np.int64)
        cell = self.road_class * HOURS + self.hour
        for place in np.unique(cell).tolist():
            mine = cell == place
            middle[place], drives[place] = STEP * np.median(np.repeat(self.step[mine], self.drives[mine])), self.drives[mine].sum()
        return middle.reshape(-1, HOURS), drives.reshape(-1, HOURS)


def table_seconds(city: Streets) -> Floats:
    """What each arc takes at its tagged speed or its class's."""
    return city.network.dist_m.astype(np.float64) / (city.speed_kph.astype(np.float64) / 3.6)


def tracks(stretches: Sequence[Sequence[Fix]]) -> Tracks:
    """The positions of stretches as the matcher takes them, in order of the device's time, each instant once; UTC seconds."""
    ordered = [sorted({fix.device_at: fix for fix in stretch}.values(), key=lambda fix: fix.device_at) for stretch in stretches]
    fixes = [fix for stretch in ordered for fix in stretch]
    heading = [fix.heading_deg if fix.heading_deg is not None and (fix.speed_mps is None or fix.speed_mps >= TELLING_MPS) else np.nan for fix in fixes]
    return Tracks.of(
        np.cumsum([0, *(len(stretch) for stretch in ordered)]),
        np.array([fix.device_at for fix in fixes], np.float64) / 1e6,
        np.array([fix.lon for fix in fixes], np.float64),
        np.array([fix.lat for fix in fixes], np.float64),
        np.array([np.nan if fix.accuracy_m is None else fix.accuracy_m for fix in fixes], np.float64),
        np.array(heading, np.float64),
    )


def observe(matched: Matched, metres: npt.NDArray[np.float32], zone: str) -> Observed:
    """The streets that matched drives took from end to end without standing there over a minute; `metres` are the arcs' lengths."""
    seconds = matched.way_leave_s - matched.way_enter_s
    whole = (matched.way_low <= 0.0) & (matched.way_high >= 1.0) & (matched.way_stay_s <= LONGEST_STAY_S)
    whole &= seconds * FASTEST_M_S >= metres[matched.way_arc]
    whole &= seconds > 0.0
    quarter = matched.way_enter_s[whole].astype(np.int64) // QUARTER_S  # no zone is off UTC by a part of a quarter of an hour
    quarters, which = np.unique(quarter, return_inverse=True)
    hours = np.array([_hour_of_week(int(number) * QUARTER_S, ZoneInfo(zone)) for number in quarters], np.int64)
    return Observed(matched.way_arc[whole], hours[which.reshape(-1)], matched.way_track[whole].astype(np.int64), seconds[whole])


def _hour_of_week(at_s: int, zone: ZoneInfo) -> int:
    local = datetime.datetime.fromtimestamp(at_s, zone)
    return local.weekday() * 24 + local.hour
