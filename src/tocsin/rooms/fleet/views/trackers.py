"""Trackers as rows: which speaks for which unit."""

from tocsin.facts.access import KeyRevoked
from tocsin.facts.fleet import TrackerBound, TrackerFreed
from tocsin.kernel import Kept, Picture, Row


class TrackerRow(Row, frozen=True, kw_only=True, tag="tracker"):
    """A tracker that speaks for a unit; its id is the number of its key. Without a shift it speaks in each."""

    unit: str
    shift: str = ""


class Trackers(Picture):
    """Trackers by number; one whose key is revoked speaks for nothing."""

    name = "tracker"
    row_type = TrackerRow

    def fold(self, kept: Kept) -> tuple[str, ...]:
        match kept.fact:
            case TrackerBound(tracker=tracker, unit=unit, shift=shift):
                self.rows[tracker] = TrackerRow(id=tracker, unit=unit, shift=shift)
                return (tracker,)
            case TrackerFreed(tracker=gone) | KeyRevoked(number=gone) if self.rows.pop(gone, None):
                return (gone,)
        return ()
