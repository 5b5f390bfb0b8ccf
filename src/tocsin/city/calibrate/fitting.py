"""The fit of drive times: class factors, an hour-of-week curve and shrunken offsets, by a robust regression on the logarithm."""

import itertools
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from tocsin.city.calibrate.runs import Floats, Runs
from tocsin.city.calibration import HOURS, ORDINARY_FACTOR

# Weights of the priors, each against a loss of about one per unit of |log(observed / predicted)| and run: how much evidence it
# takes to move a value. Tried by cross-validation over whole days on San Francisco's fortnight: the error is flat around these.
OWN_CLASS = 3.0  # a class's factor against the common one, in logarithms
COMMON = 0.1  # the common factor against 1
PER_S2 = 0.001  # a station's and a kind's seconds against none
HOURLY = 20.0  # the hour curve against a flat one
LIGHTS = 20.0  # driving without lights and siren against the usual 1.2
USUAL_ACCESS_S = 60.0
LEAST_S = 5.0
MOST_STEPS, MOST_HALVINGS, ENOUGH = 100, 12, 1e-5
ROUND = 0.05  # below this the absolute loss is rounded off, for a smooth gradient


@dataclass(frozen=True, slots=True)
class DriveFit:
    """A drive takes access + kind + station seconds, and hour x lights factor x the sum of class factor x class seconds."""

    factor: Floats  # [classes]
    hour_factor: Floats  # [168]
    ordinary_factor: float
    access_s: float
    kind_s: Floats  # [kinds]
    station_s: Floats  # [stations]

    def offset_s(self, runs: Runs) -> Floats:
        """The seconds of each run that are not driving from street to street."""
        station = np.where(runs.station >= 0, self.station_s[runs.station], 0.0)
        return np.maximum(self.access_s + self.kind_s[runs.kind] + station, 0.0)

    def scale(self, runs: Runs) -> Floats:
        """What the driving of each run is multiplied with for its hour and its lights."""
        return self.hour_factor[runs.hour] * np.where(runs.lights, 1.0, self.ordinary_factor)


def fit_drive(class_s: Floats, runs: Runs, kinds: int, stations: int) -> DriveFit:
    """Fit drive times to the seconds by road class of each run's way (float64[n, classes]).

    Minimises the sum of |log(predicted / observed)|, rounded at 5 %, plus quadratic priors: the median of the ratio is fitted, so
    that a button pressed minutes late moves nothing; classes are shrunk towards the city's common factor, stations and kinds
    towards none. The shape, a constant for starting and stopping plus a time that grows with the way, is that of Kolesar, Walker
    and Hausner (Operations Research 23, 1975). Solved by reweighted Gauss-Newton steps, each halved until the loss falls.
    """
    model = _Model(class_s, runs, kinds, stations)
    value = model.prior.copy()
    loss = model.loss(value)
    for _ in range(MOST_STEPS):
        step = model.step(value)
        for _ in range(MOST_HALVINGS):
            fresh = np.clip(value + step, model.low, model.high)
            below = model.loss(fresh)
            if below < loss:
                break
            step = step / 2
        else:
            break
        gained, loss, value = loss - below, below, fresh
        if gained < ENOUGH * loss:
            break
    return model.read(value)


class _Model:
    """The loss and its steps. The parameters in order: access, common, own class, lights and hour curve, kind, station."""

    def __init__(self, class_s: Floats, runs: Runs, kinds: int, stations: int) -> None:
        self.class_s, self.log_s = class_s, np.log(runs.drive_s)
        self.bend = np.column_stack([~runs.lights, hour_curve()[runs.hour]])
        self.offsets = np.column_stack(
            [np.ones(len(runs)), runs.kind[:, None] == np.arange(kinds), runs.station[:, None] == np.arange(stations)]
        )
        sizes = (1, 1, class_s.shape[1], self.bend.shape[1], kinds, stations)
        edges = np.cumsum((0, *sizes))
        self.parts = [slice(int(start), int(stop)) for start, stop in itertools.pairwise(edges)]
        lights = self.parts[3].start
        self.prior = np.zeros(edges[-1])
        self.prior[0], self.prior[lights] = USUAL_ACCESS_S, np.log(ORDINARY_FACTOR)
        self.weight = np.repeat((PER_S2 / 100, COMMON, OWN_CLASS, HOURLY, PER_S2, PER_S2), sizes)
        self.weight[lights] = LIGHTS
        self.low = np.repeat((0.0, -2.0, -1.5, -1.0, -120.0, -120.0), sizes)
        self.high = np.repeat((600.0, 2.0, 1.5, 1.0, 120.0, 120.0), sizes)

    def moving(self, value: Floats) -> Floats:
        """Each run's driving seconds by class."""
        common, own, bend = (value[part] for part in self.parts[1:4])
        by_class: Floats = self.class_s * np.exp(common + own) * np.exp(self.bend @ bend)[:, None]
        return by_class

    def whole(self, value: Floats, moving: Floats) -> Floats:
        """Each run's predicted seconds."""
        added = np.concatenate([value[self.parts[0]], value[self.parts[4]], value[self.parts[5]]])
        whole: Floats = np.maximum(self.offsets @ added + moving.sum(axis=1), LEAST_S)
        return whole

    def loss(self, value: Floats) -> float:
        error = np.log(self.whole(value, self.moving(value))) - self.log_s
        return float((np.sqrt(error * error + ROUND * ROUND) - ROUND).sum() + (self.weight * (value - self.prior) ** 2).sum())

    def step(self, value: Floats) -> Floats:
        moving = self.moving(value)
        whole = self.whole(value, moving)
        drive = moving.sum(axis=1)
        slope = (
            np.column_stack([self.offsets[:, :1], drive, moving, drive[:, None] * self.bend, self.offsets[:, 1:]])
            / whole[:, None]
        )
        error = np.log(whole) - self.log_s
        size = np.sqrt(error * error + ROUND * ROUND)
        down = slope.T @ (error / size) + 2.0 * self.weight * (value - self.prior)
        bent = slope.T @ (slope / size[:, None]) + np.diag(2.0 * self.weight + 1e-9)
        step: Floats = -cho_solve(cho_factor(bent), down)
        return step

    def read(self, value: Floats) -> DriveFit:
        access, common, own, bend, kind, station = (value[part] for part in self.parts)
        curve = np.exp(hour_curve() @ bend[1:])
        return DriveFit(np.exp(common + own), curve, float(np.exp(bend[0])), float(access[0]), kind.copy(), station.copy())


def hour_curve() -> Floats:
    """Seven shapes over the 168 hours of the week, each of mean nought: two waves a day, the weekend and its own wave."""
    hour = np.arange(HOURS)
    turn = 2 * np.pi * (hour % 24 + 0.5) / 24
    weekend = (hour >= 5 * 24).astype(float)
    shapes = np.column_stack(
        [np.sin(turn), np.cos(turn), np.sin(2 * turn), np.cos(2 * turn), weekend, weekend * np.sin(turn), weekend * np.cos(turn)]
    )
    level: Floats = shapes - shapes.mean(axis=0)
    return level
