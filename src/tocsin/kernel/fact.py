"""Facts: what is kept for ever, the envelope it is kept in, and the registry that makes its name stable."""

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

import msgspec

from tocsin.kernel.clock import Instant


class Fact(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that happened. Frozen, past tense, additive: a changed meaning is a new fact, never an edit.

    `fact_kind` is a registered stable string and does not follow the class when code moves. `tags()` names the incidents and
    shifts whose history this fact belongs to; a tag names something that ends, or its history would grow for ever.
    """

    fact_kind: ClassVar[str] = ""

    def tags(self) -> tuple[str, ...]:
        """The histories this fact belongs to, for example `incident:…` or `unit:A7@2026-11-23N`."""
        return ()


class Sealed(msgspec.Struct, frozen=True):
    """A personal field. It travels in clear (`text`) only inside the house; kept, it is `box`: ciphertext under the record's key.

    Destroying the key of `record` in the vault is the deletion: the fact, its hash and the tree stay, the text is gone.
    """

    record: str
    text: str | None = None
    box: bytes | None = None


PAPER = "paper-entry"
"""The purpose under which is kept what was done on paper, while this system was not there, and entered afterwards."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the ledger before it has a position: a fact's bytes and everything that is known about their keeping."""

    kind: str
    body: bytes
    tags: tuple[str, ...]
    happened_at: Instant
    known_at: Instant
    by: str
    purpose: str = ""
    cause: int = 0
    key: str = ""

    @property
    def from_paper(self) -> bool:
        """Whether this was done on paper first and entered afterwards, with its true time."""
        return self.purpose == PAPER


class Kept(msgspec.Struct, frozen=True):
    """A fact as the ledger gives it back: its position (from 1, gapless), its envelope and the decoded fact."""

    position: int
    entry: Entry
    fact: Fact


FACTS: dict[str, type[Fact]] = {}
"""Every kind that can be kept, by its stable string; filled by the `fact` decorator when tocsin.facts is imported."""

F = TypeVar("F", bound=type[Fact])


def fact(kind: str) -> Callable[[F], F]:
    """Register a Fact class under its stable kind, `room.past-tense` in lower case; a kind is given once."""

    def register(cls: F) -> F:
        assert kind not in FACTS, f"the kind {kind} is taken"
        cls.fact_kind = kind
        FACTS[kind] = cls
        return cls

    return register


def personal_fields(cls: type[Fact]) -> tuple[str, ...]:
    """The fields of a fact class that hold a `Sealed` value, so that the house knows what to seal before keeping."""
    return tuple(field.name for field in msgspec.structs.fields(cls) if Sealed in _leaves(field.type))


def _leaves(annotation: Any) -> tuple[Any, ...]:
    inner = getattr(annotation, "__args__", ())
    return tuple(leaf for part in inner for leaf in _leaves(part)) if inner else (annotation,)
