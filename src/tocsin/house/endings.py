"""When the thing ended that a record belongs to: an incident, a major incident, or nothing but itself."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from tocsin.facts.calls import CallTaken
from tocsin.facts.command import MajorEnded
from tocsin.facts.dispatch import IncidentClosed
from tocsin.house.envelope import disclose
from tocsin.kernel import FACTS, Entry, Fact, Instant, Kept, Sealed, personal_fields
from tocsin.ledger import Ledger

_PERSONAL = {kind: names for kind, cls in FACTS.items() if (names := personal_fields(cls))}
_ENDINGS = (IncidentClosed.fact_kind, MajorEnded.fact_kind)
_TOLD = frozenset(_PERSONAL) | set(_ENDINGS)


class Ended(msgspec.Struct, frozen=True):
    """A record, when it ended, and what a hold may name to keep it back."""

    record: str
    ended: Instant
    under: tuple[str, ...]


class _End(msgspec.Struct, frozen=True):
    at: Instant
    under: tuple[str, ...]


class Endings:
    """Reads the ledger for the ends of records; it keeps nothing."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def history(self, *tags: str) -> Sequence[Kept]:
        """Every kept fact with one of these tags."""
        return disclose(self._ledger.read_tags(tags))

    def disclosed(self, lines: Iterable[tuple[int, Entry]], kinds: tuple[type[Fact], ...]) -> Iterator[Kept]:
        """Those lines that are of these kinds, as facts."""
        wanted = {kind.fact_kind for kind in kinds}
        for line in lines:
            if line[1].kind in wanted:
                yield from disclose([line])

    def told_by(self, position: int, entry: Entry) -> Iterator[Ended]:
        """The records whose end can be told when an entry is met: its own, and with an ending those of all that ended."""
        if entry.kind not in _TOLD:
            return
        [kept] = disclose([(position, entry)])
        match kept.fact:
            case IncidentClosed():
                yield from self._with(f"incident:{kept.fact.incident}", f"call:{kept.fact.incident}", f"messages:{kept.fact.incident}")
            case MajorEnded():
                yield from self._with(f"major:{kept.fact.major}")
            case _:
                yield from self._of(kept)

    def _with(self, *tags: str) -> Iterator[Ended]:
        """Every record of which something is sealed in these histories."""
        history = list(self.history(*tags))
        contacts = [f"contact:{kept.fact.contact}" for kept in history if isinstance(kept.fact, CallTaken) and kept.fact.contact]
        known: dict[str, _End | None] = {}
        for kept in history + (list(self.history(*contacts)) if contacts else []):
            yield from self._of(kept, known)

    def _of(self, kept: Kept, known: dict[str, _End | None] | None = None) -> Iterator[Ended]:
        """The records that a fact holds sealed fields of, where they have ended."""
        known = {} if known is None else known
        for record in sealed_records(kept.fact):
            subject = self._subject(record, kept.fact)
            if subject and subject not in known:
                known[subject] = self._end(subject)
            end = known[subject] if subject else _End(kept.entry.known_at, ())
            if end is not None:
                yield Ended(record, end.at, tuple(dict.fromkeys((record, *((subject,) if subject else ()), *end.under))))

    def _subject(self, record: str, fact: Fact) -> str:
        """What a record's age counts from the end of; empty: from when it was kept."""
        kind, _, number = record.partition(":")
        if kind == "contact":
            call = next((one.fact.call for one in self.history(record) if isinstance(one.fact, CallTaken)), "")
            return self._incident(call)
        if kind == "call":
            return self._incident(number)
        if kind == "log":
            return f"major:{number}"
        if kind in ("incident", "major"):
            return record
        incident, major = getattr(fact, "incident", ""), getattr(fact, "major", "")
        return f"incident:{incident}" if incident else f"major:{major}" if major else ""

    def _incident(self, call: str) -> str:
        """The incident of a call, which has its number; a call of which none was opened ends by itself."""
        return f"incident:{call}" if call and next(iter(self._ledger.read_tags((f"incident:{call}",))), None) is not None else ""

    def _end(self, subject: str) -> _End | None:
        """When a subject ended, the last time that it did; None while it has not."""
        found: _End | None = None
        for kept in self.history(subject):
            if isinstance(kept.fact, IncidentClosed) and subject == f"incident:{kept.fact.incident}":
                with_ = (f"incident:{kept.fact.closed_with}",) if kept.fact.closed_with else ()
                found = _End(kept.entry.known_at, with_)
            elif isinstance(kept.fact, MajorEnded) and subject == f"major:{kept.fact.major}":
                found = _End(kept.entry.known_at, ())
        return found


def sealed_records(fact: Fact) -> tuple[str, ...]:
    """The records that a fact has sealed fields of, each once."""
    values = (getattr(fact, name) for name in _PERSONAL.get(fact.fact_kind, ()))
    return tuple(dict.fromkeys(value.record for value in values if isinstance(value, Sealed)))
