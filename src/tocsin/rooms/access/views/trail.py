"""The person's own view of who was shown their record, as what and for which purpose, and what was kept back from them (ADR 37)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from tocsin.facts.access import (
    DisclosureDelayAsked,
    DisclosureDelayEnded,
    DisclosureDelayGranted,
    ExportAsked,
    Medium,
    RecordsDelivered,
    RecordShown,
    TrailRead,
)
from tocsin.facts.calls import CallHandedOver, CallTaken
from tocsin.facts.dispatch import FileAttached
from tocsin.kernel import Instant, Kept, Sealed, View, Words
from tocsin.rooms.access.commands.trail import MOST_DELAY_DAYS

MOST_LINES = 1_000
MOST_FILES = 10
_DAY_US = 86_400 * 1_000_000
TrailHow = Literal["shown", "printed", "file", "export", "handed_over", "read"]


class Delayed(msgspec.Struct, frozen=True, kw_only=True):
    """That an entry was kept back: from when until when, as what it was granted, and why (None once the key was destroyed)."""

    since: Instant
    until: Instant
    roles: tuple[str, ...]
    reason: str | None


class TrailLine(msgspec.Struct, frozen=True, kw_only=True):
    """One time that somebody was shown something of the record, or something of it went out; by role, without a name.

    `how` is `read` where whoever has the code read the trail itself. `position` is its place in the log, for the auditor.
    """

    at: Instant
    position: int
    how: TrailHow
    roles: tuple[str, ...] = ()
    purpose: str = ""
    says: Words | None = None
    """The purpose in words."""
    fields: tuple[str, ...] = ()
    medium: Medium = "screen"
    glass: bool = False
    to: str | None = ""
    to_kind: str = ""
    delayed: tuple[Delayed, ...] = ()


class OwnTrail(View, frozen=True, kw_only=True):
    """Who was shown a call's record, when, as what and for which purpose; of more than a thousand lines, the latest.

    `withheld_until` is said of every record alike: whatever may be kept back now is shown by then, unless two people renew it.
    """

    call: str
    city: str
    timezone: str
    now: Instant
    taken_at: Instant
    withheld_until: Instant
    total: int
    lines: tuple[TrailLine, ...]


class _Span(msgspec.Struct, frozen=True, kw_only=True):
    """A granted delay as it bears on the trail."""

    positions: frozenset[int]
    since: Instant
    until: Instant
    roles: tuple[str, ...]
    reason: Sealed


def tags_of_trail(call: str, history: Callable[..., Sequence[Kept]]) -> tuple[str, ...]:
    """Every history in which a showing of this call's record, of its contact, or of its own incident with its files can stand."""
    contact = next((kept.fact.contact for kept in history(f"call:{call}") if isinstance(kept.fact, CallTaken)), "")
    files = [kept.fact.file for kept in history(f"incident:{call}") if isinstance(kept.fact, FileAttached)][-MOST_FILES:]
    records = [f"call:{call}", *((f"contact:{contact}",) if contact else ()), f"incident:{call}", *(f"file:{file}" for file in files)]
    return tuple(tag for record in records for tag in (record, f"out:{record}"))


def withheld(history: Sequence[Kept], now: Instant) -> frozenset[int]:
    """The positions that are kept back from the person at this instant; `history` is that of the trail."""
    return frozenset(position for span in _spans(history) if span.since <= now < span.until for position in span.positions)


def own_lines(kept_of: Iterable[Kept], trail: Sequence[Kept], tags: frozenset[str], now: Instant, opened: Callable[[Sealed | None], str | None],
              asked: Callable[[str], ExportAsked | None], says: Mapping[str, Words]) -> list[TrailLine]:
    """The lines that the person sees now, in order: what stands in the record's histories, and their own readings."""
    spans, back = list(_spans(trail)), withheld(trail, now)
    found: dict[int, TrailLine] = {}
    for kept in (*kept_of, *trail):
        line = None if kept.position in back else _line(kept, tags, opened, asked)
        if line is not None:
            over = tuple(Delayed(since=span.since, until=span.until, roles=span.roles, reason=opened(span.reason))
                         for span in spans if kept.position in span.positions)
            found[kept.position] = msgspec.structs.replace(line, delayed=over, says=says.get(line.purpose))
    return [found[position] for position in sorted(found)]


def bound(now: Instant) -> Instant:
    """By when whatever may be kept back now is shown: the same for every record, and told by the whole day."""
    return (now // _DAY_US + MOST_DELAY_DAYS + 1) * _DAY_US


def _spans(history: Sequence[Kept]) -> Iterator[_Span]:
    asked = {kept.fact.delay: kept.fact for kept in history if isinstance(kept.fact, DisclosureDelayAsked)}
    ended = {kept.fact.delay: kept.entry.known_at for kept in history if isinstance(kept.fact, DisclosureDelayEnded)}
    for kept in history:
        fact = kept.fact
        if isinstance(fact, DisclosureDelayGranted) and fact.delay in asked:
            one = asked[fact.delay]
            yield _Span(positions=frozenset(one.positions), since=kept.entry.known_at, until=min(fact.until, ended.get(fact.delay, fact.until)),
                        roles=fact.roles, reason=one.reason)


def _line(kept: Kept, tags: frozenset[str], opened: Callable[[Sealed | None], str | None], asked: Callable[[str], ExportAsked | None]) -> TrailLine | None:
    fact, at, position = kept.fact, kept.entry.known_at, kept.position
    match fact:
        case RecordShown() if fact.record in tags:
            return TrailLine(at=at, position=position, how=how_shown(fact), roles=fact.roles, purpose=kept.entry.purpose, fields=fact.fields, medium=fact.medium,
                             glass=bool(fact.glass))
        case RecordsDelivered():
            about = asked(fact.export)
            return TrailLine(at=at, position=position, how="export", purpose=kept.entry.purpose, fields=fact.fields,
                             to=opened(about.recipient) if about else None, to_kind=about.recipient_kind if about else "")
        case CallHandedOver():
            return TrailLine(at=at, position=position, how="handed_over", purpose=kept.entry.purpose, to=fact.to)
        case TrailRead():
            return TrailLine(at=at, position=position, how="read")
    return None


def how_shown(fact: RecordShown) -> TrailHow:
    """In which way a record was shown."""
    return "printed" if fact.medium == "paper" else "file" if fact.record.startswith("file:") else "shown"
