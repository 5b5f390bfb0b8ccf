"""Cells of the drawn town: all its road is in them, each is told by a spot inside it, and times agree with those to that spot."""

import numpy as np
from h3.api import basic_int as h3

from tests.floor import small_city
from tocsin.city.calibration import Calibration
from tocsin.city.cells import cells
from tocsin.city.live import LiveRoads


def test_cells_hold_all_road_and_no_more_than_asked() -> None:
    city = small_city()
    reachable = city.connected("emergency")
    fine, few = cells(city, reachable), cells(city, reachable, most=4)
    assert len(few) <= 4 < len(fine)
    assert np.isclose(fine.road_m.sum(), few.road_m.sum())
    network = city.network
    for at in range(len(fine)):
        arc = fine.arc[at]
        assert city.ground.cell[network.segment[arc]] == fine.id[at]
        assert fine.outline(at)[0] == fine.outline(at)[-1]
        assert h3.latlng_to_cell(fine.lat[at], fine.lon[at], 9) == fine.id[at]


def test_times_to_cells_are_those_to_their_spots() -> None:
    roads = LiveRoads(small_city(), Calibration.default())
    arcs, alongs, directed = roads.spots([24.90, 24.93], [60.15, 60.16], [np.nan, np.nan], lights=True)
    table = roads.cells_s(arcs, alongs, directed, lights=True, hour=10, closed=())
    assert table.shape == (2, len(roads.cells))
    for at in range(len(roads.cells)):
        target = (int(roads.cells.arc[at]), float(roads.cells.along[at]))
        assert np.allclose(table[:, at], roads.drive_s(arcs, alongs, directed, target, lights=True, hour=10, closed=()), atol=0.002)
