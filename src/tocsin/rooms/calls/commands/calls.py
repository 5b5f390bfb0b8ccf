"""What may be asked about a call: take it, answer a question of its tree, hand it over."""

from typing import Annotated, Self

import msgspec
from msgspec import Meta

from tocsin.facts.calls import Place
from tocsin.kernel import Command, Given

Short = Annotated[str, Meta(max_length=200)]
Id = Annotated[str, Meta(min_length=1, max_length=40)]


class TakeCall(Command, frozen=True, kw_only=True):
    """Write a call down; dispatch opens an incident for it under the same number."""

    place: Place
    kind: Annotated[str, Meta(min_length=1, max_length=40)]
    priority: Annotated[int, Meta(ge=0, le=4)] = 0
    """1 the most pressing … 4; 0 takes the usual priority of the kind."""
    channel: Annotated[str, Meta(max_length=20)] = "voice"
    line: Annotated[str, Meta(max_length=20)] = ""
    number: Annotated[str, Meta(max_length=32)] = ""
    caller: Short = ""
    notes: Annotated[str, Meta(max_length=4000)] = ""
    joins: Annotated[str, Meta(max_length=40)] = ""
    """The open incident that this call is about, where the call-taker says so; dispatch joins the two as it opens this one."""
    likeness: Annotated[float, Meta(ge=-1, le=1)] = -1.0
    """The chance that was shown for that; -1 where none was."""
    contact: Annotated[str, Meta(max_length=24)] = ""
    """The contact it came from, which waits no longer; its channel and line are those of the call."""
    call: Annotated[str, Meta(max_length=24)] = ""
    """Left empty: the house gives the next number of the day."""

    def prepared(self, given: Given) -> Self:
        return self if self.call else msgspec.structs.replace(self, call=given.number("call"))

    def touches(self) -> tuple[str, ...]:
        tags = [f"call:{self.call}"]
        if self.contact:
            tags.append(f"contact:{self.contact}")
        if self.paper:
            tags.append(f"paper:{self.paper.partition('/')[0]}")
        return tuple(tags)


class CallCommand(Command, frozen=True, kw_only=True):
    """A command about one call that was taken."""

    call: Id

    def touches(self) -> tuple[str, ...]:
        return (f"call:{self.call}",)


class AnswerQuestion(CallCommand, frozen=True, kw_only=True):
    """Keep the answer to a key question; answering it again corrects it. `version` is the one the page shows."""

    tree: Id
    question: Id
    answer: Id
    version: Annotated[str, Meta(max_length=40)] = ""
    words: Annotated[str, Meta(max_length=2000)] = ""


class HandOverCall(CallCommand, frozen=True, kw_only=True):
    """Say that another centre has the call now; left empty, `to` is the centre that the place belongs to."""

    to: Annotated[str, Meta(max_length=40)] = ""
    reason: Annotated[str, Meta(max_length=500)] = ""
