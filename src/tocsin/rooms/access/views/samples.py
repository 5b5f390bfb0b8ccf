"""Samples as reviewers see them: that one waits, and at its own door which showings were drawn, and by which root."""

from collections.abc import Mapping

import msgspec

from tocsin.facts.access import FindingRaised, RecordShown, SampleDrawn, SampleReviewed
from tocsin.facts.access.samples import SampleOutcome
from tocsin.kernel import Instant, Kept, Refused, Row, Sight, View
from tocsin.rooms.access.commands import ReadSample
from tocsin.rooms.access.views.latest import Latest

MOST = 1_000
_LATE = "-unreviewed"


class SampleRow(Row, frozen=True, kw_only=True, tag="sample"):
    """That a sample of a day was drawn and how it stands; whose use it is of is read at its own door. The id is its number."""

    day: str
    since: Instant
    count: int
    outcome: SampleOutcome | None = None
    reviewed_by: str = ""
    late: bool = False


class Samples(Latest):
    """The samples that wait for a review, and the latest that had one."""

    name = "sample"
    row_type = SampleRow
    most = MOST

    def settled(self, row: Row) -> bool:
        return isinstance(row, SampleRow) and (row.outcome is not None or row.late)

    def fold(self, kept: Kept) -> tuple[str, ...]:
        fact = kept.fact
        match fact:
            case SampleDrawn():
                return self.put(SampleRow(id=fact.sample, day=fact.day, since=kept.entry.known_at, count=len(fact.positions)))
            case SampleReviewed():
                return self.change(fact.sample, outcome=fact.outcome, reviewed_by=kept.entry.by)
            case FindingRaised(pattern="sample_unreviewed"):
                return self.change(fact.finding.removesuffix(_LATE), late=True)
        return ()


def late_samples(rows: Mapping[str, Row], now: Instant, within_s: int) -> tuple[tuple[str, float], ...]:
    """The samples that wait for longer than they may and are no finding yet, with the hours that they may."""
    return tuple((row.id, within_s / 3600) for row in rows.values() if isinstance(row, SampleRow) and row.outcome is None and not row.late
                 and row.since + within_s * 1_000_000 <= now)


class DrawnShowing(msgspec.Struct, frozen=True, kw_only=True):
    """One drawn showing: which record, at which door, for which purpose, which fields, when; not what was in it."""

    record: str
    incident: str
    door: str
    purpose: str
    fields: tuple[str, ...]
    at: Instant
    position: int


class SampleView(View, frozen=True, kw_only=True):
    """A sample with its showings and all that is needed to draw it again."""

    row: SampleRow | None
    staff: str
    showings: tuple[DrawnShowing, ...]
    root: str
    size: int


def read_sample(ask: ReadSample, sight: Sight) -> SampleView:
    """One sample, for whoever reviews it; not for the one whose use it is of, before that."""
    history = sight.history(f"sample:{ask.sample}")
    drawn = next((kept.fact for kept in history if isinstance(kept.fact, SampleDrawn)), None)
    if drawn is None:
        raise Refused("sample_unknown", f"there is no sample {ask.sample}", f"没有抽样 {ask.sample}", field="sample", status=404)
    if drawn.staff == sight.by.name and not any(isinstance(kept.fact, SampleReviewed) for kept in history):
        raise Refused("review_own", "This is about you; somebody else reviews it.", "涉及本人，须由他人复核。", field="sample", status=403)
    row, wanted = sight.rows("sample").get(ask.sample), set(drawn.positions)
    showings = tuple(DrawnShowing(record=kept.fact.record, incident=kept.fact.incident, door=kept.fact.door, purpose=kept.entry.purpose,
                                  fields=kept.fact.fields, at=kept.entry.known_at, position=kept.position)
                     for kept in sight.history(*drawn.records) if kept.position in wanted and isinstance(kept.fact, RecordShown))
    return SampleView(row=row if isinstance(row, SampleRow) else None, staff=drawn.staff, showings=showings, root=drawn.root, size=drawn.size)
