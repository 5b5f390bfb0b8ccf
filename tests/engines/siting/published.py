"""Published instances as arrays: OR-Library's p-medians (Beasley 1985) and the San Francisco stores that spopt ships."""

import csv

import numpy as np
from scipy.sparse.csgraph import floyd_warshall

from tests.shared import DATA

ORLIB, STORES = DATA / "benchmarks" / "pmedian_orlib", DATA / "benchmarks" / "facility_sf_spopt"


def pmed(number: int) -> tuple[np.ndarray, int, int]:
    """The distances float32[n, n], the count and the known optimum of one instance."""
    rows = [[int(word) for word in line.split()] for line in (ORLIB / f"pmed{number}.txt").read_text().splitlines() if line.strip()]
    nodes, _, count = rows[0]
    length = np.full((nodes, nodes), np.inf)
    for tail, head, cost in rows[1:]:       # of a pair that is named twice the last counts, as its author says
        length[tail - 1, head - 1] = length[head - 1, tail - 1] = cost
    np.fill_diagonal(length, 0)
    with (ORLIB / "pmed_optima.csv").open() as file:
        optimum = {int(row["instance"]): int(row["optimum_pmedian"]) for row in csv.DictReader(file)}
    return np.asarray(floyd_warshall(length), np.float32), count, optimum[number]


def stores() -> tuple[np.ndarray, np.ndarray]:
    """San Francisco: metres from 16 stores to 205 tracts, float64[16, 205], and the people of each tract."""
    with (STORES / "SF_network_distance_candidateStore_16_censusTract_205_new.csv").open() as file:
        rows = list(csv.DictReader(file))
    with (STORES / "SF_demand_205_centroid_uniform_weight.csv").open() as file:
        people = {row["NAME"]: float(row["POP2000"]) for row in csv.DictReader(file)}
    names = sorted({row["name"] for row in rows}, key=lambda name: int(name.split("_")[1]))
    tracts = sorted(people)
    site, place = {name: i for i, name in enumerate(names)}, {name: j for j, name in enumerate(tracts)}
    metres = np.full((len(names), len(tracts)), np.inf)
    for row in rows:
        metres[site[row["name"]], place[row["DestinationName"]]] = float(row["distance"])
    return metres, np.array([people[name] for name in tracts])
