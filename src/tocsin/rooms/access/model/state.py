"""What the access room knows when it decides: each topic's things by number, as the touched histories leave them."""

from typing import Literal

import msgspec

from tocsin.facts.access import (
    ExportApproved,
    ExportAsked,
    ExportDelivered,
    ExportPreviewed,
    ExportRefused,
    ExportWithdrawn,
    FindingAnswered,
    FindingDecided,
    FindingRaised,
    GlassBroken,
    GlassEnded,
    GlassReviewed,
    SampleDrawn,
    SampleReviewed,
)
from tocsin.kernel import Instant, Kept
from tocsin.rooms.access.model.holding import HoldNow, holds_after, rotation_of
from tocsin.rooms.access.model.own_trail import DelayNow, TrailNow, trail_after


class GlassNow(msgspec.Struct, frozen=True, kw_only=True):
    """A broken glass: whose, until when, and whether somebody reviewed it."""

    by: str
    until: Instant
    ended: bool = False
    reviewed: bool = False


class FindingNow(msgspec.Struct, frozen=True, kw_only=True):
    """A finding: about whose use, and whether it is decided."""

    staff: str
    decided: bool = False
    answered: bool = False
    use: str = ""


class ExportNow(msgspec.Struct, frozen=True, kw_only=True):
    """An export: who asked, until when and how often it may go out, who was shown what of it, and how it was decided."""

    by: str
    expires_at: Instant
    copies: int
    previews: dict[int, tuple[str, int]] = {}
    """By the position of each showing: to whom, and up to which position it was gathered."""
    approved_by: str = ""
    as_of: int = 0
    ended: Literal["", "refused", "withdrawn"] = ""
    delivered: int = 0


class SampleNow(msgspec.Struct, frozen=True, kw_only=True):
    """A sample as it was drawn, and whether somebody reviewed it."""

    drawn: SampleDrawn
    reviewed: bool = False


class State(msgspec.Struct, frozen=True):
    """The touched things by number."""

    glass: dict[str, GlassNow] = {}
    findings: dict[str, FindingNow] = {}
    exports: dict[str, ExportNow] = {}
    holds: dict[str, HoldNow] = {}
    samples: dict[str, SampleNow] = {}
    sampled: frozenset[str] = frozenset()
    """The days whose sample is drawn."""
    rotated: frozenset[int] = frozenset()
    """The epochs of master keys that are told of."""
    trails: dict[str, TrailNow] = {}
    """By call: the code of its person's view."""
    delays: dict[str, DelayNow] = {}
    given: frozenset[int] = frozenset()
    """The positions at which something of a record was shown or went out."""
    seen: frozenset[str] = frozenset()
    """The histories in which something other than access itself stands."""


def evolve(state: State, kept: Kept) -> State:
    """The state after one more kept fact."""
    fact = kept.fact
    match fact:
        case GlassBroken():
            return _glass(state, fact.glass, GlassNow(by=kept.entry.by, until=fact.until))
        case GlassEnded() if fact.glass in state.glass:
            return _glass(state, fact.glass, msgspec.structs.replace(state.glass[fact.glass], ended=True))
        case GlassReviewed() if fact.glass in state.glass:
            return _glass(state, fact.glass, msgspec.structs.replace(state.glass[fact.glass], reviewed=True))
        case FindingRaised():
            return _finding(state, fact.finding, FindingNow(staff=fact.staff, use=fact.use))
        case FindingDecided() if fact.finding in state.findings:
            return _finding(state, fact.finding, msgspec.structs.replace(state.findings[fact.finding], decided=True))
        case FindingAnswered() if fact.finding in state.findings:
            return _finding(state, fact.finding, msgspec.structs.replace(state.findings[fact.finding], answered=True))
        case ExportAsked():
            return _export(state, fact.export, ExportNow(by=kept.entry.by, expires_at=fact.expires_at, copies=fact.copies))
        case ExportPreviewed() | ExportApproved() | ExportRefused() | ExportWithdrawn() | ExportDelivered() if fact.export in state.exports:
            return _export(state, fact.export, _further(state.exports[fact.export], kept))
        case SampleDrawn():
            return msgspec.structs.replace(state, samples={**state.samples, fact.sample: SampleNow(drawn=fact)}, sampled=state.sampled | {fact.day})
        case SampleReviewed() if fact.sample in state.samples:
            return msgspec.structs.replace(state, samples={**state.samples, fact.sample: msgspec.structs.replace(state.samples[fact.sample], reviewed=True)})
    if (holds := holds_after(state.holds, kept)) is not None:
        return msgspec.structs.replace(state, holds=holds)
    if (trails := trail_after(state.trails, state.delays, state.given, kept)) is not None:
        state = msgspec.structs.replace(state, trails=trails[0], delays=trails[1], given=trails[2])
    if epoch := rotation_of(kept):
        return msgspec.structs.replace(state, rotated=state.rotated | {epoch})
    return state if state.seen.issuperset(kept.entry.tags) or kept.entry.kind.startswith("access.") else msgspec.structs.replace(
        state, seen=state.seen.union(kept.entry.tags))


def _glass(state: State, number: str, now: GlassNow) -> State:
    return msgspec.structs.replace(state, glass={**state.glass, number: now})


def _finding(state: State, number: str, now: FindingNow) -> State:
    return msgspec.structs.replace(state, findings={**state.findings, number: now})


def _export(state: State, number: str, now: ExportNow) -> State:
    return msgspec.structs.replace(state, exports={**state.exports, number: now})


def _further(now: ExportNow, kept: Kept) -> ExportNow:
    match kept.fact:
        case ExportPreviewed(as_of=as_of):
            return msgspec.structs.replace(now, previews={**now.previews, kept.position: (kept.entry.by, as_of)})
        case ExportApproved(as_of=as_of):
            return msgspec.structs.replace(now, approved_by=kept.entry.by, as_of=as_of)
        case ExportRefused():
            return msgspec.structs.replace(now, ended="refused")
        case ExportWithdrawn():
            return msgspec.structs.replace(now, ended="withdrawn")
        case ExportDelivered(copy=copy):
            return msgspec.structs.replace(now, delivered=copy)
    return now
