"""What may be asked about paper forms: a block of blank ones, one that was spoiled, and which came back."""

from typing import Annotated, Self

import msgspec
from msgspec import Meta

from tocsin.kernel import Ask, Command, Given

Block = Annotated[str, Meta(min_length=1, max_length=24)]


class GivePaperBlock(Command, frozen=True, kw_only=True):
    """Give this desk a block of blank forms with numbers that nobody else has."""

    forms: Annotated[int, Meta(ge=3, le=99)] = 24
    block: Annotated[str, Meta(max_length=24)] = ""
    """Left empty: the house gives the next."""

    def prepared(self, given: Given) -> Self:
        return self if self.block else msgspec.structs.replace(self, block=given.number("paper"))

    def touches(self) -> tuple[str, ...]:
        return (f"paper:{self.block}",)


class VoidPaperForm(Command, frozen=True, kw_only=True):
    """Say that a form was spoiled or never used."""

    block: Block
    form: Annotated[str, Meta(min_length=1, max_length=40)]
    reason: Annotated[str, Meta(max_length=200)] = ""

    def touches(self) -> tuple[str, ...]:
        return (f"paper:{self.block}",)


class ReadPaperBlock(Ask, frozen=True, kw_only=True):
    """A block of forms: which numbers were given out, which came back, which are missing."""

    block: Block
