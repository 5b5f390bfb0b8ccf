"""Views: what goes out. A Picture folds facts into keyed rows; an Ask is a question that a View answers."""

from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any, ClassVar, Literal, Protocol, Self, get_args

import msgspec

from tocsin.kernel.clock import Instant
from tocsin.kernel.fact import Kept, Sealed

Field = Literal["caller", "number", "words", "file"]
"""The classes of personal field that a policy tells apart: who rang, how to reach them, what was said, and files."""

FIELDS: tuple[Field, ...] = get_args(Field)

WITHHELD = "▮▮▮"
"""What stands in a view where the policy withholds a text that is there; an absent or destroyed one is None."""


class View(msgspec.Struct, frozen=True, kw_only=True):
    """The body of a response."""


class Row(msgspec.Struct, frozen=True, kw_only=True, tag_field="row"):
    """One line of a picture, as it goes out on the live stream; tagged with its picture's name under `row`."""

    id: str


class Ask(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question: the path and query parameters of a GET door."""


class Picture:
    """A fold of the ledger into rows keyed by id, of which only the changed ones ever go out.

    It holds nothing that the ledger could not give again, so it may be thrown away, or kept in a snapshot with its
    position.
    """

    name: ClassVar[str]
    row_type: ClassVar[type[Row]]
    version: str = ""
    """What its folding depends on beside the facts, a table for example; a snapshot made with another is not taken up."""
    inner: ClassVar[bool] = False
    """Whether only answers read it: then its rows never go out on the live stream."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.memo: dict[str, Any] = {}
        """What folding on needs beside the rows; plain values, so that it goes into a snapshot with them."""

    def among(self, others: "Mapping[str, Picture]") -> None:
        """Be told of the pictures that are folded together with this one, each before those that stand after it."""

    def fold(self, kept: Kept) -> tuple[str, ...]:
        """Take in one kept fact, in order; return the ids of the rows that changed or went."""
        raise NotImplementedError

    def empty(self) -> Self:
        """The same picture with nothing folded into it yet, so that another stretch of the ledger can be seen beside this one."""
        other = copy(self)
        other.rows, other.memo = {}, {}
        return other


class Asking(Protocol):
    """Who asks a question, for the few answers that turn on whose something is; doors hold the rest."""

    @property
    def name(self) -> str:
        """The name they signed in with."""
        ...

    @property
    def roles(self) -> frozenset[Any]:
        """What they may do."""
        ...

    @property
    def agency(self) -> str:
        """The agency they are of, where they are a partner; else empty."""
        ...


class Sight(Protocol):
    """What an answer may look at: pictures, one history, the time, and sealed fields, each opening of which is kept."""

    roles: frozenset[str]
    """The asker's roles, where an answer shows less to some than to others."""

    @property
    def by(self) -> Asking:
        """Who asks."""
        ...

    def rows(self, picture: str) -> Mapping[str, Row]:
        """The rows of a picture by id, as of the latest kept fact."""
        ...

    def history(self, *tags: str) -> Sequence[Kept]:
        """Every kept fact with one of these tags, in order."""
        ...

    def look(self, what: str) -> Sequence[Any]:
        """What the house can see now: `units` on duty with their positions, `closed` segments."""
        ...

    def now(self) -> Instant:
        """The present instant."""
        ...

    def opened(self, sealed: Sealed | None, field: Field = "words") -> str | None:
        """The text of a personal field, None if its key was destroyed, WITHHELD if the policy does not show this class of field
        for the purpose that was stated. The showing is kept as a fact."""
        ...
