"""What an OSM extract says besides roads: house numbers, named places, response assets, areas, the basemap's scenery."""

from itertools import pairwise
from typing import Any

import numpy as np
import osmium.geom
import osmium.osm
import shapely
from shapely.geometry import LineString

from tocsin.city.addresses import place_unnamed, split_numbers, spread
from tocsin.city.doubles import Doubles
from tocsin.city.faults import Odd
from tocsin.city.numbering import NumberBook
from tocsin.city.osm_tags import area_level, asset_kind, place_kind, scenery_kind
from tocsin.city.survey import Area, Asset, Place, Scenery, StreetNames, Survey, fold

_DRAWN_TWICE = frozenset({"hospital", "fire_station", "police", "ambulance_station"})
_Tags = dict[str, str]


class PlaceReader:
    """Gathers everything with an address or a name, from nodes, ways and areas; shapes are made in one go at the end."""

    def __init__(self, names: StreetNames, odd: Odd) -> None:
        self._names, self._odd = names, odd
        self._factory = osmium.geom.WKBFactory()
        self._addresses: dict[int, tuple[str | None, str, float, float]] = {}  # of nodes, which interpolation ways end on
        self._points: list[tuple[_Tags, float, float]] = []
        self._lines: list[tuple[_Tags, list[tuple[float, float]]]] = []
        self._areas: list[tuple[_Tags, str]] = []
        self._spans: list[tuple[int, str, list[tuple[int, float, float]]]] = []
        self._boundaries: dict[int, str] = {}
        self._doubles = Doubles()

    def node(self, node: int, tags: _Tags, lon: float, lat: float) -> None:
        """Take one node with tags."""
        if "addr:housenumber" in tags:
            self._addresses[node] = (
                tags.get("addr:street") or tags.get("addr:place"),
                tags["addr:housenumber"],
                lon,
                lat,
            )
        if place_kind(tags) or asset_kind(tags):
            self._points.append((tags, lon, lat))

    def way(self, way: int, tags: _Tags, nodes: osmium.osm.WayNodeList) -> None:
        """Take one way: address interpolations and open lines of scenery; closed ones come back as areas."""
        if "addr:interpolation" in tags:
            self._spans.append(
                (
                    way,
                    tags["addr:interpolation"],
                    [(n.ref, n.location.lon, n.location.lat) for n in nodes if n.location.valid()],
                )
            )
        if scenery_kind(tags, closed=False) is not None:
            self._lines.extend((tags, run) for run in _runs(nodes))

    def relation(self, relation: int, tags: _Tags) -> None:
        """Remember the boundaries that ought to come back as areas."""
        if tags.get("boundary") == "administrative" and tags.get("type") in ("boundary", "multipolygon"):
            self._boundaries[relation] = tags.get("name", "unnamed")

    def area(self, item: osmium.osm.Area, tags: _Tags) -> None:
        """Take one assembled area."""
        if not item.from_way():
            self._boundaries.pop(item.orig_id(), None)
        if not (
            "addr:housenumber" in tags
            or area_level(tags) is not None
            or place_kind(tags)
            or asset_kind(tags)
            or scenery_kind(tags, closed=True)
            or (tags.get("highway") == "pedestrian" and "name" in tags)
        ):
            return
        try:
            self._areas.append((tags, self._factory.create_multipolygon(item)))
        except RuntimeError as error:
            self._odd.note("area_broken", f"{'way' if item.from_way() else 'relation'} {item.orig_id()}: {str(error)[:60]}")

    def finish(self, survey: Survey) -> None:
        """Turn what was gathered into entries; addresses come last, since nameless ones take the nearest street's name."""
        for relation, name in sorted(self._boundaries.items()):
            self._odd.note("boundary_not_closed_in_extract", f"relation {relation}: {name}")
        addresses = list(self._addresses.values())
        for tags, lon, lat in self._points:
            self._named(survey, tags, lon, lat)
        shapes = shapely.from_wkb(np.array([wkb for _, wkb in self._areas], dtype=object)) if self._areas else np.array([])
        inside = shapely.point_on_surface(shapes)
        for (tags, _), shape, point in zip(self._areas, shapes, inside, strict=True):
            self._area(survey, tags, shape, point)
            if "addr:housenumber" in tags:
                addresses.append((tags.get("addr:street") or tags.get("addr:place"), tags["addr:housenumber"], point.x, point.y))
        for tags, points in self._lines:
            layer, kind = scenery_kind(tags, closed=False) or ("", "")
            survey.scenery.append(Scenery(layer, kind, tags.get("name"), tags.get("name:zh"), LineString(points)))
        for way, rule, nodes in self._spans:
            self._span(addresses, way, rule, nodes)
        self._numbers(survey, addresses)

    def _named(self, survey: Survey, tags: _Tags, lon: float, lat: float) -> None:
        kind, name = asset_kind(tags), tags.get("name")
        if kind is not None and not (kind in _DRAWN_TWICE and self._doubles.again(kind, name or "", lon, lat)):
            survey.assets.append(Asset(kind, name, lon, lat))
        what = place_kind(tags)
        if what is None or not name:
            return
        if self._doubles.again(f"{what} {fold(name)}", name, lon, lat):
            self._odd.note("place_drawn_twice", f"{what} {name}")
            return
        survey.places.append(Place(name, tags.get("name:zh") or tags.get("name:zh-Hans"), what, lon, lat, tags.get("name:en")))

    def _area(self, survey: Survey, tags: _Tags, shape: Any, point: Any) -> None:
        self._named(survey, tags, point.x, point.y)
        if tags.get("highway") == "pedestrian" and tags.get("name"):
            survey.places.append(Place(tags["name"], tags.get("name:zh"), "square", point.x, point.y, tags.get("name:en")))
        level = area_level(tags)
        if level is not None and tags.get("name"):
            name_zh = tags.get("name:zh") or tags.get("name:zh-Hans")
            survey.areas.append(Area(tags["name"], name_zh, level, shape, tags.get("name:en")))
            survey.timezone = survey.timezone or tags.get("timezone")
        drawn = scenery_kind(tags, closed=True)
        if drawn is not None:
            survey.scenery.append(Scenery(*drawn, tags.get("name"), tags.get("name:zh"), shape))

    def _span(
        self,
        addresses: list[tuple[str | None, str, float, float]],
        way: int,
        rule: str,
        nodes: list[tuple[int, float, float]],
    ) -> None:
        """Fill in the numbers along an interpolation way between each two of its nodes that carry one."""
        known = [(at, *self._addresses[ref][:2]) for at, (ref, _, _) in enumerate(nodes) if ref in self._addresses]
        if len(known) < 2:
            self._odd.note("interpolation_without_numbers", f"way {way}")
            return
        for (first, street, low), (last, other, high) in pairwise(known):
            points = np.array([(lon, lat) for _, lon, lat in nodes[first : last + 1]])
            filled = spread(points, rule, low, high)
            if filled is None:
                self._odd.note("interpolation_unreadable", f"way {way}: {rule} {low}–{high}")
            else:
                addresses.extend((street or other, number, lon, lat) for number, lon, lat in filled)

    def _numbers(self, survey: Survey, addresses: list[tuple[str | None, str, float, float]]) -> None:
        unnamed: list[tuple[str, float, float]] = []
        book = NumberBook(survey, self._names)
        for street, written, lon, lat in addresses:
            for number in split_numbers(written):
                if street:
                    book.enter(street, number, lon, lat)
                else:
                    unnamed.append((number, lon, lat))
        for number, index, lon, lat in place_unnamed(survey.segments, unnamed, self._odd):
            book.enter_at(index, number, lon, lat)


def _runs(nodes: osmium.osm.WayNodeList) -> list[list[tuple[float, float]]]:
    """Return the stretches of a way that lie in the extract."""
    runs: list[list[tuple[float, float]]] = [[]]
    for node in nodes:
        if node.location.valid():
            runs[-1].append((node.location.lon, node.location.lat))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if len(run) > 1]
