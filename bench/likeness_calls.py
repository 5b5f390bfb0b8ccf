"""Real calls of two places as plain arrays, and the repeat callers that are put among them by a documented process.

The records hold each emergency once. So that a model can be judged, a share of them gets one to three more callers. Every call,
real or added, is told through a source of place with that source's error, and in its own words: else the added ones would be
known by their noise. What is real: places, times, kinds, how many emergencies are open at once and how near one another they
are. What is made: who calls again, how long after, how far off they put it, what they take it for. All of it stands here.
"""

import csv
import io
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tocsin.city.record import Record

DAY_S = 86_400
OPEN_S = 3_600
"""How long an incident is taken to stay open where the record does not say."""

AGAIN = {"crash": 0.35, "fire": 0.35, "outside_fire": 0.35, "rescue": 0.25, "hazard": 0.2, "alarm": 0.05}
AGAIN_ELSE = 0.06
"""The share of incidents of a kind for which somebody calls again: what stands in the street is seen by many."""
HOW_MANY = (0.65, 0.25, 0.10)
QUICK_S, SLOW_S, SLOW_SHARE = 150.0, 900.0, 0.2
"""Seconds after the first call: exponential with the mean QUICK_S, for a share with the mean SLOW_S."""
SOURCES = ((0.35, 15.0, 20.0), (0.25, 60.0, 60.0), (0.30, 120.0, 200.0), (0.10, 350.0, 50.0))
"""(share, standard error in metres each way, radius told): address, crossing, phone network, a confident mistake."""
CONFUSED = 0.25
"""The share of repeat callers who take it for another kind."""
TAKEN_FOR = {
    "crash": (("medical", 5), ("rescue", 2), ("outside_fire", 1), ("other", 2)), "fire": (("outside_fire", 4), ("alarm", 3), ("hazard", 2), ("other", 1)),
    "outside_fire": (("fire", 6), ("hazard", 2), ("other", 2)), "medical": (("cardiac", 3), ("crash", 2), ("disturbance", 2), ("other", 3)),
    "cardiac": (("medical", 8), ("other", 2)), "alarm": (("fire", 7), ("other", 3)), "hazard": (("fire", 5), ("outside_fire", 3), ("other", 2)),
    "rescue": (("medical", 5), ("crash", 3), ("other", 2)), "other": (("medical", 4), ("crash", 3), ("hazard", 3)),
}
WORDING = (0.50, 0.25, 0.15, 0.10)
"""Shares: the record's words; without number and block; the words of the nearest other address; none."""
_M = 111_195.0


@dataclass
class Calls:
    """n calls in order of time: `incident` is the index of the real call they are about, `first` whether they are that call itself."""

    at_s: npt.NDArray[np.float64]
    lon: npt.NDArray[np.float64]
    lat: npt.NDArray[np.float64]
    doubt_m: npt.NDArray[np.float64]
    kind: list[str]
    text: list[str]
    incident: npt.NDArray[np.int64]
    first: npt.NDArray[np.bool_]
    end_s: npt.NDArray[np.float64]
    true_lon: npt.NDArray[np.float64]
    true_lat: npt.NDArray[np.float64]

    @property
    def day(self) -> npt.NDArray[np.int64]:
        """Whole days since the first call."""
        days: npt.NDArray[np.int64] = ((self.at_s - self.at_s[0] // DAY_S * DAY_S) // DAY_S).astype(np.int64)
        return days


@dataclass
class Real:
    """The record itself: one entry an emergency."""

    name: str
    at_s: list[float]
    end_s: list[float]
    lon: list[float]
    lat: list[float]
    kind: list[str]
    text: list[str]
    dropped: int = 0


def san_francisco(record: Record) -> Real:
    """The fortnight's calls that have a place; each ends when its last unit was free again."""
    real = Real("San Francisco", [], [], [], [], [], [])
    for call in sorted(record.calls, key=lambda one: one.received_at):
        if call.lon is None or call.lat is None:
            continue
        free = [run.available_at for run in call.runs if run.available_at]
        real.at_s.append(call.received_at / 1e6)
        real.end_s.append(max([*free, call.received_at + 60_000_000]) / 1e6 if free else call.received_at / 1e6 + OPEN_S)
        real.lon.append(call.lon)
        real.lat.append(call.lat)
        real.kind.append(call.kind)
        real.text.append(call.address)
    return real


def montgomery(path: Path) -> Real:
    """The county's calls. Rows of one kind at one address within ten minutes are one emergency sent to several services, and become one."""
    with zipfile.ZipFile(path) as archive:
        lines = list(csv.DictReader(io.TextIOWrapper(archive.open("911.csv"), encoding="utf-8")))
    lines.sort(key=lambda line: line["timeStamp"])
    real, last = Real("Montgomery County", [], [], [], [], [], []), dict[tuple[str, str, str], float]()
    for line in lines:
        lon, lat = float(line["lng"]), float(line["lat"])
        if not (-75.8 < lon < -74.9 and 39.9 < lat < 40.6):
            real.dropped += 1
            continue
        at = datetime.strptime(line["timeStamp"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC).timestamp()
        kind = _kind(line["title"])
        address = (line["addr"], line["twp"], kind)
        if at - last.get(address, -1e12) <= 600:
            real.dropped += 1
            continue
        last[address] = at
        real.at_s.append(at)
        real.end_s.append(at + OPEN_S)
        real.lon.append(lon)
        real.lat.append(lat)
        real.kind.append(kind)
        real.text.append(line["addr"])
    return real


def _kind(title: str) -> str:
    service, _, what = title.partition(": ")
    tells = (("VEHICLE ACCIDENT", "crash"), ("CARDIAC ARREST", "cardiac"), ("FIRE ALARM", "alarm"), ("CARBON MONOXIDE", "alarm"), ("BUILDING FIRE", "fire"),
             ("APPLIANCE FIRE", "fire"), ("UNKNOWN TYPE FIRE", "fire"), ("VEHICLE FIRE", "outside_fire"), ("WOODS", "outside_fire"), ("TRASH", "outside_fire"),
             ("FIRE OUTSIDE", "outside_fire"), ("FIRE INVESTIGATION", "outside_fire"), ("GAS-ODOR", "hazard"), ("HAZARDOUS MATERIALS", "hazard"),
             ("LEAKING FUEL", "hazard"), ("RESCUE", "rescue"), ("TRAIN CRASH", "crash"), ("SPECIAL SERVICE", "other"), ("TRANSFERRED", "other"),
             ("HELICOPTER", "other"))
    found = next((kind for word, kind in tells if word in what), "")
    return found or ("medical" if service == "EMS" else "other")


def injected(real: Real, seed: int, *, confused: float = CONFUSED, slower: float = 1.0, vaguer: float = 1.0) -> Calls:
    """The record with repeat callers among its calls, everything told as a caller tells it; the same for the same seed."""
    chance = np.random.default_rng(seed)
    rows: list[tuple[float, int, bool, str]] = []
    for i, (at, end, kind) in enumerate(zip(real.at_s, real.end_s, real.kind, strict=True)):
        rows.append((at, i, True, kind))
        if chance.random() >= AGAIN.get(kind, AGAIN_ELSE):
            continue
        for _ in range(1 + int(chance.choice(3, p=HOW_MANY))):
            mean = SLOW_S if chance.random() < SLOW_SHARE else QUICK_S
            again = at + chance.exponential(mean * slower)
            table = TAKEN_FOR.get(kind)
            taken_for = kind
            if table is not None and chance.random() < confused:
                share = np.array([weight for _, weight in table], np.float64)
                taken_for = table[int(chance.choice(len(table), p=share / share.sum()))][0]
            if again < end:
                rows.append((again, i, False, taken_for))
    rows.sort(key=lambda row: row[0])
    about = np.array([row[1] for row in rows])
    true_lon, true_lat = np.array(real.lon)[about], np.array(real.lat)[about]
    source = chance.choice(len(SOURCES), size=len(rows), p=[share for share, _, _ in SOURCES])
    error = np.array([metres for _, metres, _ in SOURCES])[source] * vaguer
    east, north = chance.normal(0.0, error), chance.normal(0.0, error)
    beside = _beside(real)
    wording = chance.choice(len(WORDING), size=len(rows), p=WORDING)
    text = [_worded(real, int(i), int(way), beside) for i, way in zip(about, wording, strict=True)]
    return Calls(
        at_s=np.array([row[0] for row in rows]), lon=true_lon + east / (_M * np.cos(np.radians(true_lat))), lat=true_lat + north / _M,
        doubt_m=np.array([radius for _, _, radius in SOURCES])[source], kind=[row[3] for row in rows], text=text, incident=about,
        first=np.array([row[2] for row in rows]), end_s=np.array(real.end_s)[about], true_lon=true_lon, true_lat=true_lat)


def _beside(real: Real) -> dict[int, list[int]]:
    """The calls of the record in each square of about 300 m, by which a neighbour's wording is found."""
    squares: dict[int, list[int]] = {}
    for i, (lon, lat) in enumerate(zip(real.lon, real.lat, strict=True)):
        squares.setdefault(_square(lon, lat), []).append(i)
    return squares


def _square(lon: float, lat: float) -> int:
    return int(lon * 250) * 100_000 + int(lat * 330)


def _worded(real: Real, i: int, way: int, beside: dict[int, list[int]]) -> str:
    text = real.text[i]
    if way == 0:
        return text
    if way == 3:
        return ""
    if way == 2:
        others = [j for j in beside[_square(real.lon[i], real.lat[i])] if real.text[j] != text]
        if others:
            nearest = min(others, key=lambda j: (real.lon[j] - real.lon[i]) ** 2 + (real.lat[j] - real.lat[i]) ** 2)
            return real.text[nearest]
    return " ".join(word for word in text.replace("Block of", "").split() if not word.isdigit())
