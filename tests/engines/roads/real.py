"""San Francisco's streets as the engine's arrays: real one-ways, bends and names, times by class, bans by seed."""

import csv
import gzip

import numpy as np

from tests.shared import DATA
from tocsin.engines.roads import Network

FOLDER = ("roads", "san_francisco", "sf_edges.csv.gz")
KPH = {"1": 80.0, "2": 60.0, "3": 40.0, "4": 35.0, "5": 30.0, "6": 40.0, "0": 20.0}


def san_francisco(bans: int = 300, seed: int = 5) -> tuple[Network, np.ndarray]:
    """The drivable network, with `bans` forbidden turns (made, by seed), and drive times in seconds."""
    with gzip.open(DATA.joinpath(*FOLDER), "rt", encoding="utf-8") as lines:
        edges = [row for row in csv.DictReader(lines) if row["drivable"] == "1"]
    numbers = sorted({row[end] for row in edges for end in ("from_node", "to_node")})
    nodes = {node: number for number, node in enumerate(numbers)}
    shapes = [np.array([point.split(",") for point in row["lonlat"].split(" ")], float) for row in edges]
    tail, head, segment, forward = [], [], [], []
    lon, lat = np.zeros(len(nodes)), np.zeros(len(nodes))
    for number, row in enumerate(edges):
        a, b = nodes[row["from_node"]], nodes[row["to_node"]]
        (lon[a], lat[a]), (lon[b], lat[b]) = shapes[number][0], shapes[number][-1]
        for ways, ends, along in (("BF?", (a, b), True), ("BT?", (b, a), False)):
            if row["direction"] in ways:
                tail, head, segment, forward = [*tail, ends[0]], [*head, ends[1]], [*segment, number], [*forward, along]
    metres = np.array([float(row["length_m"]) for row in edges], np.float32)[segment]
    names = {name: number for number, name in enumerate(sorted({row["streetname"] for row in edges}))}
    points = np.concatenate(shapes)
    heads = np.array(head)
    rng = np.random.default_rng(seed)
    into = rng.choice(len(tail), bans, replace=False)
    turn = [rng.choice(leaving) if len(leaving := np.flatnonzero(np.array(tail) == heads[arc])) else -1 for arc in into]
    ban_from, ban_to = into[np.array(turn) >= 0], np.array([onward for onward in turn if onward >= 0])
    street = np.array([names[row["streetname"]] for row in edges], np.int32)[segment]
    network = Network(
        lon, lat, np.array(tail, np.int32), heads.astype(np.int32), metres, np.array(segment, np.int32), np.array(forward),
        np.concatenate([[0], np.cumsum([len(shape) for shape in shapes])]), points[:, 0].copy(), points[:, 1].copy(),
        ban_from.astype(np.int32), ban_to.astype(np.int32), street,
        np.array([int(row["classcode"] or 0) for row in edges], np.uint8)[segment])
    speeds = np.array([KPH.get(row["classcode"], 30.0) for row in edges])[segment]
    return network, np.maximum(metres / (speeds / 3.6), 0.1).astype(np.float32)
