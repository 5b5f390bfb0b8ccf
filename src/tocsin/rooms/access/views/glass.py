"""Broken glass as everybody on the floor sees it, and what was shown under one for whoever reviews it."""

from collections.abc import Mapping

import msgspec

from tocsin.facts.access import GlassBroken, GlassEnded, GlassReviewed, RecordShown
from tocsin.facts.access.glass import Verdict
from tocsin.kernel import Instant, Kept, Refused, Row, Sight, View
from tocsin.rooms.access.commands import BrokenGlass, ReadGlass
from tocsin.rooms.access.views.latest import Latest

_MOST_SHOWN = 200
_S = 1_000_000


class GlassRow(Row, frozen=True, kw_only=True, tag="glass"):
    """One broken glass: whose, since and until when, how many records were shown, and the reviewer's verdict. The id is its number."""

    by: str
    since: Instant
    until: Instant
    about: str
    ended: bool = False
    shown: int = 0
    verdict: Verdict | None = None
    reviewed_by: str = ""


class Glass(Latest):
    """The latest broken glasses; an old one goes once it is reviewed and more than five hundred stand."""

    name = "glass"
    row_type = GlassRow

    def settled(self, row: Row) -> bool:
        return isinstance(row, GlassRow) and row.verdict is not None

    def fold(self, kept: Kept) -> tuple[str, ...]:
        fact = kept.fact
        match fact:
            case GlassBroken():
                return self.put(GlassRow(id=fact.glass, by=kept.entry.by, since=kept.entry.known_at, until=fact.until, about=fact.about))
            case GlassEnded():
                return self.change(fact.glass, ended=True, until=kept.entry.known_at)
            case GlassReviewed():
                return self.change(fact.glass, verdict=fact.verdict, reviewed_by=kept.entry.by)
            case RecordShown() if isinstance(row := self.rows.get(fact.glass), GlassRow):
                return self.change(fact.glass, shown=row.shown + 1)
        return ()


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One record that was shown: which, at which door, which fields, when; and its position, for a proof."""

    record: str
    door: str
    fields: tuple[str, ...]
    at: Instant
    position: int


class GlassView(View, frozen=True, kw_only=True):
    """A broken glass with its reason (None once its key was destroyed) and what was shown while it lasted, at most two hundred."""

    row: GlassRow | None
    reason: str | None
    note: str | None
    shown: tuple[Shown, ...]


def read_glass(ask: ReadGlass, sight: Sight) -> GlassView:
    """What a reviewer needs: why, and everything that was opened."""
    history = sight.history(f"glass:{ask.glass}")
    broken = next((kept for kept in history if isinstance(kept.fact, GlassBroken)), None)
    if broken is None:
        raise Refused("glass_unknown", f"there is no broken glass {ask.glass}", f"没有紧急访问 {ask.glass}", field="glass", status=404)
    assert isinstance(broken.fact, GlassBroken)
    reviewed = next((kept.fact for kept in history if isinstance(kept.fact, GlassReviewed)), None)
    row = sight.rows("glass").get(ask.glass)
    shown = tuple(Shown(record=kept.fact.record, door=kept.fact.door, fields=kept.fact.fields, at=kept.entry.known_at, position=kept.position)
                  for kept in history if isinstance(kept.fact, RecordShown) and kept.fact.glass == ask.glass)
    return GlassView(row=row if isinstance(row, GlassRow) else None, reason=sight.opened(broken.fact.reason),
                     note=sight.opened(reviewed.note) if reviewed is not None else None, shown=shown[:_MOST_SHOWN])


def standing(rows: Mapping[str, Row], by: str, now: Instant) -> GlassRow | None:
    """The glass that this person has broken and that still lasts, the latest where there are several."""
    own = [row for row in rows.values() if isinstance(row, GlassRow) and row.by == by and not row.ended and row.since <= now < row.until]
    return own[-1] if own else None


def overdue(rows: Mapping[str, Row], now: Instant, within_s: int) -> tuple[BrokenGlass, ...]:
    """Every glass that is over, that nobody reviewed within so many seconds."""
    return tuple(BrokenGlass(glass=row.id, by=row.by, until=row.until) for row in rows.values()
                 if isinstance(row, GlassRow) and row.verdict is None and row.until + within_s * _S <= now)
