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
from tocsin.engines.roads import warm
from tocsin.engines.standby import POLICIES, Aim, Ground, Seen, Tuning, expected_share, policy, suggest
from tocsin.facts.calls import Place
from tocsin.house import build as build_house
from tocsin.rooms.coverage.commands import ReadMoves
from tocsin.rooms.coverage.model import Post, StandbyTable, Tuned
from tocsin.rooms.coverage.views import MovesView
from tocsin.rooms.fleet.commands import StartShift
from tocsin.trail import Fix

UNITS, POSTS, CELLS = 100, 100, 1_000
WITHIN_S, BUSY, LIMIT_S = 150.0, 0.4, 1.0
DESK = asker("desk 1", "dispatcher")


def run(report: Callable[..., None]) -> None:
    """Report the engine beside the loop, equal to it, and the view on San Francisco's roads as units go and come."""
    _engine(report)
    _view(report)


def _engine(report: Callable[..., None]) -> None:
    """Each policy made and asked once, from the tables of times on; marginal utility beside the loop, and equal to it."""
    rng = np.random.default_rng(1)
    unit, post, cell = (rng.uniform(0, 1_200, (count, 2)) for count in (UNITS, POSTS, CELLS))
    reach = np.hypot(post[:, None, 0] - cell[:, 0], post[:, None, 1] - cell[:, 1]).astype(np.float32)
    ways = np.hypot(post[:, None, 0] - unit[:, 0], post[:, None, 1] - unit[:, 1]).astype(np.float32)
    weight = rng.uniform(0, 5, CELLS)
    weight /= weight.sum()
    way = rng.integers(0, POSTS, UNITS).astype(np.int32)
    seen = Seen((np.arange(UNITS) >= UNITS // 4).astype(np.uint8), way, np.arange(UNITS, dtype=np.int32), np.zeros(UNITS), np.ones(UNITS, np.uint8), np.zeros(UNITS, np.uint8), np.zeros(UNITS))
    numbers = Tuning(busy=BUSY, price=0.0001, horizon_s=1_500.0, soon=1, near=4, tail=0.1)
    for name in POLICIES:
        def ask(name: str = name) -> tuple[int, int] | None:
            return suggest(policy(name, Ground(reach, weight, (Aim(WITHIN_S, 1.0),), UNITS), numbers), ways, way, seen, UNITS - 1, BUSY)
        ask()
        took, told = _median_s(9, ask)
        beside: dict[str, Any] = {}
        if name == "marginal":
            began = perf_counter()
            plain = _plainly(reach, way, seen.idle > 0, weight)
            beside = {"peer": "each move made and counted again", "peer_value": 1000 * (perf_counter() - began)}
            assert told is not None and abs(plain[told] - plain.max()) < 1e-6, "the loop finds another move"
        report(name=f"moves: {name} of {UNITS} units × {POSTS} posts × {CELLS} cells", value=1000 * took, unit="ms", limit=1000 * LIMIT_S, runs=9, data="drawn", **beside)


def _plainly(reach: Any, way: Any, idle: Any, weight: Any) -> Any:
    """float64[units, posts]: what each move adds to the expected share; -inf for a busy unit."""
    times = np.where(idle[:, None], reach[way], np.inf)
    before = expected_share(times, weight, within_s=WITHIN_S, busy=BUSY)
    gain = np.full((UNITS, POSTS), -np.inf)
    for k in np.flatnonzero(idle):
        for p in range(POSTS):
            moved = times.copy()
            moved[k] = reach[p]
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
        tuned = Tuned(horizon_s=1_500.0, soon=1, near=4, tail=0.1)
        for name in ("table", "double-standard", "marginal", "outlook"):
            table, clock = StandbyTable(policy=name, posts=posts, stations=False, least_gain=0.0001, tuned=tuned), StillClock()
            with build_house(Path(folder) / f"house {name}", city, Calibration.default(), PLAN, TABLE, clock, standby=table) as house:
                for n in range(UNITS):
                    house.do(StartShift(unit=f"E{n}", shift="d", unit_kind="engine", station=f"Station {n}", home=at[n], crew=3), CHIEF)
                first = _answer_s(house, clock)
                again = median(_goes_s(house, clock, at, n) for n in range(9))
                view = house.see(ReadMoves(skill="fire"), DESK)
                assert isinstance(view, MovesView)
                assert view.moves, "nothing was suggested, so nothing was measured"
            data = f"San Francisco, {UNITS} units, {UNITS + POSTS} places, {len(cells)} cells"
            report(name=f"moves: {name}, the first answer, with every road time", value=first, unit="s", limit=LIMIT_S, data=data)
            report(name=f"moves: {name}, an answer after a unit moved", value=again, unit="s", limit=LIMIT_S, runs=9, data=data)


def _goes_s(house: Any, clock: StillClock, at: list[Place], n: int) -> float:
    """Seconds of an answer after a unit was seen elsewhere."""
    fix = Fix(unit=f"E{n}", lon=at[n + 1].lon, lat=at[n + 1].lat, device_at=clock.now(), heard_at=clock.now(), accuracy_m=5.0, speed_mps=9.0, heading_deg=90.0)
    assert house.report([fix], asker("crew", "responder")) == [""]
    return _answer_s(house, clock)


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
