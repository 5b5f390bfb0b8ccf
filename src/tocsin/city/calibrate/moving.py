"""A calibration moved by observed drives: factors by class and an hour curve, each held back by what was believed before."""

import msgspec
import numpy as np
from scipy.linalg import solve

from tocsin.city.calibrate.fitting import hour_curve
from tocsin.city.calibrate.observing import Counted
from tocsin.city.calibrate.runs import Floats
from tocsin.city.calibration import Calibration
from tocsin.city.speeds import ROAD_CLASSES

# How many drives it takes to move a value half of the way from what was believed. What a record of runs taught came from
# thousands of them; a hundred drives' positions are no reason to forget it.
COMMON, OWN_CLASS, HOURLY = 20.0, 40.0, 100.0
MOST = 1.0  # no factor moves by more than e or to less than 1 / e of itself at once


def move(calibration: Calibration, counted: Counted) -> Calibration:
    """The calibration with class factors and hour curve moved towards what drives with lights and siren took.

    Least squares on the logarithm of observed over forecast seconds by class and hour, each cell weighing as many drives as it
    has, with a ridge towards no change. Mobilisation, access, offsets and intervals stay; intervals are then wider than they
    need be until the city is calibrated again. Nothing observed changes nothing.
    """
    log_ratio, drives = counted.medians()
    if not drives.any():
        return calibration
    curve = np.asarray(calibration.hour_factor)
    believed = np.array([calibration.factor.get(name, 1.0) for name in ROAD_CLASSES])
    log_ratio -= np.log(believed)[:, None] + np.log(curve)[None, :]
    common, own, bend = _fit(log_ratio, drives.astype(np.float64))
    factor = {name: round(float(believed[index] * np.exp(common + own[index])), 4) for index, name in enumerate(ROAD_CLASSES)}
    hour_factor = tuple(round(float(value), 4) for value in curve * np.exp(hour_curve() @ bend))
    return msgspec.structs.replace(calibration, factor=factor, hour_factor=hour_factor)


def _fit(log_ratio: Floats, drives: Floats) -> tuple[float, Floats, Floats]:
    """What all classes have in common, each class's own part, and the bend of the hour curve: logarithms."""
    classes = len(drives)
    cell_class, cell_hour = np.nonzero(drives)
    design = np.column_stack([np.ones(len(cell_class)), cell_class[:, None] == np.arange(classes), hour_curve()[cell_hour]])
    weight, seen = drives[cell_class, cell_hour], log_ratio[cell_class, cell_hour]
    shapes = design.shape[1] - classes - 1
    ridge = np.diag(np.repeat((COMMON, OWN_CLASS, HOURLY), (1, classes, shapes)))
    value = np.clip(solve(design.T @ (weight[:, None] * design) + ridge, design.T @ (weight * seen), assume_a="pos"), -MOST, MOST)
    return float(value[0]), value[1 : classes + 1], value[classes + 1 :]
