"""A sample fleet for any city: stations where the city has them, else spread over its streets; every unit on one shift."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from tocsin.city import City
from tocsin.facts.calls import Place
from tocsin.rooms.fleet.commands import StartShift
from tocsin.rooms.fleet.views import UnitKindLine
from tocsin.sim.travel import METRES_PER_DEGREE, Point

MOST_STATIONS = 60
"""Of one service; a metropolis is shown with its best-spread sixty."""


@dataclass(frozen=True, slots=True)
class Service:
    """What a service's stations are called in the city's assets, how many there are, and which units stand in each.

    `units` says of each sort of unit at which stations one stands: (kind, every n-th station, crew). Where a city names fewer
    stations than one for `km` kilometres of street (or than three), others are spread.
    """

    asset: tuple[str, ...]
    says: str
    km: float
    units: tuple[tuple[str, int, int], ...]


SERVICES: tuple[Service, ...] = (
    Service(("fire_station",), "Fire station", 40, (
        ("engine", 1, 4), ("engine", 2, 4), ("truck", 2, 4), ("rescue", 3, 4), ("chief", 4, 1))),
    Service(("ambulance_station", "hospital"), "Ambulance post", 60, (("medic", 1, 2), ("ambulance", 1, 2), ("ambulance", 1, 2))),
    Service(("police",), "Police station", 120, (("police", 1, 2), ("police", 1, 2), ("police", 1, 2))),
    Service((), "Works yard", 400, (("works", 1, 2),)),
)
"""San Francisco has 45 fire stations on 1,957 km of street; the rest are round numbers, as all of this is a sample."""

_FEWEST = 3


def sample_fleet(city: City, kinds: Sequence[UnitKindLine], shift: str) -> list[StartShift]:
    """The commands that bring a sample fleet on duty; kinds that the city's fleet table lacks are left out.

    Callsigns are the kind's letter and a running number: E1, E2 … The same city and table give the same fleet.
    """
    known = {kind.code: kind for kind in kinds}
    count = dict.fromkeys((kind.letter for kind in kinds), 0)
    fleet = []
    for service in SERVICES:
        for nth, home in enumerate(stations(city, service)):
            for kind, every, crew in service.units:
                if kind in known and nth % every == 0:
                    letter = known[kind].letter
                    count[letter] += 1
                    fleet.append(StartShift(unit=f"{letter}{count[letter]}", shift=shift, unit_kind=kind, station=home.text[:80],
                                            home=home, crew=crew, key=f"sample/{shift}/{letter}{count[letter]}"))
    return fleet


def stations(city: City, service: Service) -> list[Place]:
    """A service's stations from the city's assets, topped up by a spread over the streets to as many as it should have.

    The first asset kind with any entry is used: hospitals stand in for ambulance posts where no post is mapped.
    """
    found: list[tuple[Point, str]] = []
    for kind in service.asset:
        found = found or [((asset.lon, asset.lat), asset.name or "") for asset in city.assets if asset.kind == kind]
    found = [found[i] for i in spread(np.array([point for point, _ in found]).reshape(-1, 2), MOST_STATIONS)]
    network = city.network
    own = np.isfinite(city.drive_s("emergency"))
    arcs = np.flatnonzero(own)
    length_km = float(network.dist_m[arcs[np.unique(network.segment[arcs], return_index=True)[1]]].sum()) / 1000
    wanted = min(MOST_STATIONS, max(_FEWEST, round(length_km / service.km)))
    if len(found) < wanted:
        nodes = np.unique(network.head[own])
        points = np.column_stack((network.lon[nodes], network.lat[nodes]))
        taken = np.array([point for point, _ in found]).reshape(-1, 2)
        added = settle(points, spread(points, wanted - len(found), taken), taken)
        found += [((float(points[i][0]), float(points[i][1])), "") for i in added]
    return [Place(lon=round(lon, 6), lat=round(lat, 6), text=name or f"{service.says} {number}", source="sample")
            for number, ((lon, lat), name) in enumerate(found, 1)]


def spread(points: npt.NDArray[np.float64], most: int, taken: npt.NDArray[np.float64] | None = None) -> list[int]:
    """Which of `points` (k × 2 degrees) to take so that none is far from one: greedy p-centre, at most `most` indices.

    The farthest-first traversal of Gonzalez (1985), within twice the best; it starts from `taken`, or from the point
    nearest to the middle of all.
    """
    if not len(points) or most <= 0:
        return []
    plane = _plane(points, points)
    chosen: list[int] = []
    if taken is None or not len(taken):
        chosen = [int(np.hypot(*(plane - np.median(plane, axis=0)).T).argmin())]
        gap = np.hypot(*(plane - plane[chosen[0]]).T)
    else:
        gap = cKDTree(_plane(taken, points)).query(plane)[0]
    while len(chosen) < most and gap.max() > 0:
        chosen.append(int(gap.argmax()))
        gap = np.minimum(gap, np.hypot(*(plane - plane[chosen[-1]]).T))
    return chosen


def settle(points: npt.NDArray[np.float64], chosen: list[int], taken: npt.NDArray[np.float64]) -> list[int]:
    """Move the chosen points to the middles of what each serves, as stations stand; `taken` ones stay where they are.

    A spread alone puts stations on a city's rim. Lloyd's iterations (k-means), each centre on the nearest of `points`,
    for as long as they bring the points' mean distance to their nearest station down, at most a dozen.
    """
    plane, fixed = _plane(points, points), _plane(taken, points)
    if not chosen:
        return []
    served, best = _nearest(np.vstack((fixed, plane[chosen])), plane)
    for _ in range(12):
        own = served - len(fixed)
        middles = np.array([plane[own == i].mean(axis=0) if np.any(own == i) else plane[at] for i, at in enumerate(chosen)])
        moved = _nearest(plane, middles)[0].tolist()
        served, gap = _nearest(np.vstack((fixed, plane[moved])), plane)
        if gap >= best or len(set(moved)) < len(chosen):
            break
        chosen, best = moved, gap
    return chosen


def _nearest(stations: npt.NDArray[np.float64], plane: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.intp], float]:
    """Which station is nearest to each point, and the mean distance to it."""
    gap, index = cKDTree(stations).query(plane)
    return np.asarray(index, np.intp), float(np.mean(gap))


def _plane(points: npt.NDArray[np.float64], about: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Degrees as metres on a plane that is true to scale in the middle of `about`."""
    metres: npt.NDArray[np.float64] = points * METRES_PER_DEGREE * np.array([np.cos(np.radians(about[:, 1].mean())), 1.0])
    return metres
