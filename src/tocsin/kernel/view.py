"""Views: what goes out. A Picture folds facts into keyed rows; an Ask is a question that a View answers."""

from typing import ClassVar

import msgspec

from tocsin.kernel.fact import Kept


class View(msgspec.Struct, frozen=True, kw_only=True):
    """The body of a response."""


class Row(msgspec.Struct, frozen=True, kw_only=True, tag_field="row"):
    """One line of a picture, as it goes out on the live stream; tagged with its picture's name under `row`."""

    id: str


class Ask(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question: the path and query parameters of a GET door."""


class Picture:
    """A fold of the ledger into rows keyed by id, of which only the changed ones ever go out.

    It holds nothing that the ledger could not give again, so it may be thrown away, or kept in a snapshot with its position.
    """

    name: ClassVar[str]
    row_type: ClassVar[type[Row]]

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}

    def fold(self, kept: Kept) -> tuple[str, ...]:
        """Take in one kept fact, in order; return the ids of rows that changed or went."""
        raise NotImplementedError
