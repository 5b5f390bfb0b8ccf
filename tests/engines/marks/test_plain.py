"""Marks round a plain text of somebody else's: what they outlast, what they do not, and that no word of it is altered."""

import csv
import textwrap
from io import StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.engines.marks import hidden, marked_plain, packed, told, unhidden

KEY, NUMBER = b"\7" * 32, "261125-0777"
MARK, SAYS = packed(NUMBER, KEY), f"Copy for Court (court). Copy No. {NUMBER} (1)"
REPORT = """Report of the shift

The pump was set at the north side of the yard.
Water stood at 12 cm.

We left the scene at 04:12

值班长已签字。
"""
TABLE = "unit,at,state\nE7,08:12,sent\nA4,08:13,sent\nE7,08:19,there\n"


def marked(text: str) -> str:
    made = marked_plain(text, MARK, SAYS)
    assert made is not None
    return made


def bare(text: str) -> str:
    """Without both lines that say it and without letters of no width."""
    return "\n".join(line for line in text.replace(hidden(MARK), "").splitlines() if SAYS not in line).strip("\n")


def test_it_is_read_back_after_what_programs_do_to_a_text() -> None:
    whole = marked(REPORT)
    inner = "\n".join(line for line in whole.splitlines() if SAYS not in line)
    ways = {
        "as it is": whole, "other line ends": whole.replace("\n", "\r\n"), "UTF-16": whole.encode("utf-16").decode("utf-16"),
        "wrapped at 30": "\n".join(textwrap.fill(part, 30) for part in whole.split("\n\n")), "on one line": " ".join(whole.split()),
        "no blanks at line ends": "\n".join(line.rstrip() for line in whole.splitlines()),
        "both lines cut off": inner, "one paragraph alone": inner.split("\n\n")[1], "the Chinese line alone": inner.strip().splitlines()[-1],
        "in a mail": "\n".join(f"> {line}" for line in inner.splitlines())}
    assert {way: unhidden(text, KEY) for way, text in ways.items()} == {way: [NUMBER] for way in ways}


def test_what_it_does_not_outlast_is_as_it_is_written_down() -> None:
    common = marked(REPORT).encode("ascii", "ignore").decode()
    assert (unhidden(common, KEY), told(common)) == ([], [NUMBER]), "letters of the common scripts alone: what it says openly is left"
    cut = "\n".join(line for line in common.splitlines() if "Copy No." not in line)
    assert (unhidden(cut, KEY), told(cut)) == ([], []), "and that can be cut off"


@settings(max_examples=150, derandomize=True, database=None)
@given(st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n", exclude_characters="\u200b\u200c\u200d\u2060\u2028\u2029\x85"), max_size=400))
def test_no_word_of_it_is_altered(text: str) -> None:
    made = marked_plain(text, MARK, SAYS)
    if made is not None and SAYS not in text:
        assert bare(made).rstrip("# ").strip("\n") == text.rstrip("# ").strip("\n")
        assert unhidden(made, KEY) == [NUMBER]


def test_a_number_and_a_line_of_a_program_stay_as_they_are() -> None:
    lines = marked("Readings\n\nlevel 12\n\n```\nreturn value\n```\n\n| a | b |\n").splitlines()
    assert {"level 12", "return value", "```", "| a | b |"} <= set(lines)


@pytest.mark.parametrize("table", [TABLE, TABLE.replace(",", ";"), TABLE.replace(",", "\t"), TABLE.rstrip("\n"), TABLE.replace("\n", "\r\n")])
def test_a_tables_head_and_cells_stay_and_its_last_line_says_it(table: str) -> None:
    made = marked(table)
    sign = next(one for one in ",;\t" if one in table)
    rows = list(csv.reader(StringIO(made), delimiter=sign))
    assert rows[:4] == list(csv.reader(StringIO(table), delimiter=sign))
    assert (len(rows), rows[4][0].startswith("# Copy for Court")) == (5, True)
    assert unhidden(made, KEY) == [NUMBER]


@pytest.mark.parametrize("text", ['{"a": 1}\n', "[1, 2]", "<?xml version='1.0'?><a/>", "\n  {\n}"])
def test_what_a_program_would_no_longer_read_is_left_alone(text: str) -> None:
    assert marked_plain(text, MARK, SAYS) is None
