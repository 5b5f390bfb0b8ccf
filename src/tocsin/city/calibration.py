"""What a city's own record taught about driving: factors by class and hour, mobilisation, offsets, and trust in an ETA."""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any, Literal, Protocol

import msgspec
import numpy as np
import numpy.typing as npt

from tocsin.city.faults import CityFault
from tocsin.city.speeds import CLASS_KPH, ROAD_CLASSES
from tocsin.engines.roads import Network, Topology

FORMAT = 1
HOURS = 168
Profile = Literal["emergency", "ordinary"]
Seconds = npt.NDArray[np.float32]

# Without a record: NFPA 1710 (2020) sets 80 s from alert to wheels for fire and 60 s for medical calls. The 45 s stand for
# pulling out, parking and the last metres; the interval is as wide as San Francisco's was before its record was read.
DEFAULT_MOBILISE_S = {"engine": 80.0, "truck": 80.0, "rescue": 80.0, "medic": 60.0, "ambulance": 60.0}
DEFAULT_MOBILISE_OTHER_S = 80.0
DEFAULT_MOVING_S = 10.0
DEFAULT_ACCESS_S = 45.0
DEFAULT_SPREAD = (0.5, 2.0)
ORDINARY_FACTOR = 1.2
"""How much longer a drive without lights and siren takes, where a record does not say."""


class Streets(Protocol):
    """What is asked of a city here; `tocsin.city.City` is one."""

    @property
    def network(self) -> Network: ...
    @property
    def topology(self) -> Topology: ...
    @property
    def speed_kph(self) -> npt.NDArray[np.float32]: ...
    @property
    def version(self) -> str: ...
    def usable(self, profile: Profile) -> npt.NDArray[np.bool_]: ...


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """A 90 % interval that depends on the predicted time: at `at_s[i]` it runs from `low[i]` to `high[i]` times the prediction,
    and between two entries linearly."""

    at_s: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]

    def around(self, eta_s: npt.ArrayLike) -> tuple[Seconds, Seconds]:
        """Return the 5 % and 95 % points of each predicted time, in seconds."""
        eta = np.asarray(eta_s, dtype=np.float64)
        known = np.where(np.isfinite(eta), eta, 0.0)
        low = eta * np.interp(known, self.at_s, self.low)
        high = eta * np.interp(known, self.at_s, self.high)
        return low.astype(np.float32), high.astype(np.float32)


class FittedOn(msgspec.Struct, frozen=True, kw_only=True):
    """The record that a calibration was fitted to."""

    name: str
    source: str
    sha256: str
    attribution: str
    first_day: str
    last_day: str
    days: int
    runs: int
    left_out: dict[str, int]
    """How many of the record's runs each rule of cleaning left out."""


class Calibration(msgspec.Struct, frozen=True, kw_only=True):
    """How long a unit takes in this city. An ETA is `added_s` (mobilisation and access) + the road engine's time over `drive_s`.

    `factor[class]` multiplies the time an arc takes at its tagged or table speed, `hour_factor[hour of the week, Monday 00:00
    first]` all of it, `ordinary_factor` a drive without lights and siren. Offsets by unit kind and station are shrunk towards
    none; what is not listed has none.
    """

    format: int
    city: str
    """The version of the city it was fitted on; "" for the default."""
    fitted_on: tuple[FittedOn, ...]
    factor: dict[str, float]
    ordinary_factor: float
    hour_factor: tuple[float, ...]
    mobilise_s: dict[str, tuple[float, ...]]
    """From dispatch to wheels turning, by unit kind, for each local hour of the day, from quarters."""
    mobilise_other_s: tuple[float, ...]
    station_mobilise: dict[str, float]
    """A station's usual mobilisation as a multiple of its kind's."""
    moving_s: float
    """From dispatch to turning towards it, for a unit that is already on the road."""
    access_s: float
    """Pulling out of quarters, slowing, parking: what a run takes however short the way."""
    road_access_s: float
    """The same for a unit that was already on the road."""
    kind_access_s: dict[str, float]
    station_access_s: dict[str, float]
    drive_spread: Spread
    eta_spread: Spread
    figures: dict[str, Any] = {}
    """The errors on days that the fit did not see, as `tocsin city calibrate` printed them."""

    @classmethod
    def default(cls) -> "Calibration":
        """A documented guess for a city without a record, with a wide interval: class speeds as tabled, NFPA turnout times."""
        spread = Spread(at_s=(0.0,), low=(DEFAULT_SPREAD[0],), high=(DEFAULT_SPREAD[1],))
        return cls(
            format=FORMAT,
            city="",
            fitted_on=(),
            factor=dict.fromkeys(ROAD_CLASSES, 1.0),
            ordinary_factor=ORDINARY_FACTOR,
            hour_factor=(1.0,) * HOURS,
            mobilise_s={kind: (time,) * 24 for kind, time in DEFAULT_MOBILISE_S.items()},
            mobilise_other_s=(DEFAULT_MOBILISE_OTHER_S,) * 24,
            station_mobilise={},
            moving_s=DEFAULT_MOVING_S,
            access_s=DEFAULT_ACCESS_S,
            road_access_s=DEFAULT_ACCESS_S,
            kind_access_s={},
            station_access_s={},
            drive_spread=spread,
            eta_spread=spread,
        )

    @property
    def version(self) -> str:
        """Return 16 hex digits that differ whenever any fitted value does; decisions are kept with it."""
        bare = msgspec.structs.replace(self, figures={})
        return hashlib.sha256(msgspec.json.encode(bare, order="sorted")).hexdigest()[:16]

    def drive_s(self, city: Streets, profile: Profile = "emergency", hour: int = 12) -> Seconds:
        """Return the calibrated seconds of each arc in an hour of the week, inf where the profile may not go: float32[m]."""
        times = self.free_s(city) * np.float32(self.hour_factor[hour])
        if profile == "ordinary":
            times = times * np.float32(self.ordinary_factor)
        return np.where(city.usable(profile), times, np.float32(np.inf)).astype(np.float32)

    def free_s(self, city: Streets) -> Seconds:
        """Return the time of each arc with lights and siren in an hour of factor 1, whoever may use it: float32[m]."""
        factors = np.array([self.factor.get(name, 1.0) for name in ROAD_CLASSES], dtype=np.float32)
        times: Seconds = city.network.dist_m / (city.speed_kph / np.float32(3.6)) * factors[city.network.road_class]
        return times

    def mobilised_s(self, unit_kind: str, station: str, hour: int, on_road: bool) -> float:
        """Return the seconds from dispatch until a unit drives, in an hour of the week."""
        if on_road:
            return self.moving_s
        return self.mobilise_s.get(unit_kind, self.mobilise_other_s)[hour % 24] * self.station_mobilise.get(station, 1.0)

    def accessed_s(self, unit_kind: str, station: str, on_road: bool) -> float:
        """Return the seconds of a run that are not driving from street to street: pulling out, slowing, parking."""
        if on_road:
            return self.road_access_s
        return max(0.0, self.access_s + self.kind_access_s.get(unit_kind, 0.0) + self.station_access_s.get(station, 0.0))

    def added_s(self, unit_kind: str, station: str, hour: int, on_road: bool = False) -> float:
        """Return what is added to the driving time to make an ETA at dispatch: mobilisation and access."""
        return self.mobilised_s(unit_kind, station, hour, on_road) + self.accessed_s(unit_kind, station, on_road)

    def class_kph(self) -> dict[str, float]:
        """Return the speed with lights and siren that each road class turned out to have, where no limit is tagged."""
        return {name: round(kph / self.factor.get(name, 1.0), 1) for name, kph in CLASS_KPH.items()}

    def save(self, path: Path) -> None:
        """Write the file whole or not at all."""
        data = msgspec.json.format(msgspec.json.encode({"version": self.version} | msgspec.to_builtins(self)), indent=1) + b"\n"
        try:
            with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".calibration-", delete=False) as file:
                fresh = Path(file.name)
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            fresh.chmod(0o644)
            fresh.replace(path)
        except OSError as error:
            raise CityFault(
                "calibration.not_written", f"The calibration could not be written to {path}: {error.strerror}."
            ) from error


def load_calibration(path: Path) -> Calibration:
    """Read a city's calibration, or the default where the city has none; CityFault for a damaged file or another format."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return Calibration.default()
    except OSError as error:
        raise CityFault("calibration.unreadable", f"{path} cannot be read: {error.strerror}.") from error
    try:
        calibration = msgspec.json.decode(raw, type=Calibration)
    except msgspec.DecodeError as error:
        raise CityFault("calibration.damaged", f"{path} is damaged: {error}; calibrate the city again.") from error
    if calibration.format != FORMAT or len(calibration.hour_factor) != HOURS:
        raise CityFault("calibration.other_format", f"{path} is of another format than {FORMAT}: calibrate the city again.")
    return calibration
