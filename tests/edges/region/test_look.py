"""The look at several ledgers finds what it is for: a loan that is lost or doubled, a unit that two floors have, a letter that never arrived."""

from typing import Any

import pytest
from faults.checker import Found
from faults.loans import Facts, check_floors, check_letters, check_loans

SHIFT = {"unit": "E1", "shift": "D"}
THERE = {"unit": "A.E1", "shift": "A.1"}
LENT = (1, "aid.unit-lent", {**SHIFT, "state": "lent", "loan": "1", "to": "B"})
TAKEN = (3, "aid.letter-taken", {"letter": "lent/1", "to": "B"})
HOME = (8, "aid.unit-came-back", {**SHIFT, "state": "available", "loan": "1", "to": "B"})
BORROWED = (2, "aid.unit-borrowed", {**THERE, "lender": "A", "theirs": {"loan": "1", **SHIFT}})
SENT = (4, "dispatch.unit-assigned", {**THERE, "incident": "9"})
FREE = (5, "fleet.unit-state-changed", {**THERE, "state": "available"})
GIVEN = (6, "aid.unit-given-back", {**THERE, "lender": "A", "theirs": {"loan": "1", **SHIFT}})
OVER = (7, "aid.letter-taken", {"letter": "over/A.1", "to": "A"})


def wrong(a: Facts, b: Facts) -> list[str]:
    found = Found()
    for check in (check_loans, check_floors, check_letters):
        check({"A": a, "B": b}, found)
    return found.wrong


def test_a_loan_as_it_should_be() -> None:
    assert not wrong([LENT, TAKEN, HOME], [BORROWED, SENT, FREE, GIVEN, OVER])
    assert not wrong([LENT, TAKEN], [BORROWED, SENT])


@pytest.mark.parametrize(("a", "b", "says"), [
    ([LENT, TAKEN], [], "lent, borrowed"),
    ([LENT, TAKEN], [BORROWED, (3, *BORROWED[1:])], "lent, borrowed"),
    ([LENT, TAKEN, HOME], [BORROWED, SENT], "lent, borrowed"),
    ([LENT, TAKEN, (4, *HOME[1:])], [BORROWED, GIVEN, OVER], "another order"),
    ([LENT], [BORROWED], "not known to have arrived"),
    ([LENT, TAKEN, TAKEN], [BORROWED], "taken 2 times"),
    ([LENT, (3, "aid.letter-taken", {**TAKEN[2], "code": "aid_unknown"})], [BORROWED], "refused"),
    ([LENT, TAKEN, (5, "dispatch.unit-assigned", {**SHIFT, "incident": "7"})], [BORROWED], "did not have it"),
    ([(0, "dispatch.unit-assigned", {**SHIFT, "incident": "7"}), LENT, TAKEN], [BORROWED], "lent while it was out"),
    ([LENT, TAKEN], [BORROWED, SENT, (5, "dispatch.unit-assigned", {**THERE, "incident": "10"})], "while it was out for B 9"),
    ([LENT, TAKEN, HOME], [BORROWED, GIVEN, OVER, (9, *SENT[1:])], "did not have it"),
])
def test_what_is_not_as_it_should_be_is_found(a: list[Any], b: list[Any], says: str) -> None:
    assert any(says in sentence for sentence in wrong(a, b)), wrong(a, b)
