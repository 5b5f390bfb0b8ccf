"""Exports as the floor and their deciders see them, and the answer to who has ever received a record."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from tocsin.facts.access import (
    ExportApproved,
    ExportAsked,
    ExportDelivered,
    ExportPreviewed,
    ExportRefused,
    ExportWithdrawn,
    LeakTraced,
    RecordsDelivered,
    RecordShown,
)
from tocsin.facts.access.outflow import ExportKind, RecipientKind
from tocsin.facts.calls import CallHandedOver
from tocsin.facts.dispatch import FileAttached
from tocsin.kernel import Instant, Kept, Refused, Row, Sight, View
from tocsin.rooms.access.commands.outflow import ReadExport, ReadReceived
from tocsin.rooms.access.views.latest import Latest

MOST = 2_000
MOST_LINES = 5_000
How = Literal["export", "handed_over", "printed", "file", "shown"]
ExportState = Literal["asked", "approved", "refused", "withdrawn"]


class ExportRow(Row, frozen=True, kw_only=True, tag="export"):
    """One export as it stands, without the recipient's name or a word of why. That it has expired is told by `expires_at`. The id is its number."""

    what: ExportKind
    recipient_kind: RecipientKind
    fields: tuple[str, ...]
    by: str
    at: Instant
    expires_at: Instant
    copies: int
    state: ExportState = "asked"
    decided_by: str = ""
    delivered: int = 0
    rows: int = -1
    """How many rows it has, as last counted; -1 until somebody looked."""
    about: str = ""


class Exports(Latest):
    """The latest exports; the oldest go when there are more than two thousand, and are found by their number all the same."""

    name = "export"
    row_type = ExportRow
    most = MOST

    def settled(self, row: Row) -> bool:
        return isinstance(row, ExportRow)

    def fold(self, kept: Kept) -> tuple[str, ...]:
        fact = kept.fact
        match fact:
            case ExportAsked():
                return self.put(ExportRow(
                    id=fact.export, what=fact.what, recipient_kind=fact.recipient_kind, fields=fact.fields, by=kept.entry.by, at=kept.entry.known_at,
                    expires_at=fact.expires_at, copies=fact.copies, about=fact.about))
            case ExportPreviewed():
                return self.change(fact.export, rows=fact.rows)
            case ExportApproved():
                return self.change(fact.export, state="approved", decided_by=kept.entry.by)
            case ExportRefused():
                return self.change(fact.export, state="refused", decided_by=kept.entry.by)
            case ExportWithdrawn():
                return self.change(fact.export, state="withdrawn", decided_by=kept.entry.by)
            case ExportDelivered():
                return self.change(fact.export, delivered=fact.copy, rows=fact.rows)
        return ()


class ExportStep(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was done with an export: by whom, when, its position for a proof, and how much it was."""

    what: str
    by: str
    at: Instant
    position: int
    rows: int = -1
    copy: int = 0


class ExportView(View, frozen=True, kw_only=True):
    """What was asked for, in full, and each step since. Texts are None once their key was destroyed."""

    export: str
    row: ExportRow | None
    asked: Instant
    by: str
    what: ExportKind
    fields: tuple[str, ...]
    recipient_kind: RecipientKind
    recipient: str | None
    basis: str | None
    reason: str | None
    since: Instant
    until: Instant
    kinds: tuple[str, ...]
    area: str
    about: str
    expires_at: Instant
    copies: int
    steps: tuple[ExportStep, ...]


_STEPS: dict[type, str] = {ExportPreviewed: "previewed", ExportApproved: "approved", ExportRefused: "refused", ExportWithdrawn: "withdrawn",
                           ExportDelivered: "delivered", LeakTraced: "traced"}


def read_export(ask: ReadExport, sight: Sight) -> ExportView:
    """One export, for whoever decides or reviews it."""
    history = sight.history(f"export:{ask.export}")
    asked = next((kept for kept in history if isinstance(kept.fact, ExportAsked)), None)
    if asked is None:
        raise Refused("export_unknown", f"there is no export {ask.export}", f"没有对外提供申请 {ask.export}", field="export", status=404)
    fact = asked.fact
    assert isinstance(fact, ExportAsked)
    refused = next((kept.fact for kept in history if isinstance(kept.fact, ExportRefused)), None)
    row = sight.rows("export").get(ask.export)
    return ExportView(
        export=ask.export, row=row if isinstance(row, ExportRow) else None, asked=asked.entry.known_at, by=asked.entry.by, what=fact.what,
        fields=fact.fields, recipient_kind=fact.recipient_kind, recipient=sight.opened(fact.recipient), basis=sight.opened(fact.basis),
        reason=sight.opened(refused.reason) if refused else None, since=fact.since, until=fact.until, kinds=fact.kinds, area=fact.area,
        about=fact.about, expires_at=fact.expires_at, copies=fact.copies,
        steps=tuple(ExportStep(what=_STEPS[type(kept.fact)], by=kept.entry.by, at=kept.entry.known_at, position=kept.position,
                               rows=getattr(kept.fact, "rows", -1), copy=getattr(kept.fact, "copy", 0))
                    for kept in history if type(kept.fact) in _STEPS)[-200:])


class Receiving(msgspec.Struct, frozen=True, kw_only=True):
    """One time that a record was received: how, by whom of ours, to whom, which fields, and its position for a proof.

    `how` is `export` (a copy for somebody outside), `handed_over` (to another centre), `printed` (shown to be put on paper), `file` (a file
    was opened) or `shown` (to one of ours on a screen, at the door that is named).
    """

    how: How
    record: str
    at: Instant
    by: str
    position: int
    fields: tuple[str, ...] = ()
    to: str | None = ""
    to_kind: str = ""
    export: str = ""
    copy: int = 0
    door: str = ""
    purpose: str = ""


class Received(View, frozen=True, kw_only=True):
    """Everybody who has ever received a record and the files of its incident, the first first; of more than five thousand, the latest."""

    record: str
    total: int
    received: tuple[Receiving, ...]


def read_received(ask: ReadReceived, sight: Sight) -> Received:
    """Who has ever received this record, from the histories that each giving out is tagged with; nothing is guessed or left out."""
    record = ask.record if ":" in ask.record else f"call:{ask.record}"
    series, _, number = record.partition(":")
    if series == "incident":
        series, record = "call", f"call:{number}"
    tags = [record, f"out:{record}"]
    if series == "call":
        files = [kept.fact.file for kept in sight.history(f"incident:{number}") if isinstance(kept.fact, FileAttached)]
        tags += [tag for file in files for tag in (f"file:{file}", f"out:file:{file}")]
    found: dict[int, Receiving] = {}
    for at in range(0, len(tags), 60):
        for kept in sight.history(*tags[at:at + 60]):
            if (one := _receiving(kept, set(tags), sight)) is not None:
                found[kept.position] = one
    ordered = [found[position] for position in sorted(found)]
    return Received(record=record, total=len(ordered), received=tuple(ordered[-MOST_LINES:]))


def _receiving(kept: Kept, tags: set[str], sight: Sight) -> Receiving | None:
    fact, entry = kept.fact, kept.entry
    match fact:
        case RecordsDelivered():
            asked = next((one.fact for one in sight.history(f"export:{fact.export}") if isinstance(one.fact, ExportAsked)), None)
            about = next(record for record in fact.records if f"out:{record}" in tags)
            return Receiving(how="export", record=about, at=entry.known_at, by=entry.by, position=kept.position, fields=fact.fields, export=fact.export,
                             to=sight.opened(asked.recipient) if asked else None, to_kind=asked.recipient_kind if asked else "", copy=fact.copy,
                             purpose=entry.purpose)
        case CallHandedOver():
            return Receiving(how="handed_over", record=f"call:{fact.call}", at=entry.known_at, by=entry.by, position=kept.position, to=fact.to,
                             purpose=entry.purpose)
        case RecordShown() if fact.record in tags:
            how: How = "printed" if fact.medium == "paper" else "file" if fact.record.startswith("file:") and "{file}" in fact.door else "shown"
            return Receiving(how=how, record=fact.record, at=entry.known_at,
                             by=entry.by, position=kept.position, fields=fact.fields, door=fact.door, purpose=entry.purpose)
    return None


def export_of(history: Sequence[Kept]) -> ExportAsked | None:
    """What was asked for, of an export's history."""
    return next((kept.fact for kept in history if isinstance(kept.fact, ExportAsked)), None)
