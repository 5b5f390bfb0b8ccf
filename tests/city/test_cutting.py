"""Cutting ways at their junctions: whatever is drawn, nothing is lost, nothing is a loop, everything meets where it met."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.city.addresses import spread
from tocsin.city.cutting import DEGREE_M, Ways, cut, lengths_m
from tocsin.city.faults import CityFault, Odd

walks = st.lists(
    st.lists(st.integers(0, 24), min_size=2, max_size=12).filter(lambda walk: all(a != b for a, b in pairwise(walk))),
    min_size=1,
    max_size=8,
)


def drawn(walks: list[list[int]]) -> Ways:
    """Return ways along nodes of a five by five square."""
    ways = Ways()
    for number, walk in enumerate(walks):
        ways.add(
            [(node, node % 5 * 0.001, node // 5 * 0.001) for node in walk],
            number,
            number,
            0,
            (3, 3),
            (50.0, 50.0),
            (False, False),
        )
    return ways


@given(walks)
def test_every_step_is_kept_once_and_no_segment_is_a_loop(walks: list[list[int]]) -> None:
    pieces = cut(drawn(walks), Odd())
    segments = pieces.segments
    where = {(round(node % 5 * 0.001, 6), round(node // 5 * 0.001, 6)): node for node in range(25)}
    names = [where[round(lon, 6), round(lat, 6)] for lon, lat in zip(segments.shape_lon, segments.shape_lat, strict=True)]
    steps: Counter[tuple[int, int, int]] = Counter()
    for at in range(segments.count):
        line = names[segments.shape_at[at] : segments.shape_at[at + 1]]
        assert len(line) >= 2
        assert (pieces.node[segments.tail[at]], pieces.node[segments.head[at]]) == (line[0], line[-1])
        steps.update((int(pieces.way[at]), a, b) for a, b in pairwise(line))
    assert steps == Counter((number, a, b) for number, walk in enumerate(walks) for a, b in pairwise(walk))
    assert (segments.tail != segments.head).all()


@given(walks)
def test_inside_a_segment_nothing_else_passes(walks: list[list[int]]) -> None:
    segments = cut(drawn(walks), Odd()).segments
    uses = Counter(node for walk in walks for node in walk)
    inner = np.ones(len(segments.shape_lon), dtype=bool)
    inner[segments.shape_at[:-1]] = inner[segments.shape_at[1:] - 1] = False
    for lon, lat in zip(segments.shape_lon[inner], segments.shape_lat[inner], strict=True):
        assert uses[round(lon * 1000) + 5 * round(lat * 1000)] == 1


def test_lengths_are_metres_along_the_line() -> None:
    segments = cut(drawn([[0, 1, 6]]), Odd()).segments
    assert lengths_m(segments).tolist() == pytest.approx([0.002 * DEGREE_M], rel=1e-6)


def test_two_points_in_one_place_are_counted_and_kept() -> None:
    ways, odd = Ways(), Odd()
    ways.add([(1, 0.0, 0.0), (2, 0.0, 0.0)], 7, -1, 0, (3, 3), (50.0, 50.0), (False, False))
    assert cut(ways, odd).segments.count == 1
    assert odd.report() == {"segment_without_length": {"count": 1, "examples": ["way 7 at node 1"]}}


@pytest.mark.parametrize("lon", [181.0, float("nan"), float("inf")])
def test_a_point_off_the_earth_is_a_fault(lon: float) -> None:
    ways = Ways()
    ways.add([(1, 0.0, 0.0), (2, lon, 0.0)], 7, -1, 0, (3, 3), (50.0, 50.0), (False, False))
    with pytest.raises(CityFault, match="outside the earth"):
        cut(ways, Odd())


@given(st.integers(1, 900), st.integers(1, 900), st.sampled_from(["all", "even", "odd"]))
def test_interpolated_numbers_run_from_end_to_end(first: int, last: int, rule: str) -> None:
    found = spread(np.array([[0.0, 0.0], [0.5, 0.0], [1.0, 0.0]]), rule, str(first), str(last))
    if found is None:
        assert abs(last - first) > 500
        return
    numbers, places = [int(number) for number, _, _ in found], [lon for _, lon, _ in found]
    assert all(min(first, last) < number < max(first, last) for number in numbers)
    assert places == sorted(places)
    assert all(0 < place < 1 for place in places)
