"""Connections by whom they count towards, drawn at random and held against the plainest way to count them."""

from hypothesis import given
from hypothesis import strategies as st

from tocsin.edges.web.crowd import Crowd

MOVES = st.lists(st.tuples(st.booleans(), st.integers(0, 9), st.sampled_from("abc")), max_size=60)


@given(MOVES, st.integers(1, 6), st.integers(1, 4))
def test_as_a_list_in_order_would(moves: list[tuple[bool, int, str]], most: int, each: int) -> None:
    crowd, plain = Crowd[int](), list[tuple[int, str]]()
    for comes, one, whose in moves:
        plain = [held for held in plain if held[0] != one]
        if not comes:
            crowd.leave(one)
            continue
        gone = crowd.come(one, whose, most=most, each=each)
        plain.append((one, whose))
        own = [held for held in plain if held[1] == whose]
        expected = own[0] if len(own) > each else plain[0] if len(plain) > most else None
        assert gone == (expected[0] if expected else None)
        plain = [held for held in plain if held != expected]
        assert list(crowd) == [held[0] for held in plain]
        assert len(crowd) <= most and all(sum(held[1] == name for held in plain) <= each for name in "abc")


def test_nothing_is_held_of_who_has_left() -> None:
    crowd = Crowd[int]()
    for number in range(100):
        crowd.come(number, f"address {number}", most=1_000, each=5)
        crowd.leave(number)
    assert (len(crowd), crowd._of) == (0, {})
