"""What may be asked of the room of aid; and the letters that two cities' houses write one another, each kept there once."""

from typing import Annotated, Self

import msgspec
from msgspec import Meta

from tocsin.facts.aid import Borrowed, WhyNot
from tocsin.facts.calls import Place
from tocsin.facts.dispatch import Need
from tocsin.kernel import Ask, Command, Given, Instant, from_instant

Id = Annotated[str, Meta(min_length=1, max_length=40)]
Skill = Annotated[str, Meta(min_length=1, max_length=40)]
Code = Annotated[str, Meta(max_length=40)]
Needs = Annotated[tuple[Need, ...], Meta(min_length=1, max_length=12)]
Seconds = Annotated[int, Meta(ge=-1, le=86_400)]
Within = Annotated[int, Meta(ge=1, le=720)]
Where = Annotated[str, Meta(max_length=80)]
MOST_CLOSED = 5_000
_DAY_US = 86_400 * 1_000_000
_MINUTE_US = 60 * 1_000_000


class Letter(msgspec.Struct, frozen=True, kw_only=True, tag_field="what", forbid_unknown_fields=True):
    """What one house tells another. Numbers in it are those of the house that gave them."""


class Asked(Letter, frozen=True, kw_only=True, tag="asked"):
    """We ask for units."""

    aid: Id
    place: Place
    kind: Id
    priority: Annotated[int, Meta(ge=1, le=4)]
    needs: Needs
    until: Instant
    city: Annotated[str, Meta(max_length=80)] = ""
    closed: Annotated[tuple[int, ...], Meta(max_length=MOST_CLOSED)] = ()
    """Segments of our network that are shut now."""


class Ended(Letter, frozen=True, kw_only=True, tag="ended"):
    """We want no more for it."""

    aid: Id


class Declined(Letter, frozen=True, kw_only=True, tag="declined"):
    """We lend none for it, or no more."""

    aid: Id
    reason: WhyNot


class Lent(Letter, frozen=True, kw_only=True, tag="lent"):
    """This unit of ours is yours to send."""

    aid: Id
    theirs: Borrowed
    unit_kind: Id
    skills: Annotated[tuple[Skill, ...], Meta(max_length=20)]
    station: Where
    home: Place
    crew: Annotated[int, Meta(ge=0, le=20)]
    eta_s: Seconds


class Recalled(Letter, frozen=True, kw_only=True, tag="recalled"):
    """We want this unit of ours back as soon as you can spare it."""

    aid: Id
    theirs: Borrowed


class Over(Letter, frozen=True, kw_only=True, tag="over"):
    """This unit of yours is yours again; a `code` says why it was never taken on."""

    theirs: Borrowed
    code: Code = ""


class Told(Letter, frozen=True, kw_only=True, tag="told"):
    """This unit of yours does this now."""

    theirs: Borrowed
    state: Id


AnyLetter = Asked | Ended | Declined | Lent | Recalled | Over | Told


class AskAid(Command, frozen=True, kw_only=True):
    """Ask a neighbour for units for an incident, to be consented to within so many minutes."""

    incident: Id
    of: Id
    needs: Needs
    within_min: Within = 15
    aid: str = ""
    until: Instant = 0
    closed: tuple[int, ...] = ()

    def prepared(self, given: Given) -> Self:
        return msgspec.structs.replace(self, aid=given.number("aid"), until=given.now + self.within_min * _MINUTE_US, closed=tuple(given.look("closed"))[:MOST_CLOSED])

    def touches(self) -> tuple[str, ...]:
        return (f"incident:{self.incident}", f"aid:{self.aid}")


class EndAid(Command, frozen=True, kw_only=True):
    """Say that no more is wanted of this asking; what was lent stays until it is given back."""

    aid: Id

    def touches(self) -> tuple[str, ...]:
        return (f"aid:{self.aid}",)


class GiveBack(Command, frozen=True, kw_only=True):
    """Give a borrowed unit back; refused while it is on an incident."""

    unit: Id
    shift: Id
    months: tuple[str, ...] = ()

    def prepared(self, given: Given) -> Self:
        return msgspec.structs.replace(self, months=_months(given.now))

    def touches(self) -> tuple[str, ...]:
        return (f"unit:{self.unit}@{self.shift}",)


class LendUnit(Command, frozen=True, kw_only=True):
    """Consent to what a neighbour asks, with this unit of ours."""

    appeal: Id
    unit: Id
    shift: Id
    eta_s: Seconds = -1

    def prepared(self, given: Given) -> Command:
        days = tuple(f"{from_instant(at):%Y-%m-%d}" for at in (given.now, given.now - _DAY_US))
        staying = tuple((seen.unit, seen.unit_kind, seen.state) for seen in given.look("units") if not seen.lender)
        return Consented(key=self.key, happened_at=self.happened_at, said=self, loan=given.number("loan"), days=days, staying=staying, roles=given.roles)


class Consented(Command, frozen=True, kw_only=True):
    """What `LendUnit` becomes with what the house can see of the fleet; it has no door."""

    said: LendUnit
    loan: str
    days: tuple[str, ...]
    staying: tuple[tuple[str, str, str], ...]
    """Every unit of our own on duty: its callsign, kind and state."""
    roles: frozenset[str]

    def touches(self) -> tuple[str, ...]:
        return (f"appeal:{self.said.appeal}", f"unit:{self.said.unit}@{self.said.shift}", *(f"lending:{day}" for day in self.days))


class DeclineAppeal(Command, frozen=True, kw_only=True):
    """Lend a neighbour nothing, or nothing more, for what it asks."""

    appeal: Id
    reason: WhyNot

    def touches(self) -> tuple[str, ...]:
        return (f"appeal:{self.appeal}",)


class RecallUnit(Command, frozen=True, kw_only=True):
    """Ask for a lent unit back."""

    unit: Id
    shift: Id

    def touches(self) -> tuple[str, ...]:
        return (f"unit:{self.unit}@{self.shift}",)


class HearLetter(Command, frozen=True, kw_only=True):
    """A neighbour's letter. Its `key` is the letter's own, so that one that is sent again is kept once."""

    letter: AnyLetter

    def prepared(self, given: Given) -> Command:
        return Heard(key=self.key, happened_at=self.happened_at, letter=self.letter, by_city=given.by, months=_months(given.now))


class Heard(Command, frozen=True, kw_only=True):
    """What `HearLetter` becomes: with the name of the machine that brought it, which is the neighbour's. It has no door."""

    letter: AnyLetter
    by_city: str
    months: tuple[str, ...]

    def touches(self) -> tuple[str, ...]:
        match self.letter:
            case Asked() | Ended():
                return (f"appeal:{foreign(self.by_city, self.letter.aid)}",)
            case Declined():
                return (f"aid:{self.letter.aid}",)
            case Lent() as lent:
                unit = foreign(self.by_city, lent.theirs.unit)
                return (f"aid:{lent.aid}", f"unit:{unit}@{foreign(self.by_city, lent.theirs.loan)}", *(f"duty:{unit}@{month}" for month in self.months))
            case Recalled() as said:
                return (f"aid:{said.aid}", f"unit:{foreign(self.by_city, said.theirs.unit)}@{foreign(self.by_city, said.theirs.loan)}")
            case Over() | Told():
                return (f"unit:{self.letter.theirs.unit}@{self.letter.theirs.shift}",)


class TakeLetter(Command, frozen=True, kw_only=True):
    """The other house answered that it has kept a letter, or refused it for good; given by whoever carries letters, never at a door."""

    letter: str
    to: str
    code: str = ""

    def touches(self) -> tuple[str, ...]:
        return (f"letter:{self.letter}",)


class Settle(Command, frozen=True, kw_only=True):
    """What the room asks by itself as time passes: the first of what is due (`views.due`), or nothing."""

    def prepared(self, given: Given) -> Command:
        due: tuple[Command, ...] = tuple(given.look("aid due"))
        return due[0].prepared(given) if due else self

    def touches(self) -> tuple[str, ...]:
        return ()


class ReadCandidates(Ask, frozen=True, kw_only=True):
    """Which of our free units could go to a neighbour's incident, and how soon."""

    appeal: Id


class ReadAid(Ask, frozen=True, kw_only=True):
    """This city's neighbours and its rules of lending."""


def foreign(city: str, number: str) -> str:
    """A neighbour's number, unit or shift as it is called here."""
    return f"{city}.{number}"


def _months(now: Instant) -> tuple[str, ...]:
    return tuple(sorted({f"{from_instant(at):%Y-%m}" for at in (now, now - 15 * _DAY_US, now - 31 * _DAY_US)}, reverse=True))
