"""What the access room knows of people's own trails when it decides: the code that holds, readings, delays, and what there is to delay."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from tocsin.facts.access import (
    DisclosureDelayAsked,
    DisclosureDelayEnded,
    DisclosureDelayGranted,
    DisclosureDelayRefused,
    RecordsDelivered,
    RecordShown,
    TrailCodeGiven,
    TrailCodesRevoked,
    TrailRead,
)
from tocsin.facts.calls import CallHandedOver
from tocsin.kernel import Instant, Kept

MOST_READS = 30
"""So many readings of one trail are kept within an hour; more are refused for a while."""


class TrailNow(msgspec.Struct, frozen=True, kw_only=True):
    """The code that holds for a call, how many were given, and when its trail was read last."""

    digest: str = ""
    expires_at: Instant = 0
    given: int = 0
    reads: tuple[Instant, ...] = ()


class DelayNow(msgspec.Struct, frozen=True, kw_only=True):
    """A delay: for which entries of which call, who asked, and how it was decided."""

    call: str
    positions: tuple[int, ...]
    days: int
    asked_by: str
    state: Literal["asked", "granted", "refused", "ended"] = "asked"
    until: Instant = 0


Trails = tuple[dict[str, TrailNow], dict[str, DelayNow], frozenset[int]]


def trail_after(trails: Mapping[str, TrailNow], delays: Mapping[str, DelayNow], given: frozenset[int], kept: Kept) -> Trails | None:
    """All three after one more kept fact; None where it changes none of them."""
    fact, entry = kept.fact, kept.entry
    match fact:
        case TrailCodeGiven() | TrailCodesRevoked() | TrailRead():
            return {**trails, fact.call: _after(trails.get(fact.call, TrailNow()), kept)}, dict(delays), given
        case DisclosureDelayAsked():
            now = DelayNow(call=fact.call, positions=fact.positions, days=fact.days, asked_by=entry.by)
        case DisclosureDelayGranted() if fact.delay in delays:
            now = msgspec.structs.replace(delays[fact.delay], state="granted", until=fact.until)
        case DisclosureDelayRefused() if fact.delay in delays:
            now = msgspec.structs.replace(delays[fact.delay], state="refused")
        case DisclosureDelayEnded() if fact.delay in delays:
            now = msgspec.structs.replace(delays[fact.delay], state="ended", until=min(entry.known_at, delays[fact.delay].until or entry.known_at))
        case RecordShown() | RecordsDelivered() | CallHandedOver():
            return dict(trails), dict(delays), given | {kept.position}
        case _:
            return None
    return dict(trails), {**delays, fact.delay: now}, given


def _after(now: TrailNow, kept: Kept) -> TrailNow:
    match kept.fact:
        case TrailCodeGiven(digest=digest, expires_at=expires_at):
            return msgspec.structs.replace(now, digest=digest, expires_at=expires_at, given=now.given + 1)
        case TrailCodesRevoked():
            return msgspec.structs.replace(now, digest="")
        case _:
            return msgspec.structs.replace(now, reads=(*now.reads, kept.entry.known_at)[-MOST_READS:])
