"""From dispatch to wheels turning: by unit kind and hour of the day, with each station's habit, all shrunk towards the usual."""

from dataclasses import dataclass

import numpy as np

from tocsin.city.calibrate.runs import Floats, Runs
from tocsin.city.calibration import DEFAULT_MOBILISE_OTHER_S, DEFAULT_MOBILISE_S, DEFAULT_MOVING_S

KIND_RUNS = 10.0  # so many runs' worth of the documented usual time
HOUR_RUNS = 30.0  # and of a day without ups and downs
STATION_RUNS = 10.0  # and of a station like the others
LEAST_S = 5.0


@dataclass(frozen=True, slots=True)
class Mobilising:
    """Seconds by kind and local hour and for other kinds, a station's multiple of them, and seconds for a unit on the road."""

    kind_s: Floats  # [kinds, 24]
    other_s: Floats  # [24]
    station: Floats  # [stations]
    moving_s: float

    def of(self, runs: Runs) -> Floats:
        """Each run's mobilisation from quarters, in seconds."""
        return self.kind_s[runs.kind, runs.hour % 24] * np.where(runs.station >= 0, self.station[runs.station], 1.0)


def fit_mobilising(turnouts: Runs, rolling: Runs, kinds: tuple[str, ...], stations: int) -> Mobilising:
    """Take medians, kind by kind, then hour by hour (with both neighbours), then station by station, each of what is left.

    A ratio from n runs is (n x its median + m) / (n + m) with m the constants above, so that a few runs say little.
    """
    usual = np.array([DEFAULT_MOBILISE_S.get(kind, DEFAULT_MOBILISE_OTHER_S) for kind in kinds])
    took = np.maximum(turnouts.turnout_s, LEAST_S)
    base = np.array([_shrunk(took[turnouts.kind == kind], usual[kind], KIND_RUNS) for kind in range(len(kinds))])
    ratio = took / base[turnouts.kind]
    clock = turnouts.hour % 24
    hourly = np.array([_shrunk(ratio[(clock - hour + 1) % 24 <= 2], 1.0, HOUR_RUNS) for hour in range(24)])
    ratio = ratio / hourly[clock]
    station = np.array([_shrunk(ratio[turnouts.station == name], 1.0, STATION_RUNS) for name in range(stations)])
    moving_s = _shrunk(np.maximum(rolling.turnout_s, 0.0), DEFAULT_MOVING_S, KIND_RUNS)
    return Mobilising(base[:, None] * hourly, DEFAULT_MOBILISE_OTHER_S * hourly, station, moving_s)


def _shrunk(values: Floats, usual: float, runs: float) -> float:
    return float((len(values) * np.median(values) + runs * usual) / (len(values) + runs)) if len(values) else float(usual)
