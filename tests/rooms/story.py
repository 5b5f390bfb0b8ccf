"""Given some facts, when a command comes, then these facts or this refusal: rooms decided without a house."""

from collections.abc import Callable, Sequence
from typing import Any

from tocsin.kernel import Command, Entry, Fact, Given, Kept, Refused

NOW = 1_772_611_200_000_000
"""2026-03-04T08:00Z, when every test's command is given."""


def kept(position: int, fact: Fact) -> Kept:
    """A fact as the ledger would give it back."""
    entry = Entry(kind=fact.fact_kind, body=b"", tags=fact.tags(), happened_at=NOW + position, known_at=NOW + position, by="desk 1")
    return Kept(position, entry, fact)


def when(given: Sequence[Fact], command: Command, *, state: Callable[[], Any], evolve: Callable[[Any, Kept], Any],
         decide: Callable[[Any, Command], tuple[Fact, ...]], look: Callable[[str], Any] = lambda what: (),
         by: str = "desk 1", roles: frozenset[str] = frozenset()) -> tuple[Fact, ...] | str:
    """The facts that follow, or the code of the refusal; only facts with a touched tag are seen, as in the house."""
    ready = command.prepared(Given(NOW, by, lambda series: f"260304-{series}", look, roles))
    touched = set(ready.touches())
    now = state()
    for position, fact in enumerate(given, 1):
        if touched & set(fact.tags()):
            now = evolve(now, kept(position, fact))
    try:
        return decide(now, ready)
    except Refused as no:
        assert no.words.en
        assert no.words.zh
        return no.code
