"""Our own faults are answered with a number and nothing of what was inside; refusals in their own words."""

import logging

import msgspec
import pytest
from litestar.exceptions import HTTPException

from tocsin.edges.web import problems
from tocsin.kernel import Refused
from tocsin.ledger import LedgerFull, Overloaded


def test_a_fault_of_ours_says_a_number_and_keeps_the_words_to_nobody(caplog: pytest.LogCaptureFixture) -> None:
    caller = "555-0100 caller's name"
    with caplog.at_level(logging.DEBUG):
        try:
            assert not caller, f"wrong: {caller}"
        except AssertionError as fault:
            problem = problems.of(fault)
    assert (problem.status, problem.code) == (500, "our_fault")
    incident = problem.title.removesuffix(".").rpartition(" ")[2]
    assert incident in caplog.text
    assert incident in problem.title_zh
    assert "AssertionError" in caplog.text
    assert "test_problems.py" in caplog.text
    assert caller not in caplog.text + problem.title + problem.title_zh


def test_a_refusal_keeps_its_status_code_words_and_field() -> None:
    assert problems.of(Refused("unit_busy", "Busy.", "忙。", field="unit", status=409)) == problems.Problem(
        status=409, code="unit_busy", title="Busy.", title_zh="忙。", field="unit")


def test_a_full_or_hurried_ledger_asks_to_come_back() -> None:
    for fault, status in ((LedgerFull(), 507), (Overloaded(), 503)):
        problem = problems.of(fault)
        assert problem.status == status
        assert problems.headers(problem) == {"retry-after": "1"}
    assert problems.headers(problems.plain(404)) == {}


@pytest.mark.parametrize(("sentence", "field"), [
    ("Expected `float` <= 180.0 - at `$.place.lon`", "place.lon"), ("Object missing required field `lon` - at `$.place`", "place.lon"),
    ("Object contains unknown field `x`", "x"), ("Expected `object`, got `array`", None),
    ("Expected `int`, got `str` - at `$.fixes[3].device_at`", "fixes[3].device_at"), ("Expected `str` - at `key` in `$`", None)])
def test_the_field_is_read_from_the_sentence(sentence: str, field: str | None) -> None:
    problem = problems.of_validation(msgspec.ValidationError(sentence))
    assert (problem.status, problem.field) == (422, field)


def test_every_status_has_its_own_words() -> None:
    said = {problems.of(HTTPException(status_code=status)).code for status in (400, 401, 403, 404, 405, 413, 415, 429)}
    assert len(said) == 8
