"""What is kept of help between cities: what was asked and answered, which units are lent and borrowed, and what the other city has taken in.

A loan is two facts, one in each city's ledger. A lent unit is a `UnitStateChanged` and a borrowed one a `ShiftStarted`, so that
every fold of a unit's status knows them already.
"""

from typing import Literal

import msgspec

from tocsin.facts.calls import Place
from tocsin.facts.dispatch import Need
from tocsin.facts.fleet import ShiftEnded, ShiftStarted, UnitStateChanged
from tocsin.kernel import Fact, fact

WhyNot = Literal["busy", "least_stays", "too_far", "no_such_unit", "other"]
"""Why a city does not help, or no further; a code, so that no sentence about anybody crosses a border."""


class AidFact(Fact, frozen=True, kw_only=True):
    """A fact about one asking of ours, which is for one incident and goes to one neighbour (`of`)."""

    aid: str
    of: str
    incident: str

    def tags(self) -> tuple[str, ...]:
        return (f"aid:{self.aid}", f"incident:{self.incident}")


@fact("aid.asked")
class AidAsked(AidFact, frozen=True, kw_only=True):
    """A neighbour was asked for units: everything that it is told of the incident stands here, and none of it is about a person."""

    place: Place
    kind: str
    priority: int
    needs: tuple[Need, ...]
    until: int
    city: str = ""
    """The network that `closed` is told in; a neighbour with the same one goes round the same roads."""
    closed: tuple[int, ...] = ()


@fact("aid.declined")
class AidDeclined(AidFact, frozen=True, kw_only=True):
    """The neighbour lends none, or no more."""

    reason: WhyNot


class Out(msgspec.Struct, frozen=True, kw_only=True):
    """A borrowed unit on duty here, by its name and shift here."""

    unit: str
    shift: str


@fact("aid.ended")
class AidEnded(AidFact, frozen=True, kw_only=True):
    """No more help is wanted for it; `loans` are the units that had not been given back yet."""

    loans: tuple[Out, ...] = ()


class Borrowed(msgspec.Struct, frozen=True, kw_only=True):
    """A loan as its lender names it: its number, and the unit and shift there."""

    loan: str
    unit: str
    shift: str


@fact("aid.unit-borrowed")
class UnitBorrowed(ShiftStarted, frozen=True, kw_only=True):
    """A neighbour's unit is on duty here, under a name that says whose it is; `theirs` is how its own city names the loan."""

    aid: str
    incident: str
    theirs: Borrowed
    eta_s: int = -1

    def tags(self) -> tuple[str, ...]:
        return (*super().tags(), f"aid:{self.aid}", f"incident:{self.incident}")


@fact("aid.loan-turned-away")
class LoanTurnedAway(AidFact, frozen=True, kw_only=True):
    """A unit that came too late to be wanted, or cannot be taken on duty here; it is its own city's again at once."""

    theirs: Borrowed
    code: str


@fact("aid.unit-given-back")
class UnitGivenBack(ShiftEnded, frozen=True, kw_only=True):
    """A borrowed unit is off duty here and goes home."""

    aid: str
    incident: str
    lender: str
    theirs: Borrowed

    def tags(self) -> tuple[str, ...]:
        return (*super().tags(), f"aid:{self.aid}", f"incident:{self.incident}")


@fact("aid.recall-heard")
class RecallHeard(AidFact, frozen=True, kw_only=True):
    """Its own city wants a borrowed unit back. It stays until it is given back here: nobody takes a unit off somebody else's incident."""

    unit: str
    shift: str

    def tags(self) -> tuple[str, ...]:
        return (*super().tags(), f"unit:{self.unit}@{self.shift}")


class AppealFact(Fact, frozen=True, kw_only=True):
    """A fact about what a neighbour asks of us; `appeal` is its number with its name before it, `by_city` that name."""

    appeal: str
    by_city: str

    def tags(self) -> tuple[str, ...]:
        return (f"appeal:{self.appeal}",)


@fact("aid.appeal-heard")
class AppealHeard(AppealFact, frozen=True, kw_only=True):
    """A neighbour asks for units: how many with which skills, where, for what, how pressing, and by when."""

    aid: str
    place: Place
    kind: str
    priority: int
    needs: tuple[Need, ...]
    until: int
    city: str = ""
    closed: tuple[int, ...] = ()


@fact("aid.appeal-declined")
class AppealDeclined(AppealFact, frozen=True, kw_only=True):
    """We lend none, or no more."""

    reason: WhyNot


@fact("aid.appeal-ended")
class AppealEnded(AppealFact, frozen=True, kw_only=True):
    """The neighbour wants no more help for it; what it has goes on until it is given back."""


@fact("aid.unit-lent")
class UnitLent(UnitStateChanged, frozen=True, kw_only=True):
    """One of our units is another city's to send from now on; its shift here is guarded, so it is lent once and sent nowhere else.

    `day` (UTC) is the tag under which all loans of a day are decided one after another: the least that stays is counted over them.
    """

    loan: str
    appeal: str
    to: str
    unit_kind: str
    skills: tuple[str, ...]
    station: str
    home: Place
    crew: int
    eta_s: int
    day: str

    def tags(self) -> tuple[str, ...]:
        return (*super().tags(), f"appeal:{self.appeal}", f"loan:{self.loan}", f"lending:{self.day}")


@fact("aid.unit-came-back")
class UnitCameBack(UnitStateChanged, frozen=True, kw_only=True):
    """A lent unit is ours again: given back, or turned away with a `code`."""

    loan: str
    appeal: str
    to: str
    code: str = ""

    def tags(self) -> tuple[str, ...]:
        return (*super().tags(), f"appeal:{self.appeal}", f"loan:{self.loan}")


@fact("aid.state-heard")
class StateHeard(AppealFact, frozen=True, kw_only=True):
    """What a lent unit does in the city that has it, as it was reported there; here it stands as lent all the same."""

    loan: str
    state: str

    def tags(self) -> tuple[str, ...]:
        return (*super().tags(), f"loan:{self.loan}")


@fact("aid.recall-asked")
class RecallAsked(AppealFact, frozen=True, kw_only=True):
    """We want a lent unit back; it is ours when the other city has given it back."""

    loan: str
    of_unit: str
    of_shift: str

    def tags(self) -> tuple[str, ...]:
        return (*super().tags(), f"loan:{self.loan}", f"unit:{self.of_unit}@{self.of_shift}")


@fact("aid.letter-taken")
class LetterTaken(Fact, frozen=True, kw_only=True):
    """The other city has kept what we told it; with a `code`, it refused it for good and a person has to look."""

    letter: str
    to: str
    code: str = ""

    def tags(self) -> tuple[str, ...]:
        return (f"letter:{self.letter}",)
