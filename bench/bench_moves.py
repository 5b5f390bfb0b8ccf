"""What a suggestion of moves costs: the engine beside a plain loop that moves each unit and counts again, and a whole answer on a real city's roads."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from tests.floor import CHIEF, PLAN, TABLE, StillClock, asker
from tests.shared import DATA, ROOT

from tocsin.city import City
from tocsin.city.building import build
from tocsin.city.calibration import Calibration
from tocsin.city.live import LiveRoads
from tocsin.engines.coverage import expected_share, moves
from tocsin.engines.roads import warm
from tocsin.facts.calls import Place
from tocsin.house import build as build_house
from tocsin.rooms.coverage.commands import ReadMoves
from tocsin.rooms.coverage.model import Post, StandbyTable
from tocsin.rooms.coverage.views import MovesView
from tocsin.rooms.fleet.commands import StartShift
from tocsin.trail import Fix

UNITS, POSTS, CELLS = 100, 100, 1_000
WITHIN_S, BUSY, LIMIT_S = 480.0, 0.4, 1.0
DESK = asker("desk 1", "dispatcher")


def run(report: Callable[..., None]) -> None:
    """Report the engine beside the loop, equal to it, and the view on San Francisco's roads as units go and come."""
    _engine(report)
    _view(report)


def _engine(report: Callable[..., None]) -> None:
    rng = np.random.default_rng(1)
    unit, post, cell = (rng.uniform(0, 1_200, (count, 2)) for count in (UNITS, POSTS, CELLS))
    times, places = (np.hypot(at[:, None, 0] - cell[:, 0], at[:, None, 1] - cell[:, 1]).astype(np.float32) for at in (unit, post))
    added, weight = rng.choice([20.0, 60.0, 90.0], (UNITS, 1)).repeat(POSTS, axis=1), rng.uniform(0, 5, CELLS)
    times += added[:, :1].astype(np.float32)
    took, worth = _median_s(9, lambda: moves(times, places, added, weight, within_s=WITHIN_S, busy=BUSY))
    began = perf_counter()
    plain = _plainly(times, places, added, weight)
    plain_s = perf_counter() - began
    assert np.allclose(plain, worth.gain, atol=1e-9), "the loop finds other gains"
    report(name=f"moves: gains of {UNITS} units × {POSTS} posts × {CELLS} cells", value=1000 * took, unit="ms", peer="each move made and counted again",
           peer_value=1000 * plain_s, limit=1000 * LIMIT_S, runs=9, data="drawn")


def _plainly(times: Any, places: Any, added: Any, weight: Any) -> Any:
    before = expected_share(times, weight, within_s=WITHIN_S, busy=BUSY)
    gain = np.zeros((UNITS, POSTS))
    for k in range(UNITS):
        for p in range(POSTS):
            moved = times.copy()
            moved[k] = places[p] + np.float32(added[k, p])
            gain[k, p] = expected_share(moved, weight, within_s=WITHIN_S, busy=BUSY) - before
    return gain


def _view(report: Callable[..., None]) -> None:
    source = DATA / "roads" / "san_francisco"
    if not source.exists():
        print("moves: the streets of San Francisco are not on this machine; only the engine was measured")
        return
    warm()
    with tempfile.TemporaryDirectory() as folder:
        build([source], Path(folder) / "city", mapping=ROOT / "docs" / "examples" / "san-francisco.toml")
        city = City.open(Path(folder) / "city")
        cells, network = LiveRoads(city, Calibration.default()).cells, city.network
        picked = np.random.default_rng(2).choice(network.tail[np.flatnonzero(city.connected("emergency"))], UNITS + POSTS, replace=False)
        at = [Place(lon=float(network.lon[node]), lat=float(network.lat[node])) for node in picked]
        posts = tuple(Post(name=f"Post {n}", lon=place.lon, lat=place.lat) for n, place in enumerate(at[UNITS:]))
        table, clock = StandbyTable(policy="expected", posts=posts, stations=False, least_gain=0.0001), StillClock()
        with build_house(Path(folder) / "house", city, Calibration.default(), PLAN, TABLE, clock, standby=table) as house:
            for n in range(UNITS):
                house.do(StartShift(unit=f"E{n}", shift="d", unit_kind="engine", station=f"Station {n}", home=at[n], crew=3), CHIEF)
            first = _answer_s(house, clock)

            def goes(n: int) -> float:
                fix = Fix(unit=f"E{n}", lon=at[n + 1].lon, lat=at[n + 1].lat, device_at=clock.now(), heard_at=clock.now(), accuracy_m=5.0, speed_mps=9.0, heading_deg=90.0)
                assert house.report([fix], asker("crew", "responder")) == [""]
                return _answer_s(house, clock)

            again = median(goes(n) for n in range(9))
            view = house.see(ReadMoves(skill="fire"), DESK)
            assert isinstance(view, MovesView)
            assert view.moves, "nothing was suggested, so nothing was measured"
        data = f"San Francisco, {UNITS} units, {UNITS + POSTS} places, {len(cells)} cells"
        report(name="moves: the first answer, with every road time", value=first, unit="s", limit=LIMIT_S, data=data)
        report(name="moves: an answer after a unit moved", value=again, unit="s", limit=LIMIT_S, runs=9, data=data)


def _answer_s(house: Any, clock: StillClock) -> float:
    clock.pass_s(20)
    began = perf_counter()
    house.see(ReadMoves(skill="fire"), DESK)
    return perf_counter() - began


def _median_s(times: int, doing: Callable[[], Any]) -> tuple[float, Any]:
    took, answer = [], None
    for _ in range(times):
        began = perf_counter()
        answer = doing()
        took.append(perf_counter() - began)
    return median(took), answer
