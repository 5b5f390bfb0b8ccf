"""Legal holds as everybody on the floor sees them, and the table of retention with what falls due for those who oversee it."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from tocsin.facts.access import HoldAsked, HoldGranted, HoldLiftAsked, HoldLifted, KeyDestroyed, KeyHeld, MasterRotated
from tocsin.kernel import Instant, Kept, Refused, Row, Sight, View, Words
from tocsin.rooms.access.commands import ReadHold, ReadRetention
from tocsin.rooms.access.commands.forgetting import HeldKey
from tocsin.rooms.access.model.holding import Retention
from tocsin.rooms.access.views.latest import Latest

_MOST_LISTED = 200


class HoldRow(Row, frozen=True, kw_only=True, tag="hold"):
    """One legal hold: on what, until when, by whom asked, granted and lifted, and how many records it keeps back. The id is its number."""

    subject: str
    since: Instant
    until: Instant
    asked_by: str
    granted_by: str = ""
    lift_asked_by: str = ""
    lifted_by: str = ""
    held: int = 0


class Holds(Latest):
    """The latest holds. Its memo has, by hold, the records that were due and kept back; one that is lifted and empty goes first."""

    name = "hold"
    row_type = HoldRow

    def settled(self, row: Row) -> bool:
        return isinstance(row, HoldRow) and bool(row.lifted_by) and not row.held

    def fold(self, kept: Kept) -> tuple[str, ...]:
        fact, by = kept.fact, kept.entry.by
        match fact:
            case HoldAsked():
                return self.put(HoldRow(id=fact.hold, subject=fact.subject, since=kept.entry.known_at, until=fact.until, asked_by=by))
            case HoldGranted():
                return self.change(fact.hold, granted_by=by)
            case HoldLiftAsked():
                return self.change(fact.hold, lift_asked_by=by)
            case HoldLifted():
                return self.change(fact.hold, lifted_by=by)
            case KeyHeld():
                changed = self._let_go(fact.record)
                held = self.memo.setdefault(fact.hold, {})
                held[fact.record] = [fact.rule, fact.days, fact.ended, list(fact.under), [fact.basis.en, fact.basis.zh]]
                return (*changed, *self.change(fact.hold, held=len(held)))
            case KeyDestroyed():
                return self._let_go(fact.record)
        return ()

    def kept_back(self) -> list[HeldKey]:
        """Every record that was due and is kept back, with its hold."""
        return [HeldKey(record=record, rule=rule, days=days, ended=ended, under=tuple(under), basis=Words(*basis), hold=hold)
                for hold, records in self.memo.items() for record, (rule, days, ended, under, basis) in records.items()]

    def _let_go(self, record: str) -> tuple[str, ...]:
        for hold, records in self.memo.items():
            if record in records:
                del records[record]
                if not records:
                    del self.memo[hold]
                return self.change(hold, held=len(records))
        return ()


def stands(row: Row | None, now: Instant) -> bool:
    """Whether a hold keeps anything back at this instant."""
    return isinstance(row, HoldRow) and bool(row.granted_by) and not row.lifted_by and row.until > now


def standing_holds(rows: Mapping[str, Row], now: Instant) -> dict[str, str]:
    """The holds that stand, by what they hold."""
    return {row.subject: row.id for row in rows.values() if isinstance(row, HoldRow) and stands(row, now)}


class HeldRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A record that a hold kept back, by which rule it was due, and since when."""

    record: str
    rule: str
    at: Instant
    position: int


class HoldView(View, frozen=True, kw_only=True):
    """A hold with its reasons (None once their key was destroyed) and what it kept back, at most two hundred records."""

    row: HoldRow | None
    stands: bool
    reason: str | None
    lift_reason: str | None
    records: tuple[HeldRecord, ...]


def read_hold(ask: ReadHold, sight: Sight) -> HoldView:
    """One hold, for whoever decides on it."""
    history = sight.history(f"hold:{ask.hold}")
    asked = next((kept.fact for kept in history if isinstance(kept.fact, HoldAsked)), None)
    if asked is None:
        raise Refused("hold_unknown", f"there is no hold {ask.hold}", f"没有保全 {ask.hold}", field="hold", status=404)
    lift = next((kept.fact for kept in history if isinstance(kept.fact, HoldLiftAsked)), None)
    row = sight.rows("hold").get(ask.hold)
    records = tuple(HeldRecord(record=kept.fact.record, rule=kept.fact.rule, at=kept.entry.known_at, position=kept.position)
                    for kept in history if isinstance(kept.fact, KeyHeld))
    return HoldView(row=row if isinstance(row, HoldRow) else None, stands=stands(row, sight.now()), reason=sight.opened(asked.reason),
                    lift_reason=sight.opened(lift.reason) if lift is not None else None, records=records[:_MOST_LISTED])


class RuleLine(msgspec.Struct, frozen=True, kw_only=True):
    """One rule of the table of retention."""

    rule: str
    says: Words
    days: int
    basis: Words


class DueLine(msgspec.Struct, frozen=True, kw_only=True):
    """A record that falls due, and the hold that keeps it back, where one does."""

    record: str
    rule: str
    ended: Instant
    hold: str = ""


class RetentionView(View, frozen=True, kw_only=True):
    """The table of retention; what falls due within the days asked for, at most two hundred records; the epoch of the master key."""

    version: str
    sample: bool
    hour: int
    rules: tuple[RuleLine, ...]
    due: tuple[DueLine, ...]
    epoch: int
    rotated_at: Instant | None
    """When the master key of this epoch came into use; None for the first."""


def retention_reader(table: Retention) -> Callable[[Any, Sight], RetentionView]:
    """The answer to ReadRetention under one table."""
    rules = tuple(RuleLine(rule=name, says=Words(rule.en, rule.zh), days=rule.days, basis=rule.basis) for name, rule in table.rules.items())

    def read_retention(ask: ReadRetention, sight: Sight) -> RetentionView:
        standing = standing_holds(sight.rows("hold"), sight.now())
        due = tuple(DueLine(record=one.record, rule=one.rule, ended=one.ended, hold=next((standing[name] for name in one.under if name in standing), ""))
                    for one in sight.look(f"keys due in {ask.within_days}"))
        epoch = next(iter(sight.look("keys epoch")), 1)
        turned = [kept.entry.known_at for kept in sight.history(f"rotation:{epoch}") if isinstance(kept.fact, MasterRotated)]
        return RetentionView(version=table.version, sample=table.sample, hour=table.hour, rules=rules, due=due[:_MOST_LISTED], epoch=epoch,
                             rotated_at=turned[0] if turned else None)

    return read_retention
