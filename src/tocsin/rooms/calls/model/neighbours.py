"""The centres next to this one: to which of them a point belongs that is not ours, and how they are reached."""

import msgspec

from tocsin.engines.outlines import inside
from tocsin.kernel import Words

Point = tuple[float, float]


class Centre(msgspec.Struct, frozen=True):
    """A neighbouring centre: its names, how it is reached, and its area as a box or a ring of (lon, lat); `rest`: all that is nobody's."""

    en: str
    zh: str
    contact: str
    box: tuple[float, float, float, float] | None = None
    """West, south, east, north."""
    ring: tuple[Point, ...] = ()
    rest: bool = False

    @property
    def says(self) -> Words:
        return Words(self.en, self.zh)

    def has(self, lon: float, lat: float) -> bool:
        """Whether a point lies in its area; a centre of the rest has none of its own."""
        boxed = self.box is not None and self.box[0] <= lon <= self.box[2] and self.box[1] <= lat <= self.box[3]
        return boxed or inside(lon, lat, [self.ring])


class Neighbours(msgspec.Struct, frozen=True):
    """This centre's own name and area, and those of its neighbours in order of asking."""

    en: str = ""
    zh: str = ""
    ring: tuple[Point, ...] = ()
    """The centre's own area; left out, it is the whole of the city folder but for what a neighbour claims."""
    centres: dict[str, Centre] = {}
    sample: bool = False

    def of(self, lon: float, lat: float, bounds: tuple[float, float, float, float]) -> str:
        """The code of the neighbour that a point belongs to, empty where it is ours or nobody's.

        Our own ring is asked first, then the neighbours' areas, then the city's bounds: a box round a city holds a good
        part of its neighbours. Only what is in none of these is the rest.
        """
        if self.ours(lon, lat, bounds):
            return ""
        near = next((code for code, centre in self.centres.items() if centre.has(lon, lat)), "")
        return near or next((code for code, centre in self.centres.items() if centre.rest), "")

    def ours(self, lon: float, lat: float, bounds: tuple[float, float, float, float]) -> bool:
        """Whether a point is this centre's own."""
        west, south, east, north = bounds
        if self.ring:
            return inside(lon, lat, [self.ring])
        return west <= lon <= east and south <= lat <= north and not any(centre.has(lon, lat) for centre in self.centres.values())


def faults(table: Neighbours) -> list[str]:
    """What is wrong with a table of neighbours, in sentences; empty where it is sound."""
    found = []
    for code, centre in table.centres.items():
        found += [f"centre {code}: no words in {tongue}" for tongue, text in (("English", centre.en), ("Chinese", centre.zh)) if not text.strip()]
        if not centre.contact.strip():
            found.append(f"centre {code}: nobody knows how to reach it")
        if centre.box is not None and not (centre.box[0] < centre.box[2] and centre.box[1] < centre.box[3]):
            found.append(f"centre {code}: its box is not west, south, east, north")
        if 0 < len(centre.ring) < 3:
            found.append(f"centre {code}: its ring has only {len(centre.ring)} corners")
        if centre.box is None and not centre.ring and not centre.rest:
            found.append(f"centre {code}: it has no area")
    if sum(centre.rest for centre in table.centres.values()) > 1:
        found.append("more than one centre has the rest")
    if 0 < len(table.ring) < 3:
        found.append(f"this centre's own ring has only {len(table.ring)} corners")
    return found
