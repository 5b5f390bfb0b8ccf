"""What a driver would expect, drawn: part-ways, one-ways, closures, forbidden turns, and units that are driving."""

import numpy as np
import pytest

from tests.engines.roads.drawn import check, town


def test_both_ends_lie_part_way_along_their_streets() -> None:
    check("""
        A--1--B
        |     |
        C-2---D
    """, """
        1 2  70  A C
        2 1  70  C A
        A D  80
        1 1   0
    """)


def test_one_street_is_driven_directly_where_it_allows_that_and_else_round_the_block() -> None:
    check("""
        A-1>2-B
        |     |
        C-----D
    """, """
        1 2   20
        2 1  140  B D C A
        1 B   40
        B 1  120  B D C A
    """)


def test_nobody_drives_against_a_one_way_and_no_way_is_an_answer() -> None:
    check("""
        A--<--B
        |     |
        C-----D
    """, """
        A B  100  A C D B
        B A   60  B A
        A A    0
    """)
    check("A-->--B", """
        A B  60
        B A  -
    """)


def test_a_closed_street_is_driven_round_and_nobody_gets_into_it() -> None:
    check("""
        A-1x--B
        |     |
        C-----D
    """, """
        A 1  -
        1 C  -
        A B  100  A C D B
    """)


def test_a_forbidden_turn_is_obeyed_only_by_those_who_would_make_it() -> None:
    drawing = """
        A-----B-----C
        |     |     |
        D-----E-----F
    """
    check(drawing, "A E  80")
    check(drawing, """
        A E   80  A D E
        B E   20  B E
        C E   80
    """, bans="ABE")
    check(drawing, "A E  200  A B C F E", bans="ABE ADE BCB")


def test_a_spot_behind_a_forbidden_turn_is_reached_another_way() -> None:
    check("""
        A--1--B-----C
              |     |
              2     |
              |     |
              E-----F
    """, """
        1 2   50
        2 1   50
    """)
    check("""
        A--1--B-----C
              |     |
              2     |
              |     |
              E-----F
    """, """
        1 2  210  B C F E
        2 1   50  B
        B 2   20  B
    """, bans="ABE BCB")


def test_a_driving_unit_first_goes_on_the_way_it_is_heading() -> None:
    check("""
        A--1--B
        |     |
        C-----D
    """, """
        1    A   30
        1>A  A   30
        1>B  A  130  B D C A
        1>B  B   30
    """, bans="ABA BDB")


def test_a_unit_that_has_passed_the_place_comes_round_again() -> None:
    check("""
        A-2-1-B
        |     |
        C-----D
    """, """
        1    2   20
        1>A  2   20
        1>B  2  140  B D C A
    """, bans="ABA BDB")


def test_a_unit_may_turn_round_at_a_junction_that_does_not_forbid_it() -> None:
    check("A-2-1-B", """
        1>B  2   60  B
        1>B  A   80  B A
    """)


def test_a_forbidden_turn_binds_a_unit_that_drives_into_it() -> None:
    check("""
        A--1--B--C
              |  |
              E--F
    """, """
        1>B  E  110  B C F E
        1>B  F   80
    """, bans="ABE BCB")


def test_the_line_and_the_legs_of_a_route_start_and_end_at_the_spots() -> None:
    drawn = town("""
        A--1--B
        |     |
        C-2---D
    """)
    route = drawn.roads.route(drawn.metric, drawn.spot("1"), drawn.spot("2"))
    assert route is not None
    left, top = drawn.roads.network.lon[drawn.junctions["A"]], drawn.roads.network.lat[drawn.junctions["A"]]
    np.testing.assert_allclose(route.lon - left, [0.003, 0, 0, 0.002], atol=1e-12)
    np.testing.assert_allclose(route.lat - top, [0, 0, -0.002, -0.002], atol=1e-12)
    assert route.dist_m == pytest.approx(700)
    assert [metres for _, metres in route.legs] == pytest.approx([300, 200, 200])
    assert [name for name, _ in route.legs] == drawn.roads.network.name[route.arcs].tolist()
