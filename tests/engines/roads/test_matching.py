"""Positions are put on the streets that were driven: drawn streets, with noise, one-ways, gaps, jumps, stays and turns."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.roads.towns import network_of, turns
from tocsin.engines.roads import Matched, Network, Roads, Tracks, order
from tocsin.kernel import Refused

STEP = 100.0 / (6_371_008.8 * np.pi / 180.0)    # degrees in 100 m at the equator, where all these streets lie
Place = tuple[float, float]


def built(places: list[Place], streets: list[tuple[int, int, str]], bans: list[tuple[int, int]] | None = None) -> Roads:
    """Straight streets between places given in hundreds of metres."""
    lon, lat = ([place[side] * STEP for place in places] for side in (0, 1))
    network = network_of(lon, lat, streets, bans or [])
    return Roads(network, order(network))


def told(line: list[Place], each_m: float = 50.0, mps: float = 10.0, noise_m: float = 0.0, seed: int = 1) -> tuple[np.ndarray, ...]:
    """Positions along a line of places, one each so many metres at an even speed: seconds, longitudes, latitudes."""
    x, y = np.array(line).T * 100.0
    done = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    at = np.arange(0.0, done[-1], each_m)
    rng = np.random.default_rng(seed)
    east, north = (np.interp(at, done, side) + rng.normal(0.0, noise_m, len(at)) for side in (x, y))
    return at / mps, east * STEP / 100.0, north * STEP / 100.0


def matched(roads: Roads, t_s: np.ndarray, lon: np.ndarray, lat: np.ndarray, accuracy_m: float = 15.0,
            heading_deg: np.ndarray | None = None) -> Matched:
    """One track, matched to all streets."""
    tracks = Tracks.of([0, len(t_s)], t_s, lon, lat, np.full(len(t_s), accuracy_m), heading_deg)
    return roads.matcher(np.ones(len(roads.network.tail), bool)).match(tracks)


def by(roads: Roads, found: Matched, part: int = 0) -> list[tuple[int, int]]:
    """The junctions that a part of the way leads from and to, street by street."""
    arcs = found.way_arc[found.way_part == part]
    return list(zip(roads.network.tail[arcs].tolist(), roads.network.head[arcs].tolist(), strict=True))


LADDER = [(0, 0), (4, 0), (8, 0), (0, 4), (4, 4), (8, 4)]
RUNGS = [(0, 1, "both"), (1, 2, "both"), (3, 4, "both"), (4, 5, "both"), (0, 3, "both"), (1, 4, "both"), (2, 5, "both")]


def test_a_drive_round_corners_is_found_with_noise_and_its_times() -> None:
    roads = built(LADDER, RUNGS)
    t_s, lon, lat = told([(1, 0), (4, 0), (4, 4), (8, 4), (8, 1)], noise_m=10.0)
    found = matched(roads, t_s, lon, lat)
    assert by(roads, found) == [(0, 1), (1, 4), (4, 5), (5, 2)]
    assert (found.arc >= 0).all()
    assert found.way_low.tolist()[1:] == [0.0, 0.0, 0.0]
    assert found.way_high.tolist()[:-1] == [1.0, 1.0, 1.0]
    np.testing.assert_allclose(found.way_enter_s[1:], [30, 70, 110], atol=2.0)
    assert found.way_leave_s[:-1].tolist() == found.way_enter_s[1:].tolist()


def test_of_two_parallel_streets_the_one_that_was_driven_is_found() -> None:
    roads = built([(0, 0), (9, 0), (0, 0.3), (9, 0.3)], [(0, 1, "both"), (2, 3, "both"), (0, 2, "both"), (1, 3, "both")])
    for seed in range(20):
        found = matched(roads, *told([(1, 0.3), (8, 0.3)], noise_m=10.0, seed=seed))
        assert by(roads, found) == [(2, 3)]
        assert (found.arc == found.arc[0]).all()


def test_a_one_way_is_never_driven_against_and_a_two_way_street_in_the_direction_of_travel() -> None:
    roads = built([(0, 0), (9, 0), (0, 0.2), (9, 0.2)], [(0, 1, "on"), (3, 2, "on"), (1, 3, "both"), (2, 0, "both")])
    for line, way in (([(1, 0.1), (8, 0.1)], (0, 1)), ([(8, 0.1), (1, 0.1)], (3, 2))):
        assert by(roads, matched(roads, *told(line, noise_m=5.0))) == [way]
    street = built([(0, 0), (9, 0)], [(0, 1, "both")])
    assert by(street, matched(street, *told([(1, 0), (8, 0)], noise_m=10.0))) == [(0, 1)]
    assert by(street, matched(street, *told([(8, 0), (1, 0)], noise_m=10.0))) == [(1, 0)]


def test_a_forbidden_turn_is_not_driven() -> None:
    free = built(LADDER, RUNGS)
    line = [(2, 0), (4, 0), (4, 3.9)]
    assert by(free, matched(free, *told(line))) == [(0, 1), (1, 4)]
    tail, head = free.network.tail.tolist(), free.network.head.tolist()
    arc = {(a, b): number for number, (a, b) in enumerate(zip(tail, head, strict=True))}
    banned = built(LADDER, RUNGS, [(arc[0, 1], arc[1, 4])])
    found = matched(banned, *told(line))
    assert len(np.unique(found.way_part)) == 2, "nothing likely joins the two streets: the way begins anew"
    assert (found.arc >= 0).all()


def test_a_gap_without_signal_is_driven_through_and_a_long_one_begins_anew() -> None:
    roads = built(LADDER, RUNGS)
    t_s, lon, lat = told([(1, 0), (4, 0), (4, 4), (8, 4)], each_m=50.0)
    heard = (t_s < 20.0) | (t_s > 80.0)
    found = matched(roads, t_s[heard], lon[heard], lat[heard])
    assert by(roads, found) == [(0, 1), (1, 4), (4, 5)]
    late = np.where(t_s > 80.0, t_s + 200.0, t_s)
    found = matched(roads, late[heard], lon[heard], lat[heard])
    assert [by(roads, found, part) for part in (0, 1)] == [[(0, 1)], [(4, 5)]]


def test_one_position_that_jumped_is_left_out_and_changes_nothing() -> None:
    roads = built(LADDER, RUNGS)
    t_s, lon, lat = told([(1, 0), (4, 0), (4, 4), (8, 4)], noise_m=5.0)
    whole = matched(roads, t_s, lon, lat)
    for place in ((8.0, 0.0), (0.0, 1.5), (300.0, 20.0)):     # on a street far off, on one near, and on none
        lon[4], lat[4] = place[0] * STEP, place[1] * STEP
        found = matched(roads, t_s, lon, lat)
        assert by(roads, found) == by(roads, whole)
        assert found.arc[4] == -1
        assert np.isinf(found.gap_m[4])
        assert np.flatnonzero(found.arc < 0).tolist() == [4]


def test_a_jump_that_lasts_begins_anew() -> None:
    roads = built([*LADDER, (90, 0), (99, 0)], [*RUNGS, (6, 7, "both")])
    first, second = told([(1, 0), (4, 0)]), told([(91, 0), (96, 0)])
    found = matched(roads, np.concatenate([first[0], 35.0 + second[0]]), *(np.concatenate([first[k], second[k]]) for k in (1, 2)))
    assert [by(roads, found, part) for part in (0, 1)] == [[(0, 1)], [(6, 7)]]
    assert (found.arc >= 0).all()


def test_a_ring_is_driven_round_and_round() -> None:
    corners = [(5 * np.cos(k * np.pi / 6), 5 * np.sin(k * np.pi / 6)) for k in range(12)]
    roads = built(corners, [(k, (k + 1) % 12, "on") for k in range(12)])
    found = matched(roads, *told([(corners[k % 12]) for k in range(19)], noise_m=8.0))
    ends = by(roads, found)
    assert all(ends[k][1] == ends[k + 1][0] for k in range(len(ends) - 1))
    assert len(ends) in (18, 19)


def test_a_unit_that_stands_is_in_one_place_for_as_long() -> None:
    roads = built(LADDER, RUNGS)
    rng = np.random.default_rng(3)
    coming, going = told([(1, 0), (4, 0), (4, 2)], noise_m=5.0), told([(4, 2.5), (4, 4), (7, 4)], noise_m=5.0)
    stood = np.arange(0.0, 600.0, 5.0)
    lon, lat = 4 * STEP + rng.normal(0, 5e-2, 120) * STEP, 2.2 * STEP + rng.normal(0, 5e-2, 120) * STEP
    found = matched(roads, np.concatenate([coming[0], 55.0 + stood, 660.0 + going[0]]), np.concatenate([coming[1], lon, going[1]]),
                    np.concatenate([coming[2], lat, going[2]]))
    assert by(roads, found) == [(0, 1), (1, 4), (4, 5)]
    assert found.way_stay_s[1] == pytest.approx(600.0, abs=15.0)
    assert (found.way_stay_s[[0, 2]] < 15.0).all()
    assert len(np.unique(found.arc[len(coming[0]) + 1 : -len(going[0]) - 1])) == 1


def test_who_turns_round_in_the_street_is_followed() -> None:
    roads = built([(0, 0), (20, 0)], [(0, 1, "both")])
    found = matched(roads, *told([(2, 0), (10, 0), (3, 0)], noise_m=5.0))
    assert by(roads, found) == [(0, 1), (1, 0)]
    assert found.way_high[0] == pytest.approx(0.5, abs=0.03)
    assert found.way_high[0] == pytest.approx(1.0 - found.way_low[1])


def test_a_heading_tells_the_direction_where_positions_do_not() -> None:
    roads = built([(0, 0), (9, 0)], [(0, 1, "both")])
    for heading, way in ((90.0, (0, 1)), (270.0, (1, 0)), (260.0, (1, 0))):
        found = matched(roads, np.array([0.0]), np.array([4 * STEP]), np.array([0.0]), heading_deg=np.array([heading]))
        assert by(roads, found) == [way]


def test_no_position_and_positions_of_nowhere_are_answered() -> None:
    roads = built(LADDER, RUNGS)
    assert len(matched(roads, *(np.empty(0) for _ in range(3))).way_arc) == 0
    nowhere = np.array([np.nan, 5.0, np.inf, 1e300, 2 * STEP]), np.array([0.0, 5.0, 0.0, 0.0, 0.1 * STEP])
    found = matched(roads, np.arange(5.0), *nowhere)
    assert found.arc.tolist()[:4] == [-1] * 4
    assert found.arc[4] >= 0
    assert found.gap_m[4] == pytest.approx(10.0, abs=0.01)
    assert (matched(roads, *told([(1, 0), (3, 0)]), accuracy_m=900.0).arc == -1).all()


def test_a_street_that_may_not_be_driven_is_neither_matched_nor_driven_through() -> None:
    roads = built(LADDER, RUNGS)
    t_s, lon, lat = told([(1, 0.1), (7, 0.1)])
    usable = ~np.isin(roads.network.segment, (0, 1))
    tracks = Tracks.of([0, len(t_s)], t_s, lon, lat)
    assert not np.isin(roads.network.segment[roads.matcher(usable).match(tracks).way_arc], (0, 1)).any()
    t_s, lon, lat = told([(0, 3), (0, 0), (4, 0), (4, 3)])
    heard = (t_s < 30.0) | (t_s > 71.0)      # nothing is told of the street between
    tracks = Tracks.of([0, int(heard.sum())], t_s[heard], lon[heard], lat[heard])
    assert by(roads, roads.matcher(np.ones(14, bool)).match(tracks)) == [(3, 0), (0, 1), (1, 4)]
    shut = roads.matcher(roads.network.segment != 0).match(tracks)
    assert [by(roads, shut, part) for part in (0, 1)] == [[(3, 0)], [(1, 4)]], "no other way is likely"


def test_a_street_that_is_seldom_driven_is_believed_where_positions_insist() -> None:
    roads = built([(0, 0), (9, 0), (0, 0.12), (9, 0.12)], [(0, 1, "on"), (2, 3, "on"), (0, 2, "both"), (1, 3, "both")])
    seldom = roads.network.segment == 1
    for off, doubted in ((0.08, (0, 1)), (0.3, (2, 3))):
        t_s, lon, lat = told([(1, off), (8, off)])
        tracks = Tracks.of([0, len(t_s)], t_s, lon, lat)
        assert by(roads, matched(roads, t_s, lon, lat)) == [(2, 3)]
        assert by(roads, roads.matcher(np.ones(6, bool), seldom).match(tracks)) == [doubted]


def test_noise_at_crossings_is_not_driven_into_side_streets_and_back() -> None:
    stubs = [(float(k), 0.15) for k in range(1, 8)]
    roads = built([*((float(k), 0.0) for k in range(9)), *stubs], [*((k, k + 1, "both") for k in range(8)), *((k, 8 + k, "both") for k in range(1, 8))])
    for each_m in (10.0, 50.0):
        for seed in range(30):
            found = matched(roads, *told([(0.3, 0), (7.7, 0)], each_m=each_m, noise_m=10.0, seed=seed))
            assert by(roads, found) == [(k, k + 1) for k in range(8)]


def test_many_tracks_are_each_matched_by_itself() -> None:
    roads = built(LADDER, RUNGS)
    lines = [[(1, 0), (4, 0), (4, 3)], [(7, 4), (1, 4)], [(8, 1), (8, 3)]]
    each = [told(line, noise_m=8.0, seed=seed) for seed, line in enumerate(lines)]
    at = np.cumsum([0, *(len(one[0]) for one in each)])
    together = roads.matcher(np.ones(14, bool)).match(Tracks.of(at, *(np.concatenate(column) for column in zip(*each, strict=True))))
    for track, one in enumerate(each):
        alone = matched(roads, *one)
        rows = together.way_track == track
        assert together.way_arc[rows].tolist() == alone.way_arc.tolist()
        assert together.way_enter_s[rows].tolist() == alone.way_enter_s.tolist()
        assert together.arc[at[track] : at[track + 1]].tolist() == alone.arc.tolist()


def test_too_long_and_out_of_order_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        Tracks.of([0, 50_001], np.arange(50_001.0), np.zeros(50_001), np.zeros(50_001))
    assert refused.value.code == "track-too-long"
    for times in ([0.0, 2.0, 1.0], [0.0, 1.0, 1.0], [0.0, np.nan, 1.0]):
        with pytest.raises(Refused) as refused:
            Tracks.of([0, 3], times, np.zeros(3), np.zeros(3))
        assert refused.value.code == "track-out-of-order"
    with pytest.raises(Refused):
        Tracks.of([0, 0, 3], [0.0, 2.0, 1.0], np.zeros(3), np.zeros(3))
    assert len(Tracks.of([0, 2, 2, 4, 4], [5.0, 6.0, 1.0, 2.0], np.zeros(4), np.zeros(4))) == 4


SIDE = 4
CROSSINGS = [(2.0 * (k % SIDE), 2.0 * (k // SIDE)) for k in range(SIDE * SIDE)]
BLOCKS = [(k, k + step) for k in range(SIDE * SIDE) for step in (1, SIDE) if k + step < SIDE * SIDE and (step == SIDE or (k + 1) % SIDE)]


@st.composite
def walks(draw: st.DrawFn) -> tuple[Network, list[int], list[tuple[int, int, str]]]:
    """A chequered town with one-ways and forbidden turns, and a way through it that turns round nowhere: its arcs."""
    streets = [(a, b, draw(st.sampled_from(["both", "both", "on", "back"]))) for a, b in BLOCKS]
    lon, lat = ([place[side] * STEP for place in CROSSINGS] for side in (0, 1))
    free = network_of(lon, lat, streets, [])
    bans = draw(st.lists(st.sampled_from(turns(free)), unique=True, max_size=8))
    network = network_of(lon, lat, streets, bans)
    way = [draw(st.integers(0, len(network.tail) - 1))]
    for _ in range(draw(st.integers(1, 9))):
        onward = [arc for arc in np.flatnonzero(network.tail == network.head[way[-1]]).tolist()
                  if network.segment[arc] != network.segment[way[-1]] and (way[-1], arc) not in bans]
        if not onward:
            break
        way.append(draw(st.sampled_from(onward)))
    return network, way, streets


def line_of(network: Network, way: list[int]) -> list[Place]:
    """A way's line from a little after its beginning to a little before its end, in hundreds of metres."""
    nodes = [CROSSINGS[network.tail[way[0]]], *(CROSSINGS[network.head[arc]] for arc in way)]
    first, last = np.array(nodes[0]), np.array(nodes[-1])
    nodes[0] = tuple(first + 0.3 * (np.array(nodes[1]) - first))
    nodes[-1] = tuple(last + 0.2 * (np.array(nodes[-2]) - last))
    return nodes


@given(walks())
@settings(max_examples=150, deadline=None)
def test_a_drive_without_noise_is_matched_exactly(walk: tuple[Network, list[int], list[tuple[int, int, str]]]) -> None:
    network, way, _ = walk
    roads = Roads(network, order(network))
    found = matched(roads, *told(line_of(network, way), each_m=45.0), accuracy_m=8.0)
    assert found.way_arc.tolist() == way
    assert (found.gap_m < 0.1).all()
    assert (found.way_part == 0).all()


@given(walks(), st.randoms(use_true_random=False), st.integers(0, 1000))
@settings(max_examples=60, deadline=None)
def test_the_order_of_streets_changes_nothing(walk: tuple[Network, list[int], list[tuple[int, int, str]]], shuffle: object, seed: int) -> None:
    """The same town with its streets listed in another order, so that candidates and grid lie otherwise, gives the same way."""
    network, way, streets = walk
    free = network_of(network.lon.tolist(), network.lat.tolist(), streets, [])
    mixed = list(streets)
    shuffle.shuffle(mixed)      # type: ignore[attr-defined]  # Hypothesis's Random has no type of its own
    other = network_of(network.lon.tolist(), network.lat.tolist(), mixed, [])
    track = told(line_of(network, way), each_m=45.0, noise_m=8.0, seed=seed)
    one, two = (Roads(town, order(town)) for town in (free, other))
    first, second = matched(one, *track), matched(two, *track)
    assert by(one, first) == by(two, second)
    np.testing.assert_allclose(first.way_enter_s, second.way_enter_s)
    np.testing.assert_allclose(first.gap_m, second.gap_m)
