"""Speed limits as people tag them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.city.speeds import CLASS_KPH, HIGHEST_KPH, LOWEST_KPH, limit_kph


@pytest.mark.parametrize(
    ("written", "kph"),
    [
        ("50", 50),
        ("50 km/h", 50),
        ("30 mph", 48.28),
        ("30mph", 48.28),
        ("10 knots", 18.52),
        ("none", 130),
        ("walk", 6),
        (" 40 ", 40),
        ("CN:urban", 50),
        ("CN:motorway", 120),
        ("DE:urban", 50),
        ("DE:rural", 100),
        ("DE:zone30", 30),
        ("DE:zone:30", 30),
        ("RU:living_street", 20),
        ("GB:nsl_single", 96.56),
        ("XX:urban", 50),
        ("GB:zone20", 32.19),
    ],
)
def test_readable(written: str, kph: float) -> None:
    assert limit_kph(written) == pytest.approx(kph, abs=0.01)


@pytest.mark.parametrize(
    "written",
    ["", "fast", "50;70", "500", "0", "-30", "50 furlongs", "DE:", ":", "CN:moon", "fixme:", "５０倍", "1e3", "nan", "inf"],
)
def test_unreadable(written: str) -> None:
    assert limit_kph(written) is None


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(written: str) -> None:
    kph = limit_kph(written)
    assert kph is None or LOWEST_KPH <= kph <= HIGHEST_KPH


def test_every_class_has_a_possible_speed() -> None:
    assert all(LOWEST_KPH <= kph <= HIGHEST_KPH for kph in CLASS_KPH.values())
