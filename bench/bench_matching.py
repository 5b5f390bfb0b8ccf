"""How well and how quickly positions are put on the streets that were driven, beside Valhalla on the same extract in the same run."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from tests.shared import DATA, ROOT

from bench.driven import Drive, Floats, Lines, drives, tracks_of
from bench.judging_matches import Line, Tally, judge_points, judge_way
from tocsin.city import City
from tocsin.city.building import build
from tocsin.engines.roads import Matched, Roads

EXTRACT = DATA / "osm" / "porto_alegre_r5r" / "poa_osm.pbf"
PEER = "pyvalhalla==3.9.0"
ROWS = ((5.0, 10.0, 200), (1.0, 10.0, 60), (15.0, 30.0, 200), (5.0, 4.0, 200))
SEED = 61
MOST_RADIUS_M = 100.0       # Valhalla's own limit


def run(report: Callable[..., None]) -> None:
    """Report shares of positions on the right road, wrong metres of the ways, and positions matched in a second of processor."""
    if not EXTRACT.exists():
        print("Porto Alegre's extract is not on this machine; nothing is measured.")
        return
    with tempfile.TemporaryDirectory() as folder:
        build([EXTRACT], Path(folder) / "city")
        city = City.open(Path(folder) / "city")
        roads = Roads(city.network, city.topology)
        made = [drives(city, roads, count, step_s, noise_m, SEED) for step_s, noise_m, count in ROWS]
        peer = _peer(Path(folder) / "peer", made)
        for index, (step_s, noise_m, _) in enumerate(ROWS):
            _row(report, city, roads, made[index], (step_s, noise_m), peer["rows"][index] if peer else None)


def _row(report: Callable[..., None], city: City, roads: Roads, made: list[Drive], told: tuple[float, float],
         peer: dict[str, Any] | None) -> None:
    """Match one set of drives to the streets of ordinary cars, as the peer does, and to those of units; report beside the peer."""
    step_s, noise_m = told
    truth = np.concatenate([drive.arc for drive in made])
    ordinary, emergency = city.usable("ordinary"), city.usable("emergency")
    what = f"matching, each {step_s:g} s with {noise_m:g} m: "
    theirs = _figures(_judged_peer(made, city, peer), peer["busy_s"]) if peer else {}
    for streets, matcher in (("", roads.matcher(ordinary)), (", bus lanes and footways open", roads.matcher(emergency, emergency & ~ordinary))):
        matcher.match(tracks_of(made[:2], noise_m))
        busy = time.process_time()
        found = matcher.match(tracks_of(made, noise_m))
        busy = time.process_time() - busy
        data = f"Porto Alegre, {len(made)} drives made by the engine, Gaussian noise on each axis; load {os.getloadavg()[0]:.1f}"
        for (name, unit), value in _figures(_judged(made, city, found), busy).items():
            beside = {"peer": PEER, "peer_value": theirs[name, unit]} if theirs and not streets else {}
            report(name=what + name + streets, value=value, unit=unit, runs=len(truth), data=data, **beside)
        report(name=what + "on the right arc by its number" + streets, value=100 * float(np.mean(found.arc == truth)), unit="%",
               runs=len(truth), data=data)


def _figures(tally: Tally, busy_s: float) -> dict[tuple[str, str], float]:
    """What is told of a matcher."""
    return {("on the right road, its direction too", "%"): 100 * tally.directed / tally.points,
            ("on the right road", "%"): 100 * tally.road / tally.points,
            ("wrong metres over metres driven", "%"): 100 * tally.route_error,
            ("positions in a second of processor", "1/s"): tally.points / busy_s}


def _judged(made: list[Drive], city: City, found: Matched) -> Tally:
    """What our answer comes to."""
    tally, lines = Tally(), Lines(city)
    first = 0
    for track, drive in enumerate(made):
        after = first + len(drive.t_s)
        matched = [None if arc < 0 else (*_place(lines[arc], share), lines[arc][:2])
                   for arc, share in zip(found.arc[first:after].tolist(), found.along[first:after].tolist(), strict=True)]
        judge_points(tally, [lines[arc][:2] for arc in drive.arc.tolist()], matched)
        rows = np.flatnonzero(found.way_track == track)
        ways = [_cut(lines[int(found.way_arc[row])], float(found.way_low[row]), float(found.way_high[row])) for row in rows]
        judge_way(tally, _driven(drive, lines), ways)
        first = after
    return tally


def _judged_peer(made: list[Drive], city: City, answer: dict[str, Any]) -> Tally:
    """What the peer's answer comes to."""
    tally, lines = Tally(), Lines(city)
    for drive, trace in zip(made, answer["traces"], strict=True):
        lon, lat = _decoded(trace.get("shape", ""))
        edges = [(lon[edge["begin_shape_index"]:edge["end_shape_index"] + 1], lat[edge["begin_shape_index"]:edge["end_shape_index"] + 1])
                 for edge in trace.get("edges", [])]
        points = trace.get("matched_points") or [{"type": "unmatched"}] * len(drive.t_s)
        matched = [(point["lon"], point["lat"], edges[point["edge_index"]])
                   if point["type"] != "unmatched" and point.get("edge_index", len(edges)) < len(edges) else None for point in points]
        judge_points(tally, [lines[arc][:2] for arc in drive.arc.tolist()], matched)
        judge_way(tally, _driven(drive, lines), [edge for edge in edges if len(edge[0]) > 1])
    return tally


def _driven(drive: Drive, lines: Lines) -> list[Line]:
    """The lines that were driven between the first position told and the last."""
    arcs = drive.arcs[: drive.row[-1] + 1].tolist()
    return [_cut(lines[arc], float(drive.share[0]) if row == 0 else 0.0, float(drive.share[-1]) if row == len(arcs) - 1 else 1.0)
            for row, arc in enumerate(arcs)]


def _place(line: tuple[Floats, Floats, Floats], share: float) -> tuple[float, float]:
    return float(np.interp(share, line[2], line[0])), float(np.interp(share, line[2], line[1]))


def _cut(line: tuple[Floats, Floats, Floats], low: float, high: float) -> Line:
    """The part of a line between two shares."""
    inside = (line[2] > low) & (line[2] < high)
    shares = np.concatenate([[low], line[2][inside], [high]])
    return np.interp(shares, line[2], line[0]), np.interp(shares, line[2], line[1])


def _decoded(shape: str) -> Line:
    """Google's encoded polyline with six digits, as Valhalla writes it."""
    values, value, shift = [], 0, 0
    for sign in shape:
        bits = ord(sign) - 63
        value |= (bits & 31) << shift
        shift += 5
        if bits < 32:
            values.append(~(value >> 1) if value & 1 else value >> 1)
            value = shift = 0
    steps = np.cumsum(np.array(values, np.float64).reshape(-1, 2), axis=0) / 1e6
    return steps[:, 1], steps[:, 0]


def _peer(folder: Path, made: list[list[Drive]]) -> dict[str, Any] | None:
    """Ask Valhalla in a Python of its own; None, saying why, where that cannot be."""
    python, uv = _newer_python(), ROOT / ".tools" / "bin" / "uv"
    words = [str(uv if uv.exists() else shutil.which("uv") or "uv"), "run", "--quiet", "--no-project", "--isolated", "--python", python or "3.12",
             "--with", PEER, "python", str(Path(__file__).with_name("peer_valhalla.py"))]
    rows = [{"options": {"gps_accuracy": noise_m, "search_radius": min(4.0 * noise_m + 10.0, MOST_RADIUS_M)},
             "traces": [[{"lon": lon, "lat": lat, "time": at} for lon, lat, at in
                         zip(drive.told_lon.tolist(), drive.told_lat.tolist(), drive.t_s.tolist(), strict=True)] for drive in those]}
            for (_, noise_m, _), those in zip(ROWS, made, strict=True)]
    try:
        done = subprocess.run(words, input=json.dumps({"extract": str(EXTRACT), "folder": str(folder), "rows": rows}),
                              capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        said = (getattr(error, "stderr", "") or str(error)).strip().splitlines()
        print(f"{PEER} is absent: {said[-1] if said else error}; its wheels want Python 3.12 or newer (TOCSIN_PEER_PYTHON names one).")
        return None
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _newer_python() -> str | None:
    """A Python of 3.12 or newer: the one named, or one that stands beside this one."""
    named = os.environ.get("TOCSIN_PEER_PYTHON")
    beside = sorted(Path(sys.base_prefix).parent.glob("3.1[2-9]*/bin/python3"))
    return named or (str(beside[0]) if beside else None)
