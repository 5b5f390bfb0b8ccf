"""The delays of trails as those see them who decide on them: that there are some and how each stands, and one with its reason (ADR 37)."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from tocsin.facts.access import (
    DisclosureDelayAsked,
    DisclosureDelayEnded,
    DisclosureDelayGranted,
    DisclosureDelayRefused,
    RecordsDelivered,
    RecordShown,
)
from tocsin.facts.calls import CallHandedOver
from tocsin.kernel import Instant, Kept, Refused, Row, Sight, View
from tocsin.rooms.access.commands.trail import ReadDelay, ReadDelays
from tocsin.rooms.access.views.latest import Latest
from tocsin.rooms.access.views.trail import TrailHow, how_shown, tags_of_trail

_MOST_LISTED = 200
DelayState = Literal["asked", "granted", "refused", "ended"]


class DelayRow(Row, frozen=True, kw_only=True, tag="delay"):
    """That there is a delay and how it stands; of which call and why is read at its own door. The id is its number.

    `renewed` is how often an earlier one over some of the same entries was granted.
    """

    state: DelayState = "asked"
    since: Instant
    until: Instant = 0
    days: int
    asked_by: str
    decided_by: str = ""
    ended_by: str = ""
    renewed: int = 0


class Delays(Latest):
    """The delays that wait or stand, and the latest of those that are over. Its memo has, by delay, its call and entries, and whether it was granted."""

    name = "delay"
    row_type = DelayRow

    def settled(self, row: Row) -> bool:
        return isinstance(row, DelayRow) and (row.state in ("refused", "ended") or 0 < row.until <= self.memo.get("at", 0))

    def fold(self, kept: Kept) -> tuple[str, ...]:
        fact, by = kept.fact, kept.entry.by
        match fact:
            case DisclosureDelayAsked():
                return self._asked(fact, kept)
            case DisclosureDelayGranted():
                if of := self.memo.get("of", {}).get(fact.delay):
                    of[2] = True
                return self.change(fact.delay, state="granted", until=fact.until, decided_by=by)
            case DisclosureDelayRefused():
                return self.change(fact.delay, state="refused", decided_by=by)
            case DisclosureDelayEnded():
                return self.change(fact.delay, state="ended", until=kept.entry.known_at, ended_by=by)
        return ()

    def _asked(self, fact: DisclosureDelayAsked, kept: Kept) -> tuple[str, ...]:
        known = self.memo.setdefault("of", {})
        renewed = sum(granted and call == fact.call and not set(positions).isdisjoint(fact.positions) for call, positions, granted in known.values())
        known[fact.delay] = [fact.call, list(fact.positions), False]
        self.memo["at"] = kept.entry.known_at
        changed = self.put(DelayRow(id=fact.delay, since=kept.entry.known_at, days=fact.days, asked_by=kept.entry.by, renewed=renewed))
        for gone in changed[1:]:
            known.pop(gone, None)
        return changed


class DelayStep(msgspec.Struct, frozen=True, kw_only=True):
    """One thing done with a delay: what, by whom, when."""

    what: DelayState
    by: str
    at: Instant


class DelayView(View, frozen=True, kw_only=True):
    """One delay: which entries of which call, for how long, why, and each step. Texts are None once their key was destroyed."""

    delay: str
    call: str
    positions: tuple[int, ...]
    days: int
    until: Instant
    state: DelayState
    reason: str | None
    refused: str | None
    steps: tuple[DelayStep, ...]


class DelayLine(msgspec.Struct, frozen=True, kw_only=True):
    """One delay of a call's trail, without its reason."""

    delay: str
    positions: tuple[int, ...]
    days: int
    until: Instant
    state: DelayState
    asked_by: str


class Showing(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of a call's trail that can be kept back: of which record, how and to whom. `record` is what a delay of it is asked with."""

    position: int
    at: Instant
    record: str
    how: TrailHow
    by: str
    roles: tuple[str, ...]
    purpose: str
    fields: tuple[str, ...]


class DelaysView(View, frozen=True, kw_only=True):
    """Every delay of a call's trail and the entries that can be kept back, the latest first, two hundred of each at most."""

    call: str
    delays: tuple[DelayLine, ...]
    showings: tuple[Showing, ...]


_STEPS: dict[type, DelayState] = {DisclosureDelayAsked: "asked", DisclosureDelayGranted: "granted", DisclosureDelayRefused: "refused",
                                  DisclosureDelayEnded: "ended"}


def read_delay(ask: ReadDelay, sight: Sight) -> DelayView:
    """One delay, for whoever decides on it."""
    history = sight.history(f"delay:{ask.delay}")
    asked = next((kept.fact for kept in history if isinstance(kept.fact, DisclosureDelayAsked)), None)
    if asked is None:
        raise Refused("delay_unknown", f"there is no delay {ask.delay}", f"没有暂缓告知 {ask.delay}", field="delay", status=404)
    refused = next((kept.fact for kept in history if isinstance(kept.fact, DisclosureDelayRefused)), None)
    line = _delay_line(asked, history)
    return DelayView(delay=ask.delay, call=asked.call, positions=asked.positions, days=asked.days, until=line.until, state=line.state,
                     reason=sight.opened(asked.reason), refused=sight.opened(refused.reason) if refused else None,
                     steps=tuple(DelayStep(what=_STEPS[type(kept.fact)], by=kept.entry.by, at=kept.entry.known_at) for kept in history if type(kept.fact) in _STEPS))


def read_delays(ask: ReadDelays, sight: Sight) -> DelaysView:
    """Every delay of a call's trail, and what stands in the trail, withheld or not."""
    history, tags = sight.history(f"trail:{ask.call}"), tags_of_trail(ask.call, sight.history)
    if not sight.history(f"call:{ask.call}"):
        raise Refused("call_unknown", f"There is no call {ask.call}; write its whole number, as 261123-0031.", f"没有来电 {ask.call}，请填写完整编号，如 261123-0031。",
                      field="call", status=404)
    lines = [_delay_line(kept.fact, history) for kept in history if isinstance(kept.fact, DisclosureDelayAsked)]
    showings = [found for kept in sight.history(*tags) if (found := _showing(ask.call, kept, tags)) is not None]
    return DelaysView(call=ask.call, delays=tuple(reversed(lines[-_MOST_LISTED:])), showings=tuple(reversed(showings[-_MOST_LISTED:])))


def _showing(call: str, kept: Kept, tags: Sequence[str]) -> Showing | None:
    fact, entry = kept.fact, kept.entry
    how: TrailHow
    record, roles, fields = f"call:{call}", tuple[str, ...](), tuple[str, ...]()
    match fact:
        case RecordShown() if fact.record in tags:
            how, record, roles, fields = how_shown(fact), fact.record, fact.roles, fact.fields
        case RecordsDelivered():
            how, record, fields = "export", next((one for one in fact.records if f"out:{one}" in tags), record), fact.fields
        case CallHandedOver():
            how = "handed_over"
        case _:
            return None
    return Showing(position=kept.position, at=entry.known_at, record=record, how=how, by=entry.by, roles=roles, purpose=entry.purpose, fields=fields)


def _delay_line(asked: DisclosureDelayAsked, history: Sequence[Kept]) -> DelayLine:
    state: DelayState = "asked"
    until, by = 0, ""
    for kept in history:
        fact = kept.fact
        if getattr(fact, "delay", "") != asked.delay:
            continue
        match fact:
            case DisclosureDelayAsked():
                by = kept.entry.by
            case DisclosureDelayGranted():
                state, until = "granted", fact.until
            case DisclosureDelayRefused():
                state = "refused"
            case DisclosureDelayEnded():
                state, until = "ended", kept.entry.known_at
    return DelayLine(delay=asked.delay, positions=asked.positions, days=asked.days, until=until, state=state, asked_by=by)
