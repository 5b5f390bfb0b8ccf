"""The queue: who waits at which door, since when and where about; how fast each line was answered lately; and one contact opened."""

from math import ceil

import msgspec

from tocsin.facts.calls import (
    CallTaken,
    ContactAnswered,
    ContactArrived,
    ContactCalledBack,
    ContactEnded,
    ContactLocated,
    Place,
)
from tocsin.kernel import Kept, Picture, Refused, Row, Sight, View
from tocsin.rooms.calls.commands import HandedStory, ReadContact
from tocsin.rooms.calls.model import Lines

_LATELY = 100
"""Over how many contacts of a line the answer times are told."""


class ContactRow(Row, frozen=True, kw_only=True, tag="contact"):
    """A contact that waits, that a desk speaks with, or that must be called back. It carries no personal field.

    `state` is `waiting`, `answered` or `call_back`; `how` says how one to be called back ended.
    """

    channel: str
    line: str
    state: str
    arrived_at: int
    answered_at: int = 0
    by: str = ""
    place: Place | None = None
    from_centre: str = ""
    their_number: str = ""
    how: str = ""
    tried: int = 0


class Contacts(Picture):
    """The queue by contact number. A contact leaves it when a call is taken, or when it ended and nobody must call back."""

    name = "contact"
    row_type = ContactRow

    def fold(self, kept: Kept) -> tuple[str, ...]:
        fact, at = kept.fact, kept.entry.happened_at
        number = getattr(fact, "contact", "")
        if not number:
            return ()
        if isinstance(fact, ContactArrived):
            self.rows[number] = ContactRow(id=number, channel=fact.channel, line=fact.line, state="waiting", arrived_at=at, place=fact.place,
                                           from_centre=fact.from_centre, their_number=fact.their_number)
            return (number,)
        row = self.rows.get(number)
        if not isinstance(row, ContactRow):
            return ()
        match fact:
            case ContactLocated():
                self.rows[number] = msgspec.structs.replace(row, place=fact.place)
            case ContactAnswered():
                self.rows[number] = msgspec.structs.replace(row, state="answered", answered_at=at, by=fact.by)
            case ContactEnded(call_back_due=True):
                self.rows[number] = msgspec.structs.replace(row, state="call_back", how=fact.how)
            case ContactCalledBack(outcome="no_answer"):
                self.rows[number] = msgspec.structs.replace(row, tried=row.tried + 1)
            case ContactEnded() | ContactCalledBack() | CallTaken():
                del self.rows[number]
            case _:
                return ()
        return (number,)


class AnsweringRow(Row, frozen=True, kw_only=True, tag="answering"):
    """How a line's last hundred contacts were answered: how many within its target, the 90th percentile, how many hung up waiting.

    Every contact counts, whatever it turned out to be: silent, a test, a wrong number. One that hung up counts with the time
    it waited, and as missed where that was past the target; within the target nobody could have been late.
    """

    of: int
    within: int
    abandoned: int
    p90_s: int


class Answering(Picture):
    """Answer times by line; a line that no table names counts under `other`. `memo` holds who waits since when, and the last waits."""

    name = "answering"
    row_type = AnsweringRow

    def __init__(self, lines: Lines) -> None:
        super().__init__()
        self._lines = lines

    def fold(self, kept: Kept) -> tuple[str, ...]:
        fact, at = kept.fact, kept.entry.happened_at
        number = getattr(fact, "contact", "")
        if isinstance(fact, ContactArrived):
            self.memo[f"since:{number}"] = [fact.line if fact.line in self._lines.lines else "other", at]
            return ()
        if not isinstance(fact, ContactAnswered | ContactEnded | CallTaken):
            return ()
        waited = self.memo.pop(f"since:{number}", None)
        if waited is None:
            return ()
        line, since = waited
        lately = [*self.memo.get(f"of:{line}", []), [max(0, at - since) // 1_000_000, isinstance(fact, ContactEnded)]][-_LATELY:]
        self.memo[f"of:{line}"] = lately
        within_s, waits = self._lines.target(line).within_s, sorted(wait for wait, _ in lately)
        self.rows[line] = AnsweringRow(id=line, of=len(lately), within=sum(wait <= within_s for wait in waits),
                                       abandoned=sum(gone for _, gone in lately), p90_s=waits[ceil(0.9 * len(waits)) - 1])
        return (line,)


class ContactOpened(View, frozen=True, kw_only=True):
    """One contact with what is personal in it, for the desk that speaks with it; `row` is None once it has left the queue."""

    contact: str
    channel: str
    line: str
    arrived_at: int
    row: ContactRow | None
    number: str | None
    words: str | None
    from_centre: str
    their_number: str
    story: HandedStory | None


def read_contact(ask: ReadContact, sight: Sight) -> ContactOpened:
    """A contact; opening its number, its words and its story is kept before they are shown."""
    kept = next((one for one in sight.history(f"contact:{ask.contact}") if isinstance(one.fact, ContactArrived)), None)
    if kept is None:
        raise Refused("contact_unknown", f"there is no contact {ask.contact}", f"没有来话 {ask.contact}", field="contact", status=404)
    fact = kept.fact
    assert isinstance(fact, ContactArrived)
    row, story = sight.rows("contact").get(ask.contact), sight.opened(fact.story)
    return ContactOpened(
        contact=ask.contact, channel=fact.channel, line=fact.line, arrived_at=kept.entry.happened_at,
        row=row if isinstance(row, ContactRow) else None, number=sight.opened(fact.number, "number"), words=sight.opened(fact.words),
        from_centre=fact.from_centre, their_number=fact.their_number,
        story=msgspec.json.decode(story, type=HandedStory) if story else None)
