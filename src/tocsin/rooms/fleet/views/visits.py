"""The posts of the last day: which units said that they stood there or passed, and when; of units, never of a person."""

import msgspec

from tocsin.facts.field import PostReported
from tocsin.kernel import Instant, Kept, Picture, Row, Sight, View
from tocsin.rooms.fleet.commands import ReadPosts
from tocsin.rooms.fleet.views.units import UnitRow

DAY_US = 86_400 * 1_000_000
MOST, MOST_EACH = 300, 60
"""Posts that are held, and reports of each; the ledger has all."""


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """That a unit said on its shift that it was there, when, and in which words."""

    unit: str
    shift: str
    note: str
    at: int


class VisitedRow(Row, frozen=True, kw_only=True, tag="visited"):
    """A post under its name, as crews call it, with what was said of it, the newest last."""

    visits: tuple[Visit, ...]


class Visited(Picture):
    """Posts that were reported from within a day of the latest report."""

    name = "visited"
    row_type = VisitedRow
    inner = True

    def fold(self, kept: Kept) -> tuple[str, ...]:
        fact = kept.fact
        if not isinstance(fact, PostReported):
            return ()
        row, at = self.rows.pop(fact.post, None), kept.entry.happened_at
        said = Visit(unit=fact.unit, shift=fact.shift, note=fact.note, at=at)
        before = row.visits if isinstance(row, VisitedRow) else ()
        self.rows[fact.post] = VisitedRow(id=fact.post, visits=tuple(sorted(_of_a_day((*before, said), kept.entry.known_at), key=lambda one: one.at))[-MOST_EACH:])
        old = [post for post, one in self.rows.items() if isinstance(one, VisitedRow) and not _of_a_day(one.visits, kept.entry.known_at)]
        gone = (*old, *[post for post in self.rows if post not in old][:max(0, len(self.rows) - len(old) - MOST)])
        for post in gone:
            del self.rows[post]
        return (fact.post, *gone)


def _of_a_day(visits: tuple[Visit, ...], now: Instant) -> tuple[Visit, ...]:
    return tuple(one for one in visits if now - one.at < DAY_US)


class PostLine(View, frozen=True, kw_only=True):
    """A post: the units on duty that were told to wait there, and who said within the last day that they were there, the newest first."""

    post: str
    told: tuple[str, ...]
    visits: tuple[Visit, ...]


class PostsView(View, frozen=True, kw_only=True):
    """Every post that a unit is told to wait at or has reported from within the last day."""

    at: Instant
    posts: tuple[PostLine, ...]


def read_posts(ask: ReadPosts, sight: Sight) -> PostsView:
    """The posts by name."""
    now, told, visits = sight.now(), dict[str, list[str]](), dict[str, tuple[Visit, ...]]()
    for unit in sight.rows("unit").values():
        if isinstance(unit, UnitRow) and unit.standby is not None:
            told.setdefault(unit.standby.name, []).append(unit.id)
    for post, row in sight.rows("visited").items():
        if isinstance(row, VisitedRow) and (lately := _of_a_day(row.visits, now)):
            visits[post] = lately[::-1]
    return PostsView(at=now, posts=tuple(PostLine(post=post, told=tuple(sorted(told.get(post, ()))), visits=visits.get(post, ())) for post in sorted({*told, *visits})))
