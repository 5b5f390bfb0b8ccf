"""One's own name, number and address are found as whole words and whole numbers, however they are written, and not in another's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.engines.own_use import Own, OwnIn, OwnKind

OWN = Own(names=("Aino Example", "王小明"), numbers=("+358 50 555 0101", "010-6655-4433"), addresses=("Mannerheimintie 12", "长安街12号"))


def found(text: str, own: Own = OWN) -> set[OwnKind]:
    return set(OwnIn(own).found(text))


@pytest.mark.parametrize("text", ["Aino Example", "EXAMPLE, Aino", "it was aino  example who rang", "Áino Exámple", "报警人王小明称有烟", "Ａino Example"])
def test_a_name_is_found_either_way_round_in_any_case_and_without_accents(text: str) -> None:
    assert found(text) == {"name"}


@pytest.mark.parametrize("text", ["Aino", "Ainon Examples", "Aino rang; the Example school", "小明", "王小 red", ""])
def test_half_a_name_or_another_word_is_not_it(text: str) -> None:
    assert found(text) == set()


@pytest.mark.parametrize("text", ["0505550101", "050 555 0101", "+358505550101", "ring (050) 555-01.01 again", "00358 50 5550101", "01066554433", "+86 10 6655 4433",
                                  "０５０５５５０１０１"])
def test_a_number_is_found_with_and_without_its_country(text: str) -> None:
    assert found(text) == {"number"}


@pytest.mark.parametrize("text", ["0505550102", "5550101", "050555010", "05055501011", "it was 12:05, 0101 units", "9358505550101234"])
def test_another_number_is_not_it(text: str) -> None:
    assert found(text) == set()


@pytest.mark.parametrize("text", ["Mannerheimintie 12 B 3, Helsinki", "at mannerheimintie 12", "北京市长安街12号楼"])
def test_an_address_is_found_whatever_stands_after_it(text: str) -> None:
    assert found(text) == {"address"} and OwnIn(OWN).at(text)


@pytest.mark.parametrize("text", ["Mannerheimintie 120", "Mannerheimintie", "Vanha Mannerheimintie 1 2", "长安街112号"])
def test_another_house_is_not_it(text: str) -> None:
    assert found(text) == set() and not OwnIn(OWN).at(text)


def test_what_would_match_too_much_is_a_fault() -> None:
    bad = Own(names=("Aino",), numbers=("112",), addresses=("Mannerheimintie", "Main Street"))
    assert [field for field, _ in bad.faults()] == ["names", "numbers", "addresses", "addresses"]
    assert not list(OWN.faults()) and OWN.kinds() == ("name", "number", "address") and Own().kinds() == ()


WORD = st.text(alphabet="abcdefghijklmnopqrstuvwxyzåäö", min_size=2, max_size=12)


@given(st.lists(WORD, min_size=2, max_size=3), st.text(max_size=40), st.text(max_size=40))
def test_what_stands_around_a_name_hides_it_from_nobody(words: list[str], before: str, after: str) -> None:
    assert "name" in found(f"{before} . {' '.join(words).upper()} . {after}", Own(names=(" ".join(words),)))


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=300))
def test_no_text_is_too_strange(text: str) -> None:
    found(text)
