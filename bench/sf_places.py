"""San Francisco's addresses and street segments in the shape that the city compiler hands to the address search."""

import csv
import gzip
from collections import defaultdict
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from tocsin.engines.places.compile import Shapes


def load(folder: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]], Shapes]:
    """(streets, entries, shapes) from sf_addresses_eas_2025.csv.gz and sf_edges.csv.gz; crossings are shared street ends."""
    index: dict[str, int] = {}
    entries: list[dict[str, Any]] = []
    with gzip.open(folder / "sf_addresses_eas_2025.csv.gz", "rt") as lines:
        for row in csv.DictReader(lines):
            street = index.setdefault(" ".join(row["street"].split()), len(index))
            entries.append({"kind": "number", "street": street, "number": row["number"], "lon": float(row["lon"]), "lat": float(row["lat"])})
    at, lon, lat = [0], [], []
    ends: dict[str, set[int]] = defaultdict(set)
    places: dict[str, tuple[float, float]] = {}
    with gzip.open(folder / "sf_edges.csv.gz", "rt") as lines:
        for segment, row in enumerate(csv.DictReader(lines)):
            line = [tuple(map(float, point.split(","))) for point in row["lonlat"].split()]
            lon += [point[0] for point in line]
            lat += [point[1] for point in line]
            at.append(len(lon))
            if not row["streetname"] or row["streetname"].startswith("UNNAMED"):
                continue
            street = index.setdefault(" ".join(row["streetname"].split()), len(index))
            for node, point in ((row["from_node"], line[0]), (row["to_node"], line[-1])):
                ends[node].add(street)
                places.setdefault(node, (point[0], point[1]))
            left, right = ([int(row[f"{side}_{end}"]) for end in ("fadd", "toadd")] for side in ("lf", "rt"))
            entries.append({"kind": "range", "street": street, "segment": segment, "left": left, "right": right})
    for node, streets in ends.items():
        for pair in combinations(sorted(streets), 2):
            entries.append({"kind": "crossing", "streets": list(pair), "lon": places[node][0], "lat": places[node][1]})
    names = [{"name": name, "name_zh": None, "name_en": None} for name in index]
    return names, entries, Shapes(np.array(at, dtype=np.int64), np.array(lon), np.array(lat))
