"""A generated day of calls: Poisson by hour, on the city's own streets, of the kinds that its response plan knows."""

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import numpy.typing as npt

from tocsin.city import City
from tocsin.city.speeds import ROAD_CLASSES
from tocsin.facts.calls import Place
from tocsin.kernel import Instant, from_instant, instant
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.views.plan import KindLine
from tocsin.sim.clock import SECOND
from tocsin.sim.profile import HOURLY, KINDS, OTHER

HOUR: Instant = 3600 * SECOND
CHANNEL = "generated"
MOST_AN_HOUR = 5_000
_MOST_NUMBERS = 300_000
_FEW_NUMBERS = 100

# How likely a metre of road of each class is to be where somebody calls from, beside a metre of residential street.
_WEIGHT = {"residential": 1.0, "living_street": 1.0, "unclassified": 0.8, "tertiary": 0.9, "secondary": 0.8, "primary": 0.6,
           "trunk": 0.2, "motorway": 0.1, "pedestrian": 0.5, "service": 0.2}


@dataclass(frozen=True, slots=True)
class Call:
    """One generated call: when it comes, and the command that takes it down."""

    at: Instant
    command: TakeCall


class CallPlaces:
    """Where calls come from: at the city's house numbers, and on its streets by their length, weighted by class.

    Half the places are house numbers where the city has a hundred or more of them; the rest, or all, lie on streets.
    """

    def __init__(self, city: City) -> None:
        network = city.network
        by_class = np.array([_WEIGHT.get(name.removesuffix("_link"), 0.0) for name in ROAD_CLASSES])
        own = np.isfinite(city.drive_s("emergency"))
        segments, first = np.unique(network.segment[own], return_index=True)
        arcs = np.flatnonzero(own)[first]
        self._shape_at, self._shape_lon, self._shape_lat = network.shape_at, network.shape_lon, network.shape_lat
        self._segments, self._names = segments, network.name[arcs]
        weight = network.dist_m[arcs] * by_class[network.road_class[arcs]]
        weight = weight if weight.sum() > 0 else network.dist_m[arcs].astype(float)
        self._until: npt.NDArray[np.float64] = np.cumsum(weight / weight.sum())
        self._streets = city.streets
        self._numbers = _numbers(city.path / "places" / "entries.jsonl.gz")

    def draw(self, rng: np.random.Generator) -> Place:
        """One place, with the words that a caller would find for it."""
        if len(self._numbers) >= _FEW_NUMBERS and rng.random() < 0.5:
            found = self._numbers[int(rng.integers(len(self._numbers)))]
            text = f"{self._name(found.street)} {found.number}".strip()
            return Place(lon=found.lon, lat=found.lat, text=text, source="generated")
        at = min(int(np.searchsorted(self._until, rng.random(), side="right")), len(self._segments) - 1)
        begin, end = self._shape_at[self._segments[at] : self._segments[at] + 2]
        step = int(rng.integers(begin, end - 1))
        part = float(rng.random())
        lon, lat = (float(line[step] + (line[step + 1] - line[step]) * part) for line in (self._shape_lon, self._shape_lat))
        return Place(lon=round(lon, 6), lat=round(lat, 6), text=self._name(int(self._names[at])), source="generated")

    def _name(self, street: int) -> str:
        return self._streets[street].name if 0 <= street < len(self._streets) else ""


class _Number(msgspec.Struct, frozen=True):
    kind: str
    street: int = -1
    number: str = ""
    lon: float = 0.0
    lat: float = 0.0


def _numbers(path: Path) -> list[_Number]:
    """The city's house numbers, at most 300,000; none where the city has no entries."""
    if not path.exists():
        return []
    found: list[_Number] = []
    decode: Any = msgspec.json.Decoder(_Number).decode
    with gzip.open(path, "rb") as lines:
        for line in lines:
            if b'"number"' in line[:40] and len(found) < _MOST_NUMBERS:
                found.append(decode(line))
    return found


class Demand:
    """Calls drawn hour by hour: the same seed, city and plan give the same calls, whichever hour is asked for first."""

    def __init__(self, places: CallPlaces, kinds: Sequence[KindLine], timezone: str, seed: int, *, per_day: float) -> None:
        self._places, self._zone, self._seed, self.per_day = places, ZoneInfo(timezone), seed, per_day
        shares = np.array([KINDS.get(kind.code, OTHER).share for kind in kinds])
        self._kinds, self._shares = tuple(kinds), shares / shares.sum()

    def rate_per_h(self, kind: int, hour: int) -> float:
        """The expected calls of a kind (by its index in the plan) in a local hour of the day, 0 … 23."""
        table = HOURLY[KINDS.get(self._kinds[kind].code, OTHER).family]
        return float(self.per_day * self._shares[kind] * table[hour] / sum(table))

    def hour(self, at: Instant) -> list[Call]:
        """The calls of the hour (of UTC) that `at` lies in, in order of time; at most 5,000."""
        begin = at - at % HOUR
        rng = np.random.default_rng([self._seed, begin // HOUR])
        local = (from_instant(begin) + timedelta(minutes=30)).astimezone(self._zone).hour
        calls = []
        for index, kind in enumerate(self._kinds):
            for _ in range(int(rng.poisson(self.rate_per_h(index, local)))):
                calls.append(self._call(kind, begin + int(rng.random() * HOUR), rng))
        calls.sort(key=lambda call: (call.at, call.command.key))
        return calls[:MOST_AN_HOUR]

    def between(self, start: Instant, end: Instant) -> list[Call]:
        """The calls from `start` on and before `end`."""
        hours = range(start - start % HOUR, end, HOUR)
        return [call for hour in hours for call in self.hour(hour) if start <= call.at < end]

    def _call(self, kind: KindLine, at: Instant, rng: np.random.Generator) -> Call:
        words = KINDS.get(kind.code, OTHER).words
        en, zh = words[int(rng.integers(len(words)))]
        priorities = sorted(int(priority) for priority in kind.needs) or [kind.priority]
        turn = 0 if rng.random() < 0.7 else int(rng.choice((-1, 1)))
        priority = min(max(kind.priority + turn, priorities[0]), priorities[-1])
        place = self._places.draw(rng)
        return Call(at, TakeCall(
            key=f"generated/{self._seed}/{at}/{kind.code}", place=place, kind=kind.code, priority=priority, channel=CHANNEL,
            number=f"555-01{int(rng.integers(100)):02d}", notes=f"{en}\n{zh}"))


def start_of_day(at: Instant, timezone: str) -> Instant:
    """The instant of the local midnight before `at`."""
    local = from_instant(at).astimezone(ZoneInfo(timezone))
    return instant(local.replace(hour=0, minute=0, second=0, microsecond=0))
