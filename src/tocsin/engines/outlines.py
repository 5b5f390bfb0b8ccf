"""Whether a place lies in an area: rings of (lon, lat) and the even-odd rule, so that holes and islands come for nothing."""

from collections.abc import Iterable, Sequence

Ring = Sequence[tuple[float, float]]


def inside(lon: float, lat: float, rings: Iterable[Ring]) -> bool:
    """Whether a ray from the point to the east crosses the rings an odd number of times; on a border either answer may come.

    A ring may be closed, its last corner its first, or not. Source: the even-odd rule, Shimrat, Algorithm 112, CACM 5(8), 1962.
    """
    odd = False
    for ring in filter(None, rings):
        last = ring[-1]
        for here in ring:
            if (here[1] > lat) != (last[1] > lat) and lon < (last[0] - here[0]) * (lat - here[1]) / (last[1] - here[1]) + here[0]:
                odd = not odd
            last = here
    return odd
