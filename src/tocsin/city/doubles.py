"""Things that a map holds twice, as a point and as its grounds, told by kind, name and nearness."""

from tocsin.city.cutting import DEGREE_M
from tocsin.city.survey import fold

_NEAR_M = 250.0


class Doubles:
    """Remembers where things of a group stand."""

    def __init__(self) -> None:
        self._known: dict[str, list[tuple[str, float, float]]] = {}

    def again(self, group: str, name: str, lon: float, lat: float) -> bool:
        """Tell whether the group holds a thing of this name within 250 m, and remember it if not; a nameless one is the same as
        any there.
        """
        name = fold(name)
        known = self._known.setdefault(group, [])
        for other, east, north in known:
            near = abs(north - lat) * DEGREE_M < _NEAR_M and abs(east - lon) * DEGREE_M < _NEAR_M
            if near and (not name or not other or name == other):
                return True
        known.append((name, lon, lat))
        return False
