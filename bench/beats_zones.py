"""Auckland as 1,500 zones to draw beats from: junctions gathered round middles that lie far from one another, with their share of calls."""

import zipfile
from typing import Any

import numpy as np

from bench.jemss import ROOT, city, contracted
from bench.jemss import _columns as jemss_columns
from tocsin.engines.beats import Problem

_WORK_S, _YEAR_CALLS = 3_600.0, 100_000.0


def auckland(zones: int, beats: int) -> tuple[Problem, Any]:
    """The problem, and the zones' middles as float64[n, 2] in degrees, longitude shortened.

    Middles are taken one after another, each the junction farthest (by time) from those before; a junction is of the middle that reaches
    it first, so zones hang together. Zones border where a road leads from one into the other.
    """
    model = city("auckland")
    time_s = model.world.lights_s
    middle = [int(model.weight.argmax())]
    nearest = time_s[middle[0]].copy()
    for _ in range(zones - 1):
        middle.append(int(nearest.argmax()))
        np.minimum(nearest, time_s[middle[-1]], out=nearest)
    zone = time_s[middle].argmin(axis=0)
    place, tail, head = _roads()
    pairs = np.unique(np.column_stack((zone[tail], zone[head])), axis=0)
    work_s = np.asarray(np.bincount(zone, model.weight, zones) * _YEAR_CALLS * _WORK_S, np.float64)
    return Problem(work_s, np.ascontiguousarray(time_s[np.ix_(middle, middle)]), pairs[pairs[:, 0] != pairs[:, 1]].astype(np.int32), beats), place[middle]


def _roads() -> tuple[Any, Any, Any]:
    """Junctions, and the tail and head of each stretch between them, in the order of the model's own."""
    with zipfile.ZipFile(ROOT / "auckland" / "models" / "1" / "travel" / "roads" / "roads.zip") as zipped:
        nodes = jemss_columns(zipped.read("nodes.csv"), "index,x,y", 3)[:, 1:]
        arcs = jemss_columns(zipped.read("arcs.csv"), "index,fromNode", 6)
    tail, head = arcs[:, 1].astype(int) - 1, arcs[:, 2].astype(int) - 1
    at, tail, head, _ = contracted(nodes, tail, head, arcs[:, 3:6])
    return at * [np.cos(np.radians(at[:, 1].mean())), 1.0], tail, head
