"""Text is folded and cut as people mean it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engines.places.towns import examples
from tocsin.engines.places.words import canonical, fold, ordinal, units


@pytest.mark.parametrize(("typed", "folded"), examples("folded"))
def test_folding(typed: str, folded: str) -> None:
    assert fold(typed) == folded


@pytest.mark.parametrize(("typed", "texts"), examples("units"))
def test_units(typed: str, texts: list[str]) -> None:
    assert [unit.text for unit in units(typed)] == texts


def test_what_follows_a_comma_stands_aside() -> None:
    assert [unit.after for unit in units("5 Main, Springfield")] == [False, False, True]


@given(st.text(max_size=200))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    """Save that a digit or a mark may come free to be folded only the second time, one folding is enough for the cut."""
    assert [unit.text for unit in units(text)] == [unit.text for unit in units(text)]
    assert all(unit.text for unit in units(text))


@given(st.integers(min_value=1, max_value=10**8))
def test_an_ordinal_is_its_own_canonical_form(value: int) -> None:
    assert canonical(ordinal(value)) == ordinal(value)
    assert canonical(f"0{ordinal(value)}") == ordinal(value)


@pytest.mark.parametrize(("value", "text"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (21, "21st"), (113, "113th")])
def test_ordinals(value: int, text: str) -> None:
    assert ordinal(value) == text
