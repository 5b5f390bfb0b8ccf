"""The mapping of a city's own files: a short TOML file that says which column means what."""

from pathlib import Path
from typing import Literal

import msgspec

from tocsin.city.faults import CityFault
from tocsin.city.speeds import CLASS_INDEX

Direction = Literal["both", "forward", "backward", "closed"]


class _Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the mapping; a key that is not known is a fault, not a silence."""


class Classes(_Section, frozen=True):
    """Which column holds the class, which of our classes its values mean, and what the others are."""

    column: str
    values: dict[str, str]
    default: str = "unclassified"


class Ways(_Section, frozen=True):
    """Which column holds the direction; `unsure` values are two-way, but with the drawing in the classes that are one-
    way by nature.
    """

    column: str
    values: dict[str, Direction]
    default: Direction = "both"
    unsure: tuple[str, ...] = ()
    unsure_one_way: tuple[str, ...] = ("motorway", "motorway_link")


class Match(_Section, frozen=True):
    """A column and the values of it that are meant."""

    column: str
    values: tuple[str, ...]


class Speed(_Section, frozen=True):
    """The column of the speed limit and its unit."""

    column: str
    unit: Literal["km/h", "mph"] = "km/h"


class Ranges(_Section, frozen=True):
    """The columns of the house numbers at both ends of both sides, in the direction of the drawing; 0 or blank is none."""

    left_from: str
    left_to: str
    right_from: str
    right_to: str


class Streets(_Section, frozen=True):
    """The centrelines: their shape is a column (`pairs`: 'lon,lat lon,lat', or `wkt`), or the file's own geometry.

    With `from_node` and `to_node` rows join at those ids; without them they join wherever they share a vertex.
    """

    file: str
    name: str | None = None
    name_zh: str | None = None
    name_en: str | None = None
    from_node: str | None = None
    to_node: str | None = None
    geometry: str | None = None
    geometry_form: Literal["pairs", "wkt"] = "pairs"
    classes: Classes | None = None
    direction: Ways | None = None
    speed: Speed | None = None
    closed: Match | None = None  # rows left out: footways, paper streets
    emergency_only: Match | None = None  # rows that only emergency vehicles may use
    ranges: Ranges | None = None


class Points(_Section, frozen=True):
    """A file of points: the columns of their position, where the file has no geometry of its own."""

    file: str
    lon: str | None = None
    lat: str | None = None


class Nodes(Points, frozen=True):
    """The junctions that the centrelines' ends refer to."""

    id: str = "id"


class Addresses(Points, frozen=True):
    """House numbers at their positions."""

    street: str = "street"
    number: str = "number"


class Places(Points, frozen=True):
    """Named places, or with `kind` hospital, fire_station, police, hydrant … response assets; `name` may be 'Station
    {column}'.
    """

    kind: str = "place"
    name: str | None = None
    name_zh: str | None = None


class Areas(_Section, frozen=True):
    """Polygons with a name, and the level that they stand on (the smaller the area the higher)."""

    file: str
    name: str = "name"
    name_zh: str | None = None
    level: int = 9


class Mapping(_Section, frozen=True):
    """The whole mapping."""

    streets: Streets
    name: str | None = None
    attribution: str = ""
    timezone: str | None = None
    upper_case_names: bool = False  # the files shout: 03RD ST becomes 3rd St
    nodes: Nodes | None = None
    addresses: Addresses | None = None
    areas: tuple[Areas, ...] = ()
    places: tuple[Places, ...] = ()

    def files(self) -> list[str]:
        """Return the names of all files that the mapping speaks of, each once."""
        parts = [self.streets, self.nodes, self.addresses, *self.areas, *self.places]
        return list(dict.fromkeys(part.file for part in parts if part is not None))


def read_mapping(path: Path) -> Mapping:
    """Read and check a mapping; CityFault names the key that is wrong."""
    try:
        mapping = msgspec.toml.decode(path.read_bytes(), type=Mapping)
    except OSError as error:
        raise CityFault("city.mapping_missing", f"The mapping {path} cannot be read: {error.strerror}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CityFault("city.mapping_wrong", f"The mapping {path.name} is wrong: {error}") from error
    classes = mapping.streets.classes
    for name in [*classes.values.values(), classes.default] if classes else []:
        if name not in CLASS_INDEX:
            raise CityFault(
                "city.mapping_wrong", f"The mapping {path.name} names a road class '{name}'; there are: {', '.join(CLASS_INDEX)}."
            )
    if (mapping.streets.from_node is None) != (mapping.streets.to_node is None):
        raise CityFault("city.mapping_wrong", f"The mapping {path.name} needs both from_node and to_node, or neither.")
    return mapping
