"""What may be asked about a contact: let it in, locate it, answer it, end it, call back; and the story that another centre hands over."""

from typing import Annotated, Literal, Self

import msgspec
from msgspec import Meta

from tocsin.facts.calls import Place
from tocsin.kernel import Command, Given

Channel = Literal["voice", "text", "app", "web", "alarm", "sensor", "centre"]
How = Literal["silent", "abandoned", "wrong_number", "test", "information", "handed_over"]
Outcome = Literal["reached", "no_answer", "given_up"]
Id = Annotated[str, Meta(min_length=1, max_length=40)]
Code = Annotated[str, Meta(max_length=40)]
Text = Annotated[str, Meta(max_length=4000)]


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence that another centre sends, in both languages."""

    en: Annotated[str, Meta(max_length=500)] = ""
    zh: Annotated[str, Meta(max_length=500)] = ""


class HandedAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A question and its answer in the words in which they were asked and given, and what was written beside it."""

    asked: Said
    answered: Said
    at: int
    words: Annotated[str, Meta(max_length=2000)] = ""


class HandedStory(msgspec.Struct, frozen=True, kw_only=True):
    """What a centre tells the next about a call: enough that nothing has to be asked twice."""

    call: Id
    called_at: int
    place: Place
    kind: Code
    kind_says: Said = Said()
    priority: Annotated[int, Meta(ge=1, le=4)]
    line: Annotated[str, Meta(max_length=20)] = ""
    caller: Annotated[str, Meta(max_length=200)] = ""
    notes: Text = ""
    remarks: Annotated[tuple[Text, ...], Meta(max_length=100)] = ()
    answers: Annotated[tuple[HandedAnswer, ...], Meta(max_length=100)] = ()
    reason: Annotated[str, Meta(max_length=500)] = ""


class ContactCommand(Command, frozen=True, kw_only=True):
    """A command about one contact."""

    contact: Id

    def touches(self) -> tuple[str, ...]:
        return (f"contact:{self.contact}",)


class ArriveContact(Command, frozen=True, kw_only=True):
    """Somebody is at one of the doors and waits; every gateway, whatever its protocol, says so with this."""

    channel: Channel = "voice"
    line: Annotated[str, Meta(max_length=20)] = ""
    number: Annotated[str, Meta(max_length=32)] = ""
    words: Text = ""
    place: Place | None = None
    from_centre: Annotated[str, Meta(max_length=100)] = ""
    their_number: Code = ""
    story: HandedStory | None = None
    contact: Annotated[str, Meta(max_length=24)] = ""
    """Left empty: the house gives the next number of the day."""

    def prepared(self, given: Given) -> Self:
        return self if self.contact else msgspec.structs.replace(self, contact=given.number("contact"))

    def touches(self) -> tuple[str, ...]:
        return (f"contact:{self.contact}",)


class MachineCommand(ContactCommand, frozen=True, kw_only=True):
    """A command about one contact that a machine gives too, and then about those alone that it let in itself."""

    machine: Annotated[str, Meta(max_length=100)] = ""
    """The asker where it is a machine without a desk's roles: the house writes it in."""

    def prepared(self, given: Given) -> Self:
        return msgspec.structs.replace(self, machine=given.by if given.roles == {"device"} else "")


class LocateContact(MachineCommand, frozen=True, kw_only=True):
    """A newer circle for a contact: where, how sure, found how, and when."""

    place: Place


class AnswerContact(ContactCommand, frozen=True, kw_only=True):
    """Take a contact; it is one desk's alone."""

    by: Annotated[str, Meta(max_length=100)] = ""
    """Always the asker: the house writes it in."""

    def prepared(self, given: Given) -> Self:
        return msgspec.structs.replace(self, by=given.by)


class EndContact(MachineCommand, frozen=True, kw_only=True):
    """End a contact of which no call is made. One that hung up while it waited was abandoned; every other end needs an answer first."""

    how: How
    note: Annotated[str, Meta(max_length=1000)] = ""
    call_back_due: bool = False


class CallBack(ContactCommand, frozen=True, kw_only=True):
    """Say what came of calling back somebody who was silent or hung up."""

    outcome: Outcome
