"""What is to be done next about a callout: a pure reading of its row, the table, the ways its person gave and the time."""

from collections.abc import Collection

from tocsin.kernel import Instant
from tocsin.rooms.calling.commands import Due
from tocsin.rooms.calling.model import CallingTable, Means
from tocsin.rooms.calling.views.rows import CalloutRow

LOST_S = 60
"""A sending of which no outcome was kept for so long was cut off, by the end of a process for example; it counts as failed."""
_S = 1_000_000


def due(row: CalloutRow, table: CallingTable, ways: Collection[str], now: Instant) -> Due | None:
    """The next means, giving up, or None: nothing yet. `ways` are the means by which this person can be reached."""
    if row.over or not table.means:
        return None
    if row.code and not row.means:  # never to be tried: there were too many at once
        return Due(code=row.code)
    means = [one for one in table.means if one.kind in ways]
    if not row.means:
        if now - row.since > table.late_s * _S:
            return Due(code="late")
        return Due(means=means[0].kind) if means else Due(code="no_way")
    present = next((one for one in table.means if one.kind == row.means), None)
    if present is not None and not _at_an_end(row, present, now):
        return Due(means=row.means) if _again(row, present, now) else None
    left = [one for one in means if one.kind not in row.tried]
    return Due(means=left[0].kind) if left else Due(code=row.code or "no_answer")


def _at_an_end(row: CalloutRow, means: Means, now: Instant) -> bool:
    """Whether the next means is due: the time for an answer is over, or this one cannot be sent."""
    if row.stage == "failed" and (row.lasting or row.times >= means.tries):
        return True
    return now - row.means_since >= means.wait_s * _S and not (row.stage == "sending" and now - row.at < LOST_S * _S)


def _again(row: CalloutRow, means: Means, now: Instant) -> bool:
    """Whether the same is to be sent once more."""
    if row.stage == "failed":
        return now - row.at >= (means.retry_s << (row.times - 1)) * _S
    return row.stage == "sending" and row.times < means.tries and now - row.at >= LOST_S * _S
