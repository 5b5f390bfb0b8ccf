"""A city's sites and its demand as a question of siting: who could stand where, what each cell counts, and how long from one to the other."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial import cKDTree

from tocsin.city.calibration import Calibration
from tocsin.city.faults import CityFault
from tocsin.city.live import LiveRoads
from tocsin.city.opening import City
from tocsin.engines.siting import District

MOST_SITES = 20_000
MOST_BYTES = 16 << 20
_COLUMNS = ("name", "lon", "lat")
_OFF_M = 2_000.0
_M_PER_DEGREE = 111_320.0


class Site(msgspec.Struct, frozen=True):
    """A place that could be held; what it costs, in whatever a budget is given in."""

    name: str
    lon: float
    lat: float
    cost: float = 1.0


def sites_of(city: City, kind: str) -> list[Site]:
    """The city's own assets of a kind, as sites; CityFault where it has none."""
    found = [Site(asset.name or f"{kind} {number}", asset.lon, asset.lat) for number, asset in enumerate((one for one in city.assets if one.kind == kind), 1)]
    if not found:
        kinds = ", ".join(sorted({one.kind for one in city.assets})) or "none at all"
        raise CityFault("siting.no_sites", f"The city has no assets of the kind {kind}; there are {kinds}. Name another, or give a file of sites.")
    return found


def read_sites(path: Path) -> list[Site]:
    """A CSV with the columns name, lon, lat and, where there is one, cost; CityFault with the line at fault."""
    if not path.is_file() or path.stat().st_size > MOST_BYTES:
        raise CityFault("siting.sites_wrong", f"There is no file {path} of at most {MOST_BYTES >> 20} MiB.")
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = csv.DictReader(lines)
        if not set(_COLUMNS) <= set(rows.fieldnames or ()):
            raise CityFault("siting.sites_wrong", f"{path.name} needs the columns {', '.join(_COLUMNS)} (and may have cost); it has {', '.join(rows.fieldnames or ())}.")
        found = []
        for row in rows:
            try:
                site = Site(row["name"].strip(), float(row["lon"]), float(row["lat"]), float(row.get("cost") or 1.0))
            except (TypeError, ValueError, AttributeError) as error:
                raise CityFault("siting.sites_wrong", f"{path.name}, line {rows.line_num}: {error}.") from error
            if not site.name or not (-180 <= site.lon <= 180 and -90 <= site.lat <= 90 and 0 <= site.cost < 1e12):
                raise CityFault("siting.sites_wrong", f"{path.name}, line {rows.line_num}: a site has a name, degrees of longitude and latitude, and a cost of 0 or more.")
            found.append(site)
            if len(found) > MOST_SITES:
                raise CityFault("siting.sites_wrong", f"{path.name} has more than {MOST_SITES:,} sites.")
    if not found:
        raise CityFault("siting.no_sites", f"{path.name} holds no sites.")
    twice = sorted({site.name for site in found if sum(other.name == site.name for other in found) > 1}) if len({site.name for site in found}) < len(found) else []
    if twice:
        raise CityFault("siting.sites_wrong", f"{path.name} has {twice[0]} twice; every site needs a name of its own.")
    return found


class Ground:
    """A city's cells as demand, and the driving times to them with lights at an hour of the week, mobilisation counted."""

    def __init__(self, city: City, timing: Calibration, *, unit_kind: str, hour: int) -> None:
        self.city, self._roads, self._kind, self._hour = city, LiveRoads(city, timing), unit_kind, hour
        self.cells = self._roads.cells

    def times_s(self, sites: Sequence[Site]) -> npt.NDArray[np.float32]:
        """Seconds float32[sites, cells] from being sent to arrival; inf where there is no way. CityFault for a site that stands by no street of the city."""
        lon, lat = np.array([one.lon for one in sites]), np.array([one.lat for one in sites])
        west, south, east, north = self._roads.bounds
        far = (np.maximum(np.maximum(west - lon, lon - east) * np.cos(np.radians(lat)), np.maximum(south - lat, lat - north)) * _M_PER_DEGREE) > _OFF_M
        if far.any():
            raise CityFault("siting.site_outside", f"{sites[int(np.flatnonzero(far)[0])].name} lies outside the city; its times would be those of the nearest street.")
        arcs, alongs, directed = self._roads.spots(lon, lat, np.full(len(lon), np.nan), lights=True)
        added = np.array([self._roads.added_s(self._kind, one.name, self._hour, False) for one in sites], np.float32)
        return self._roads.cells_s(arcs, alongs, directed, lights=True, hour=self._hour, closed=()) + added[:, None]

    def by_calls(self, lon: npt.ArrayLike, lat: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """How many of these places are nearest to each cell's middle: float64[cells]. CityFault where there are none."""
        at = np.column_stack((np.asarray(lon, np.float64), np.asarray(lat, np.float64)))
        if not len(at):
            raise CityFault("siting.no_demand", "The record holds no call with a place.")
        scale = np.array([np.cos(np.radians(self.cells.lat.mean())), 1.0])
        near = cKDTree(np.column_stack((self.cells.lon, self.cells.lat)) * scale).query(at * scale)[1]
        return np.bincount(near, minlength=len(self.cells)).astype(np.float64)

    def district(self, name: str, share: float) -> District:
        """The cells whose middles lie in an area of the city, of which so large a share must be within reach; CityFault where there is no such area."""
        features = json.loads(self.city.areas_path.read_bytes())["features"] if self.city.areas_path.exists() else []
        mine = [one for one in features if name in (one["properties"].get("name"), one["properties"].get("name_zh"))]
        if not mine:
            names = ", ".join(sorted({one["properties"]["name"] for one in features})[:20]) or "none"
            raise CityFault("siting.no_area", f"The city has no area {name}; there are {names}.")
        shape = shapely.union_all([shapely.geometry.shape(one["geometry"]) for one in mine])
        inside = np.flatnonzero(shapely.contains_xy(shape, self.cells.lon, self.cells.lat)).astype(np.int32)
        if not len(inside):
            raise CityFault("siting.no_area", f"No cell of the city has its middle in {name}.")
        return District(name, inside, share)
