"""Zones to draw beats from, read from plain tables: their work, times between them, and who borders on whom; and calls as their work."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import h3.api.basic_int as h3
import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from tocsin.city.faults import CityFault
from tocsin.city.limits import check_archive
from tocsin.city.record import open_csv
from tocsin.engines.demand import Calls
from tocsin.kernel import Refused

COLUMNS = ("zone", "work_s", "residents", "beat", "lon", "lat")
"""All that a table of zones may hold: no stops, arrests, names or groups."""
_MOST_ZONES = 5_000

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Zones:
    """n zones: `name`, `work_s` and `residents` float64[n] (nan where the table does not say), today's `beat`, `lon` and `lat`."""

    name: tuple[str, ...]
    work_s: Floats
    residents: Floats
    beat: tuple[str, ...]
    lon: Floats
    lat: Floats


def read_zones(path: Path) -> Zones:
    """One row a zone; Refused `beats.column-refused` for a column that is none of `COLUMNS`, CityFault for what cannot be read."""
    rows = list(_rows(path, ("zone",), COLUMNS))
    names = tuple(row["zone"].strip() for row in rows)
    if not names or "" in names or len(set(names)) < len(names) or len(names) > _MOST_ZONES:
        raise CityFault("zones.wrong", f"{path.name}: every zone has a name of its own, and there are 1 to {_MOST_ZONES:,}.")
    try:
        numbers = {column: np.array([float(row.get(column) or "nan") for row in rows]) for column in ("work_s", "residents", "lon", "lat")}
    except ValueError as error:
        raise CityFault("zones.wrong", f"{path.name}: {error}.") from error
    return Zones(names, beat=tuple((row.get("beat") or "").strip() for row in rows), **numbers)


def read_times(path: Path, zones: Zones) -> npt.NDArray[np.float32]:
    """A table of `from`, `to`, `time_s`, in seconds; a pair that is not there has no way, a zone is at itself at once. float32[n, n]."""
    number = {name: place for place, name in enumerate(zones.name)}
    out = np.full((len(number), len(number)), np.inf, np.float32)
    np.fill_diagonal(out, 0)
    for row in _rows(path, ("from", "to", "time_s"), ("from", "to", "time_s")):
        try:
            out[number[row["from"].strip()], number[row["to"].strip()]] = float(row["time_s"])
        except (KeyError, ValueError) as error:
            raise CityFault("zones.wrong", f"{path.name}: a time needs two zones of the table and seconds: {error}.") from error
    return out


def read_neighbours(path: Path, zones: Zones) -> npt.NDArray[np.int32]:
    """A table of pairs, `zone` and `neighbour`; one direction is enough. int32[e, 2]."""
    number = {name: place for place, name in enumerate(zones.name)}
    try:
        pairs = [(number[row["zone"].strip()], number[row["neighbour"].strip()]) for row in _rows(path, ("zone", "neighbour"), ("zone", "neighbour"))]
    except KeyError as error:
        raise CityFault("zones.wrong", f"{path.name}: there is no zone {error}.") from error
    return np.array(pairs, np.int32).reshape(-1, 2)


def work_of(calls: Calls, zones: Zones, call_s: Callable[[str], float]) -> Floats:
    """Seconds of work that residents' own calls bring to each zone: to that whose middle is nearest to the call's cell; `call_s` tells how
    long a call of a kind keeps somebody. What police began by themselves is not among the calls (`engines.demand.admit`). float64[n]."""
    if not np.isfinite(zones.lon + zones.lat).all():
        raise CityFault("zones.wrong", "Calls are laid to zones by their middles: every zone needs lon and lat.")
    cells, of = np.unique(calls.cell, return_inverse=True)
    middle = np.array([h3.cell_to_latlng(int(cell))[::-1] for cell in cells])
    scale = np.array([np.cos(np.radians(zones.lat.mean())), 1.0])
    tree = cKDTree(np.column_stack((zones.lon, zones.lat)) * scale)
    zone = np.asarray(tree.query(middle * scale)[1])[of]
    seconds = np.array([call_s(kind) for kind in calls.kinds])
    return np.asarray(np.bincount(zone, seconds[calls.kind], len(zones.name)))


def _rows(path: Path, wanted: tuple[str, ...], allowed: tuple[str, ...]) -> Iterator[dict[str, str]]:
    check_archive(path)
    with open_csv(path) as lines:
        rows = csv.DictReader(lines)
        head = tuple(rows.fieldnames or ())
        missing = [name for name in wanted if name not in head]
        if missing:
            raise CityFault("zones.wrong", f"{path.name} lacks {', '.join(missing)}.")
        for name in head:
            if name not in allowed:
                raise Refused("beats.column-refused", f"The column “{name}” does not come in: beats are drawn from zones, the work that residents' own calls bring, and ways.",
                              f"不接受“{name}”这一列：巡区只依据分区、居民报警带来的工作量和行驶时间划分。", field=name, status=422)
        try:
            yield from ({key: value or "" for key, value in row.items() if key is not None} for row in rows)
        except (csv.Error, UnicodeDecodeError) as error:
            raise CityFault("zones.wrong", f"{path.name}, line {rows.line_num}: {error}.") from error
