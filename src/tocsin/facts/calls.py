"""What is kept of calls: who rang at which door and how that ended, calls taken, questions answered, calls handed over."""

from typing import Annotated

import msgspec
from msgspec import Meta

from tocsin.kernel import Fact, Sealed, Words, fact

RESIDENTS = frozenset({"voice", "text", "app", "web", "alarm", "centre", "record", "generated"})
"""The channels through which residents ask. A call of any other channel (a crew's own radio, say) is not theirs: nothing is planned by it."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where something is said to be: WGS84 degrees, the words for it, and the radius in metres within which it is believed."""

    lon: Annotated[float, Meta(ge=-180, le=180)]
    lat: Annotated[float, Meta(ge=-90, le=90)]
    text: Annotated[str, Meta(max_length=300)] = ""
    accuracy_m: Annotated[float, Meta(ge=0, le=100_000)] | None = None
    source: Annotated[str, Meta(max_length=40)] = ""
    """How the place was found: `address`, `crossing`, `map`, `network`, `record` …"""
    located_at: Annotated[int, Meta(ge=0)] = 0
    """When somebody was there, as an instant, where that is known: a caller's circle grows old."""


class ContactFact(Fact, frozen=True, kw_only=True):
    """A fact in the history of one contact: somebody at one of the doors, before it is known what it is about."""

    contact: str

    def tags(self) -> tuple[str, ...]:
        return (f"contact:{self.contact}",)


@fact("calls.contact-arrived")
class ContactArrived(ContactFact, frozen=True, kw_only=True):
    """Somebody rang, wrote or sent an alarm, and waits. Where they may be is a circle; who they are and what they wrote is sealed.

    `line` is the number that was dialled or the entry that was used. A contact of another centre carries the story of its
    call (`story`, sealed as a whole), its name and its number there.
    """

    channel: str
    line: str
    number: Sealed | None = None
    words: Sealed | None = None
    place: Place | None = None
    from_centre: str = ""
    their_number: str = ""
    story: Sealed | None = None


@fact("calls.contact-located")
class ContactLocated(ContactFact, frozen=True, kw_only=True):
    """A newer circle came for somebody who waits or speaks."""

    place: Place


@fact("calls.contact-answered")
class ContactAnswered(ContactFact, frozen=True, kw_only=True):
    """A desk took the contact; no other can."""

    by: str


@fact("calls.contact-ended")
class ContactEnded(ContactFact, frozen=True, kw_only=True):
    """A contact ended without a call being taken: silent, abandoned, wrong number, test, information, handed over."""

    how: str
    note: Sealed | None = None
    call_back_due: bool = False


@fact("calls.contact-called-back")
class ContactCalledBack(ContactFact, frozen=True, kw_only=True):
    """Somebody called back: reached, no answer, or given up after trying."""

    outcome: str


@fact("calls.call-taken")
class CallTaken(Fact, frozen=True, kw_only=True):
    """Somebody asked for help. Who they are and what they said is sealed; where and what kind is needed by everybody."""

    call: str
    channel: str
    place: Place
    kind: str
    priority: int
    number: Sealed | None = None
    caller: Sealed | None = None
    notes: Sealed | None = None
    form: str = ""
    """The paper form it was written on first, `<block>/<number>`."""
    joins: str = ""
    """The open incident that this call is about, where whoever took it said so."""
    likeness: float = -1.0
    """The chance that they were shown for that, -1 where none was."""
    mentions: tuple[str, ...] = ()
    """The families of incident that the notes tell of, as codes; the notes themselves are sealed."""
    contact: str = ""
    line: str = ""
    protocol: str = ""
    """The question tree for its kind and its version, `fire@2026.1`, as it was when the call was taken."""

    def tags(self) -> tuple[str, ...]:
        tags = [f"call:{self.call}"]
        if self.contact:
            tags.append(f"contact:{self.contact}")
        if self.form:
            tags.append(f"paper:{self.form.partition('/')[0]}")
        return tuple(tags)


class CallFact(Fact, frozen=True, kw_only=True):
    """A fact in one call's history."""

    call: str

    def tags(self) -> tuple[str, ...]:
        return (f"call:{self.call}",)


@fact("calls.question-answered")
class QuestionAnswered(CallFact, frozen=True, kw_only=True):
    """A key question was answered, in the words of that version of the tree. A later answer to the same question wins.

    `priority` and `kind` are what this answer changes for the call, 0 and empty where it changes nothing; `certain`: enough is
    known now to warn units.
    """

    tree: str
    version: str
    question: str
    answer: str
    asked: Words
    answered: Words
    priority: int = 0
    kind: str = ""
    certain: bool = False
    words: Sealed | None = None


@fact("calls.call-handed-over")
class CallHandedOver(CallFact, frozen=True, kw_only=True):
    """Another centre has the call now; its story went with it."""

    to: str
    reason: str = ""
    place: Place


@fact("calls.paper-block-given")
class PaperBlockGiven(Fact, frozen=True, kw_only=True):
    """A desk was given a block of numbered blank forms, for the time when there is nothing but paper."""

    block: str
    forms: int

    def tags(self) -> tuple[str, ...]:
        return (f"paper:{self.block}",)


@fact("calls.paper-form-voided")
class PaperFormVoided(Fact, frozen=True, kw_only=True):
    """A form was spoiled or not used, so that nobody looks for it."""

    block: str
    form: str
    reason: str = ""

    def tags(self) -> tuple[str, ...]:
        return (f"paper:{self.block}",)
