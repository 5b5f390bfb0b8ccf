"""Text is folded and cut as people mean it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.engines.places.words import canonical, fold, ordinal, units


@pytest.mark.parametrize(("typed", "folded"), [
    ("Töölönkatu", "toolonkatu"),
    ("ＭＩＳＳＩＯＮ ５０１", "mission 501"),
    ("Ängelholmsgränd", "angelholmsgrand"),
    ("O'Farrell", "ofarrell"),
    ("Łódź Æbelø Straße", "lodz aebelo strasse"),
    ("新华路", "新华路"),
    ("解放大道一百二十号", "解放大道120号"),
    ("新华路二〇五号", "新华路205号"),
    ("新华路十二号", "新华路12号"),
    ("地铁二号线", "地铁二号线"),
    ("ガード", "ガード"),
])  # fmt: skip
def test_folding(typed: str, folded: str) -> None:
    assert fold(typed) == folded


@pytest.mark.parametrize(("typed", "texts"), [
    ("501 Mission Street", ["501", "mission", "st"]),
    ("01ST ST", ["1st", "st"]),
    ("First Avenue", ["1st", "ave"]),
    ("twenty-fourth & Mission", ["24th", "&", "mission"]),
    ("thirtieth", ["30th"]),
    ("12 B", ["12", "b"]),
    ("12b45", ["12b"]),
    ("12bis rue", ["12bis", "rue"]),
    ("14-18", ["14-18"]),
    ("mission501", ["mission", "501"]),
    ("I80 E4", ["i80", "e4"]),
    ("新华路12号", ["新", "华", "路", "12", "号"]),
    ("万达A座", ["万", "达", "a", "座"]),
])  # fmt: skip
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
