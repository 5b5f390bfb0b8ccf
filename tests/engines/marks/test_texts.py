"""Marks in texts: each layer by itself, what each survives, what it does not, and that luck names nobody."""

import unicodedata
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.engines.marks import BITS, Seen, chosen, hidden, matched, numbered, packed, told, unhidden
from tocsin.house.outflow_words import PAIRS, seen

KEY, NUMBER = b"\7" * 32, "261125-0042"
MARKS = {number: packed(number, KEY) for number in (f"261125-{at:04d}" for at in range(2_000))}


@given(st.dates(min_value=date(2020, 1, 1), max_value=date(2064, 11, 8)), st.integers(0, 16_383))
def test_a_number_comes_back_from_its_mark(day, run: int) -> None:
    number = f"{day:%y%m%d}-{run:04d}"
    assert packed(number, KEY) < 1 << BITS
    assert numbered(packed(number, KEY), KEY) == number
    assert numbered(packed(number, KEY), b"\6" * 32) is None


@pytest.mark.parametrize("wrong", ["", "261125", "261125-12", "651125-0001", "261125-16384", "261340-0001"])
def test_what_is_no_number_has_no_mark(wrong: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        packed(wrong, KEY)


def test_chance_bits_name_nothing() -> None:
    rng = np.random.default_rng(1)
    assert sum(numbered(int(mark), KEY) is not None for mark in rng.integers(0, 1 << BITS, 50_000)) <= 2


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_letters_without_width_outlast_normalising_stripping_and_other_encodings(form) -> None:
    text = f"  Fire on Harbour Road{hidden(MARKS[NUMBER])}  \r\nmore"
    again = unicodedata.normalize(form, text).strip().replace("\r\n", "\n").encode("utf-16").decode("utf-16")
    assert unhidden(again, KEY) == [NUMBER]


def test_letters_without_width_are_lost_where_only_common_letters_are_kept_and_when_cut() -> None:
    text = f"Fire{hidden(MARKS[NUMBER])}"
    assert unhidden(text.encode("ascii", "ignore").decode(), KEY) == []
    assert unhidden(text[:-1], KEY) == []


def test_open_words_are_read_in_both_languages() -> None:
    assert told("x Copy No. 261125-0042 y\n副本编号 261125-0007") == ["261125-0042", "261125-0007"]


def rows(mark: int, count: int) -> list[str]:
    return [f"{at:06d}-{at:04d}, " + ", ".join(PAIRS[slot]["en"][at % 2][chosen(mark, f"{at:06d}-{at:04d}/{slot}", KEY)] for slot in ("standing", "sent", "reached"))
            for at in range(1, count + 1)]


def test_of_two_thousand_copies_eleven_rows_name_the_right_one_in_any_order() -> None:
    lines = rows(MARKS[NUMBER], 11)
    match = matched(seen("\n".join(reversed(lines)).replace(", ", " \t ")), MARKS, KEY)
    assert match is not None
    assert (match.number, match.agree, match.seen, match.sure) == (NUMBER, 33, 33, True)


def test_too_few_rows_name_nobody() -> None:
    match = matched(seen("\n".join(rows(MARKS[NUMBER], 6))), MARKS, KEY)
    assert match is not None
    assert not match.sure


def test_luck_names_nobody() -> None:
    rng = np.random.default_rng(2)
    for _ in range(20):
        match = matched([Seen(f"260304-{at:04d}/sent", bool(rng.integers(2))) for at in range(60)], MARKS, KEY)
        assert match is not None
        assert not match.sure


def test_phrases_of_a_slot_never_hide_in_one_another() -> None:
    for slot, tongues in PAIRS.items():
        phrases = [phrase for pairs in tongues.values() for pair in pairs for phrase in pair]
        assert len(set(phrases)) == len(phrases)
        for one in phrases:
            assert sum(one in other for other in phrases) == 1, f"{slot}: {one}"
        others = [phrase for name, more in PAIRS.items() if name != slot for pairs in more.values() for pair in pairs for phrase in pair]
        assert not [(one, other) for one in phrases for other in others if one in other], f"{slot} is part of another slot's phrase"
