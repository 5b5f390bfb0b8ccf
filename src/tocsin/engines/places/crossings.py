"""Where two streets meet."""

from collections import defaultdict
from collections.abc import Sequence

from tocsin.engines.places.ground import metres
from tocsin.engines.places.tables import Tables

Point = tuple[float, float]


class Crossings:
    """Meeting points by pair of streets, and each street's own."""

    def __init__(self, tables: Tables) -> None:
        self._points: dict[tuple[int, int], list[Point]] = defaultdict(list)
        self._of_street: dict[int, list[tuple[int, Point]]] = defaultdict(list)
        columns = (tables.cross_a, tables.cross_b, tables.cross_lon, tables.cross_lat)
        for a, b, lon, lat in zip(*(column.tolist() for column in columns), strict=True):
            self._points[a, b].append((lon, lat))
            self._of_street[a].append((b, (lon, lat)))
            self._of_street[b].append((a, (lon, lat)))

    def points(self, one: int, other: int) -> Sequence[Point]:
        """Where the two meet (more than once for streets that part and meet again); empty where they do not."""
        return self._points.get((min(one, other), max(one, other)), ())

    def nearest(self, street: int, lon: float, lat: float) -> int | None:
        """The cross street nearest to a point of a street, None for a street that meets none."""
        others = self._of_street.get(street)
        return min(others, key=lambda other: metres(lon, lat, *other[1]))[0] if others else None
