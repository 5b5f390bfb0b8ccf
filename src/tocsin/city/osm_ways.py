"""OSM ways taken as roads: class, access, speeds and name of each, with the barriers that stand on them."""

import math
from collections.abc import Iterable, Mapping

import osmium.osm

from tocsin.city.access import BOTH, one_way, way_access
from tocsin.city.cutting import DEGREE_M, Ways
from tocsin.city.faults import Odd
from tocsin.city.speeds import CLASS_KPH, ROAD_CLASSES, limit_kph, road_class
from tocsin.city.survey import StreetNames

_GATE_M = 1.0
_NOT_ROADS = frozenset(
    {
        "steps",
        "corridor",
        "elevator",
        "platform",
        "proposed",
        "construction",
        "abandoned",
        "razed",
        "raceway",
        "escape",
        "rest_area",
        "services",
        "bus_stop",
        "emergency_bay",
        "escalator",
        "via_ferrata",
        "no",
        "disused",
        "planned",
    }
)
_CONDITIONAL = ("access", "vehicle", "motor_vehicle", "motorcar", "oneway", "maxspeed")
_LIMIT_KEYS = ("maxspeed", "maxspeed:type", "source:maxspeed", "zone:maxspeed", "zone:traffic")

Point = tuple[int, float, float]


class WayReader:
    """Gathers the drivable ways; barriers must be known before the ways, as OSM files are ordered."""

    def __init__(self, names: StreetNames, odd: Odd) -> None:
        self.ways = Ways()
        self.barriers: dict[int, int] = {}
        self._names, self._odd = names, odd
        self._made = 0

    def way(self, way: int, tags: Mapping[str, str], nodes: osmium.osm.WayNodeList) -> None:
        """Take one way with a `highway` tag; what no vehicle may use is left out, what is strange is counted."""
        highway = tags["highway"]
        index = road_class(highway)
        if index is None:
            if highway not in _NOT_ROADS:
                self._odd.note("highway_unknown", f"way {way}: highway={highway}")
            return
        access = way_access(tags, index)
        self._remark(way, tags, access)
        if access == (0, 0):
            return
        speed, tagged = self._speeds(way, tags, index)
        name = tags.get("name") or tags.get("ref")
        street = -1 if not name else self._names.add(name, tags.get("name:zh") or tags.get("name:zh-Hans"), tags.get("name:en"))
        for run in self._runs(way, nodes):
            for points, bits in self._split_at_barriers(run):
                passed = (access[0] & bits, access[1] & bits)
                if passed != (0, 0):
                    self.ways.add(points, way, street, index, passed, speed, tagged)

    def _remark(self, way: int, tags: Mapping[str, str], access: tuple[int, int]) -> None:
        for key in tags:
            if key.endswith(":conditional") and key.split(":")[0] in _CONDITIONAL:
                self._odd.note("conditional_not_read", f"way {way}: {key}={tags[key]}")
        if tags.get("oneway") in ("reversible", "alternating"):
            self._odd.note("oneway_reversible_closed", f"way {way}")
        elif "oneway" in tags and tags["oneway"] not in ("yes", "no", "true", "false", "1", "0", "-1", "reverse"):
            self._odd.note("oneway_unreadable", f"way {way}: oneway={tags['oneway']}")
        if tags.get("area") == "yes":
            self._odd.note("road_drawn_as_surface", f"way {way}: highway={tags['highway']}")
        elif access == (0, 0) and ROAD_CLASSES[road_class(tags["highway"]) or 0] not in ("path", "pedestrian"):
            self._odd.note("road_closed_to_all", f"way {way}: highway={tags['highway']}")
        if one_way(tags) == (True, True) and access[0] != access[1]:
            self._odd.note("access_differs_by_direction", f"way {way}")

    def _speeds(self, way: int, tags: Mapping[str, str], index: int) -> tuple[tuple[float, float], tuple[bool, bool]]:
        both = None
        for key in _LIMIT_KEYS:
            if key in tags and tags[key] not in ("signals", "variable", "sign"):
                both = limit_kph(tags[key])
                if both is not None:
                    break
                if key == "maxspeed":
                    self._odd.note("maxspeed_unreadable", f"way {way}: maxspeed={tags[key]}")
        read = [limit_kph(tags[key]) if (key := f"maxspeed:{side}") in tags else both for side in ("forward", "backward")]
        usual = CLASS_KPH[ROAD_CLASSES[index]]
        forward, backward = (usual if value is None else value for value in read)
        return (forward, backward), (read[0] is not None, read[1] is not None)

    def _runs(self, way: int, nodes: Iterable[osmium.osm.NodeRef]) -> list[list[Point]]:
        """Return the stretches of the way whose nodes are in the extract, without repeated points."""
        runs: list[list[Point]] = [[]]
        missing = False
        for node in nodes:
            place = node.location
            if not place.valid():
                missing = True
                if runs[-1]:
                    runs.append([])
            elif not runs[-1] or runs[-1][-1][0] != node.ref:
                runs[-1].append((node.ref, place.lon, place.lat))
        whole = [run for run in runs if len(run) > 1]
        if missing:
            self._odd.note("way_node_missing", f"way {way}")
        elif not whole:
            self._odd.note("way_of_one_point", f"way {way}")
        return whole

    def _split_at_barriers(self, run: list[Point]) -> list[tuple[list[Point], int]]:
        """Cut one metre out of the run behind each barrier on it: that metre carries the barrier's access bits.

        So a fixed barrier is a gap, and a gate that stays shut for ordinary cars is a real, short emergency-only
        segment; the street on both sides stays open up to it.
        """
        if not any(point[0] in self.barriers for point in run):
            return [(run, BOTH)]
        pieces: list[tuple[list[Point], int]] = []
        piece: list[Point] = [run[0]]
        for at, point in enumerate(run):
            if at:
                piece.append(point)
            bits = self.barriers.get(point[0], BOTH)
            if bits == BOTH:
                continue
            forward = at + 1 < len(run)
            beyond = self._beyond(point, run[at + 1] if forward else piece[-2])
            if forward:
                pieces += [(piece, BOTH), ([point, beyond], bits)]
                piece = [beyond]
            else:
                piece[-1] = beyond
                pieces.append(([beyond, point], bits))
        pieces.append((piece, BOTH))
        return [(points, bits) for points, bits in pieces if len(points) > 1]

    def _beyond(self, gate: Point, other: Point) -> Point:
        """Return a point of our own making one metre from the gate towards the other point, at most half-way."""
        self._made += 1
        east = (other[1] - gate[1]) * math.cos(math.radians(gate[2]))
        gap_m = math.hypot(east, other[2] - gate[2]) * DEGREE_M
        share = min(0.5, _GATE_M / gap_m) if gap_m > 0 else 0.5
        return -(1 << 60) - self._made, gate[1] + share * (other[1] - gate[1]), gate[2] + share * (other[2] - gate[2])
