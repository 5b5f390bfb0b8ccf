"""The city models of JEMSS (shared data, Apache-2.0) as a world of the fast path: junctions, tables, and calls drawn as the models say."""

import ast
import csv
import io
import struct
import zipfile
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple
from xml.etree import ElementTree

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree
from tests.shared import DATA

from tocsin.engines.standby import Calls, Fleet, World

ROOT = DATA / "ems" / "jemss"
DAY_S = 86_400.0
RASTERS = {"auckland": "auckland-urban-pop-densit-40m", "edmonton": "edmonton_pop_densit_50m"}
"""The cities, and the raster of each that tells where people live."""


class Rates(NamedTuple):
    """What a model says of chance (its gen_config.xml) and of time (its priorities); seconds, and calls a day."""

    per_day: float
    shares: tuple[float, ...]
    """Of each priority."""
    limits_s: tuple[float, ...]
    """Within which each is to be reached, from the call on."""
    delay_s: float
    """Until a call is ready to be dispatched."""
    scene_s: float
    """The mean; exponential."""
    carried: float
    handover: tuple[float, float]
    """Shape and scale of a Weibull; shape 1 is exponential."""


@cache
def rates(name: str) -> Rates:
    """Read a model's rates."""
    folder = ROOT / name / "models" / "1"
    told = ElementTree.parse(folder / "calls" / "reps" / "test" / "gen_config.xml").getroot().find("sim/callDistributions")
    assert told is not None
    law = {one.tag: (str(one.text).partition("(")[0], _numbers(str(one.text))) for one in told}
    limits = [float(row[2]) * DAY_S for row in csv.reader(io.StringIO(next((folder / "misc" / "call priorities").glob("*.csv")).read_text())) if row and row[0].isdigit()]
    kind, handover = law["handoverDuration"]
    assert {law["interarrivalTime"][0], law["onSceneDuration"][0]} == {"Exponential"} and kind in {"Exponential", "Weibull"} and law["dispatchDelay"][1][1] == 0
    return Rates(1 / law["interarrivalTime"][1][0], tuple(law["priority"][1]), tuple(limits), law["dispatchDelay"][1][0] * DAY_S,
                 law["onSceneDuration"][1][0] * DAY_S, law["transport"][1][0],
                 (1.0, handover[0] * DAY_S) if kind == "Exponential" else (handover[0], handover[1] * DAY_S))


def _numbers(text: str) -> list[float]:
    """The numbers between a distribution's brackets, which may be products and quotients."""
    tree = ast.parse(text.strip(), mode="eval").body
    assert isinstance(tree, ast.Call)
    asked = [part for one in tree.args for part in (one.elts if isinstance(one, ast.List) else [one])]
    return [_number(one) for one in asked]


def _number(node: ast.expr) -> float:
    if isinstance(node, ast.BinOp):
        left, right = _number(node.left), _number(node.right)
        return left * right if isinstance(node.op, ast.Mult) else left / right
    assert isinstance(node, ast.Constant) and isinstance(node.value, int | float)
    return float(node.value)


class Model(NamedTuple):
    """A city; `weight` float64[n] says how likely a call comes from each junction."""

    world: World
    weight: npt.NDArray[np.float64]
    fleet: Fleet


def city(name: str, posts: int = 0) -> Model:
    """Read one: junctions alone are kept of its roads, and each call stands at one. `posts` street corners are added to its stations as places to wait."""
    folder = ROOT / name / "models" / "1"
    with zipfile.ZipFile(folder / "travel" / "roads" / "roads.zip") as zipped:
        nodes = _columns(zipped.read("nodes.csv"), "index,x,y", 3)[:, 1:]
        arcs = _columns(zipped.read("arcs.csv"), "index,fromNode", 6)
    tail, head = arcs[:, 1].astype(int) - 1, arcs[:, 2].astype(int) - 1
    costs = np.column_stack((arcs[:, 4] * DAY_S, arcs[:, 5] * DAY_S, arcs[:, 3] * 1_000))
    place, tail, head, costs = contracted(nodes, tail, head, costs)
    n = len(place)
    lights, normal = (csr_matrix((costs[:, mode], (tail, head)), shape=(n, n)) for mode in (0, 1))
    near: Any = cKDTree(_plane(place))
    station: npt.NDArray[np.int32] = near.query(_plane(_points(folder / "stations" / "stations_1.csv")))[1].astype(np.int32)
    hospitals = near.query(_plane(_points(folder / "hospitals" / "hospitals_1.csv")))[1]
    lights_s = dijkstra(lights).astype(np.float32)
    weight = people(name, near, n)
    station = np.concatenate((station, corners(lights_s, weight, station, rates(name).limits_s[0] - rates(name).delay_s, posts)))
    back: Any = dijkstra(normal.T.tocsr(), indices=station, return_predecessors=True)
    station_s, ahead = back
    ahead[np.arange(len(station)), station] = station
    length = dict(zip(zip(tail.tolist(), head.tolist(), strict=True), costs[:, 2].tolist(), strict=True))
    metres = np.zeros_like(station_s)
    for s in range(len(station)):
        for node in np.argsort(station_s[s])[1:]:
            metres[s, node] = metres[s, ahead[s, node]] + length[(int(node), int(ahead[s, node]))]
    nearest = lights_s[:, hospitals].argmin(axis=1)
    world = World(lights_s, station_s.astype(np.float32), metres.astype(np.float32), ahead.astype(np.int32), station,
                  hospitals[nearest].astype(np.int32), lights_s[np.arange(n), hospitals[nearest]])
    homes = np.array([int(row[1]) - 1 for row in csv.reader(io.StringIO((folder / "ambulances" / "ambulances_1.csv").read_text())) if row and row[0].isdigit()])
    return Model(world, weight, Fleet(homes.astype(np.int32), np.zeros(2, np.float32)))


def corners(lights_s: npt.NDArray[np.float32], weight: npt.NDArray[np.float64], station: npt.NDArray[np.int32], within_s: float, count: int) -> npt.NDArray[np.int32]:
    """Junctions where one more unit adds most expected cover to one at each station and at those before, each busy half of the time (Daskin 1983, by greedy choice)."""
    chosen: list[int] = []
    reach = (lights_s <= within_s).astype(np.float32)
    missed = weight * 0.5 ** reach[station].sum(axis=0)
    for _ in range(count):
        chosen.append(int(np.argmax(reach @ missed.astype(np.float32))))
        missed = missed * np.where(reach[chosen[-1]] > 0, 0.5, 1.0)
    return np.array(chosen, np.int32)


def contracted(nodes: Any, tail: Any, head: Any, costs: Any) -> tuple[Any, Any, Any, Any]:
    """The network without the nodes that are only bends: places, tails, heads and costs; of parallel ways the quicker."""
    n = len(nodes)
    both = np.unique(np.concatenate((tail * n + head, head * n + tail)))
    is_junction = np.bincount(both // n, minlength=n) != 2
    number = np.cumsum(is_junction) - 1
    out: dict[int, list[int]] = {}
    for arc, node in enumerate(tail.tolist()):
        out.setdefault(node, []).append(arc)
    best: dict[tuple[int, int], Any] = {}
    for arc in np.flatnonzero(is_junction[tail]).tolist():
        begun, before, here, cost = int(tail[arc]), int(tail[arc]), int(head[arc]), costs[arc].copy()
        while not is_junction[here] and here != begun:
            on = [other for other in out.get(here, []) if head[other] != before]
            if not on:
                break
            before, here, cost = here, int(head[on[0]]), cost + costs[on[0]]
        if is_junction[here] and here != begun:
            way = (int(number[begun]), int(number[here]))
            if way not in best or cost[0] < best[way][0]:
                best[way] = cost
    ends = np.array(list(best), int)
    return nodes[is_junction], ends[:, 0], ends[:, 1], np.array(list(best.values()))


def people(name: str, near: Any, n: int) -> npt.NDArray[np.float64]:
    """How many live nearest to each junction, as a share."""
    raster = RASTERS[name]
    with zipfile.ZipFile(next((ROOT / name / "population").glob(f"{raster}*.zip"))) as zipped, zipped.open(f"{raster}.tif") as file:
        cells, (dx, dy), (x, y) = tiff(file.read())
    rows, columns = np.nonzero(cells > 0)
    at = np.column_stack((x + (columns + 0.5) * dx, y - (rows + 0.5) * dy))
    share = np.bincount(near.query(_plane(at))[1], weights=cells[rows, columns], minlength=n)
    return np.asarray(share / share.sum())


_SIZES = {1: "B", 2: "s", 3: "H", 4: "I", 5: "Q", 12: "d"}


def tiff(content: bytes) -> tuple[npt.NDArray[np.float64], tuple[float, float], tuple[float, float]]:
    """A GeoTIFF of one uncompressed band (TIFF 6.0 section 2, GeoTIFF 1.1 section 7): its cells, their size, and where the first one begins."""
    order: Literal["<", ">"] = "<" if content[:2] == b"II" else ">"
    at = struct.unpack_from(order + "I", content, 4)[0]
    tags: dict[int, tuple[Any, ...]] = {}
    for entry in range(struct.unpack_from(order + "H", content, at)[0]):
        tag, kind, count = struct.unpack_from(order + "HHI", content, at + 2 + 12 * entry)
        form = f"{order}{count}{_SIZES[kind]}"
        inside = at + 10 + 12 * entry
        tags[tag] = struct.unpack_from(form, content, inside if struct.calcsize(form) <= 4 else struct.unpack_from(order + "I", content, inside)[0])
    assert tags.get(259, (1,))[0] == 1, "a raster that is not compressed"
    dtype = np.dtype({1: "u", 2: "i", 3: "f"}[tags.get(339, (1,))[0]] + str(tags[258][0] // 8)).newbyteorder(order)
    whole = b"".join(content[begin:begin + size] for begin, size in zip(tags[273], tags[279], strict=True))
    cells = np.frombuffer(whole, dtype).reshape(tags[257][0], tags[256][0]).astype(float)
    return np.where(cells > 1e30, 0.0, cells), tags[33550][:2], tags[33922][3:5]


def draw(model: Model, name: str, seed: int, days: float, load: float = 1.0) -> Calls:
    """Calls of so many days, at `load` times the model's rate. All are driven to with lights, which the models do for all but the last priority."""
    rng, told = np.random.default_rng(seed), rates(name)
    count = int(rng.poisson(told.per_day * load * days))
    called = np.sort(rng.uniform(0.0, days * DAY_S, count))
    shape, scale = told.handover
    return Calls(called, called + told.delay_s, rng.choice(len(model.weight), count, p=model.weight).astype(np.int32),
                 rng.choice(len(told.shares), count, p=told.shares).astype(np.uint8), rng.exponential(told.scene_s, count).astype(np.float32),
                 (rng.random(count) < told.carried).astype(np.uint8), (scale * rng.weibull(shape, count)).astype(np.float32))


def _columns(content: bytes, header: str, count: int) -> npt.NDArray[np.float64]:
    text = content.decode()
    lines = text[text.index(header):].splitlines()[1:]
    return np.array([[float(value or "nan") for value in line.split(",")[:count]] for line in lines if line.count(",") >= count - 1])


def _points(path: Path) -> npt.NDArray[np.float64]:
    return np.array([[float(row[1]), float(row[2])] for row in csv.reader(io.StringIO(path.read_text())) if row and row[0].isdigit()])


def _plane(at: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.column_stack((at[:, 0] * np.cos(np.radians(at[:, 1].mean())), at[:, 1]))
