"""An OpenStreetMap extract read into a survey: one pass over its objects, with locations and assembled areas."""

from collections.abc import Callable, Iterator
from pathlib import Path

import osmium
import osmium.osm

from tocsin.city.access import barrier_access
from tocsin.city.cutting import cut
from tocsin.city.faults import CityFault, Odd
from tocsin.city.limits import check_archive
from tocsin.city.osm_places import PlaceReader
from tocsin.city.osm_turns import Restriction, expand, read_restriction
from tocsin.city.osm_ways import WayReader
from tocsin.city.survey import StreetNames, Survey

ATTRIBUTION = "© OpenStreetMap contributors, ODbL 1.0"
SUFFIXES = (".osm.pbf", ".osm.gz", ".osm.bz2", ".osm", ".osm.xml", ".pbf")
MOST_OBJECTS = 400_000_000

Item = osmium.osm.Node | osmium.osm.Way | osmium.osm.Relation | osmium.osm.Area


def is_osm(path: Path) -> bool:
    """Tell an OSM extract by the end of its name."""
    return path.name.lower().endswith(SUFFIXES)


def read_osm(sources: list[Path], say: Callable[[str], None]) -> Survey:
    """Read one or several extracts into a survey.

    Objects that several extracts share are taken once, from the first. Raises CityFault for a file that is cut short,
    is no OSM file, or unpacks to absurd size.
    """
    odd, names = Odd(), StreetNames()
    ways, places = WayReader(names, odd), PlaceReader(names, odd)
    restrictions: list[Restriction] = []
    several = len(sources) > 1
    seen: set[tuple[str, int]] = set()
    for source in sources:
        check_archive(source)
        say(f"reading {source.name}")
        for item in _objects(source):
            if several:
                key = (item.type_str(), item.id)
                if key in seen:
                    continue
                seen.add(key)
            _take(item, ways, places, restrictions, odd)
    say(f"cutting {len(ways.ways.points):,} drivable ways at their junctions")
    pieces = cut(ways.ways, odd)
    bans = expand(pieces, restrictions, odd)
    survey = Survey(pieces.segments, bans, names.streets, attribution=ATTRIBUTION, odd=odd)
    places.finish(survey)
    return survey


def _objects(source: Path) -> Iterator[Item]:
    """Yield nodes with tags, all ways, relations and areas; a fault of the file speaks as one CityFault."""
    try:
        reader = osmium.FileProcessor(str(source)).with_locations("flex_mem").with_areas()
        for count, item in enumerate(reader.with_filter(osmium.filter.EmptyTagFilter())):
            if count > MOST_OBJECTS:
                raise CityFault(
                    "city.source_too_large",
                    f"{source.name} holds more than {MOST_OBJECTS:,} tagged objects; cut out the city first.",
                )
            if not isinstance(item, osmium.osm.Changeset):
                yield item
    except (RuntimeError, OSError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise CityFault("city.source_unreadable", f"{source.name} cannot be read as an OSM extract: {reason}") from error


def _take(item: Item, ways: WayReader, places: PlaceReader, restrictions: list[Restriction], odd: Odd) -> None:
    if isinstance(item, osmium.osm.Node):
        tags = dict(item.tags)
        if not item.location.valid():
            odd.note("node_without_position", f"node {item.id}")
            return
        if "barrier" in tags:
            bits, known = barrier_access(tags)
            if not known:
                odd.note("barrier_unknown", f"node {item.id}: {tags['barrier']}")
            ways.barriers[item.id] = bits
        places.node(item.id, tags, item.location.lon, item.location.lat)
    elif isinstance(item, osmium.osm.Way):
        tags = dict(item.tags)
        if "highway" in tags:
            ways.way(item.id, tags, item.nodes)
        places.way(item.id, tags, item.nodes)
    elif isinstance(item, osmium.osm.Relation):
        tags = dict(item.tags)
        if tags.get("type", "").startswith("restriction"):
            restriction = read_restriction(item.id, tags, [(m.type, m.ref, m.role) for m in item.members], odd)
            if restriction is not None:
                restrictions.append(restriction)
        places.relation(item.id, tags)
    else:
        places.area(item, dict(item.tags))
