"""A day's sample of the staff's own use, drawn from the ledger alone: by the house when the day is over, by an auditor whenever they like."""

from collections.abc import Callable, Iterator
from threading import Lock

import msgspec

from tocsin.engines.own_use import DAY_US, Drawn, Routine, Shown, draw
from tocsin.facts.access import RecordShown, SampleDrawn
from tocsin.house.envelope import disclose
from tocsin.house.policy import STAFF_ROLES
from tocsin.kernel import Clock, Instant, from_instant
from tocsin.ledger import Ledger, Still
from tocsin.rooms.access.commands import DayDrawn

_IN_HAND = 7
"""After a standstill the days before it are drawn as well, so many."""
_DRAWN_WITHIN = DAY_US // 24
"""A copy that ends within the hour after a day may well not hold that day's sample yet."""


class Sampling:
    """The days that are over and not drawn yet, one after the other."""

    def __init__(self, ledger: Ledger, clock: Clock, routine: Routine) -> None:
        self._ledger, self._clock, self.routine = ledger, clock, routine
        self._lock = Lock()
        self._done = -1  # the last day that needs no look any more
        self._waiting: DayDrawn | None = None

    def due(self) -> tuple[DayDrawn, ...]:
        """The earliest day of which something is drawn and not kept; it is drawn once, and handed out until it is kept."""
        with self._lock:
            today = self._clock.now() // DAY_US
            for day in range(max(self._done + 1, today - _IN_HAND), today):
                if next(self._ledger.read_tags((f"sampled:{day_name(day)}",)), None) is None:
                    if self._waiting is None or self._waiting.day != day_name(day):
                        self._waiting = self._drawn(day)
                    if self._waiting.drawn:
                        return (self._waiting,)
                self._done, self._waiting = day, None
            return ()

    def _drawn(self, day: int) -> DayDrawn:
        after, size = since(self._ledger, day * DAY_US), since(self._ledger, (day + 1) * DAY_US)
        routine = self.routine
        return DayDrawn(day=day_name(day), root=self._ledger.root(size).hex(), size=size, after=after, every_days=routine.every_days,
                        showings=routine.showings, each=routine.each,
                        drawn=drawn_again(self._ledger, day, after, size, every_days=routine.every_days, showings=routine.showings, each=routine.each))


def drawn_again(ledger: Ledger | Still, day: int, after: int, size: int, *, every_days: int, showings: int, each: int) -> tuple[Drawn, ...]:
    """What is drawn of the facts between two positions, whoever draws it: the ledger's root of `size` facts says which."""
    last = {kept.fact.staff: before for before in range(day - every_days + 1, day)
            for kept in disclose(ledger.read_tags((f"sampled:{day_name(before)}",))) if isinstance(kept.fact, SampleDrawn)}
    return draw(ledger.root(size), day, _shown(ledger, after, size), last, every_days=every_days, showings=showings, each=each)


def sample_faults(ledger: Ledger | Still, day: int) -> tuple[str, ...]:
    """What an auditor finds wrong with a day's kept sample, having drawn it again; empty where it is what the root says."""
    kept = [one.fact for one in disclose(ledger.read_tags((f"sampled:{day_name(day)}",))) if isinstance(one.fact, SampleDrawn)]
    after, size = since(ledger, day * DAY_US), since(ledger, (day + 1) * DAY_US)
    if not kept:
        return ("nothing was drawn, and there were showings",) if next(_shown(ledger, after, size), None) is not None else ()
    first = kept[0]
    if (first.after, first.size, first.root) != (after, size, ledger.root(size).hex()):
        return ("it was not drawn by the root of that day",)
    again = drawn_again(ledger, day, after, size, every_days=first.every_days, showings=first.showings, each=first.each)
    stands = {one.staff: one.positions for one in kept}
    return tuple(f"{one.staff}: {one.positions} are drawn, {stands.get(one.staff, ())} were kept" for one in again if stands.get(one.staff) != one.positions) + tuple(
        f"{staff}: was kept and is not drawn" for staff in sorted(set(stands) - {one.staff for one in again}))


class DayAgain(msgspec.Struct, frozen=True, kw_only=True):
    """A day whose sample was drawn again: how many people and showings the kept one names, by which measures, and what is wrong with it."""

    day: str
    people: int
    showings: int
    rule: tuple[int, int, int]
    """Everybody once in so many days, so many showings of all, so many of each; zeros where nothing was kept."""
    faults: tuple[str, ...]
    open: bool
    """Whether the ledger ends before the day could be drawn."""


def days_again(ledger: Ledger | Still, first: int = 0, last: int = 1 << 31) -> Iterator[DayAgain]:
    """Every day between two, of those that the ledger knows, on which something was shown or kept as drawn."""
    if not ledger.head():
        return
    (_, begun), (_, ended) = next(iter(ledger.read(0, 1))), next(iter(ledger.read(ledger.head() - 1, 1)))
    for day in range(max(first, begun.known_at // DAY_US), min(last, ended.known_at // DAY_US) + 1):
        kept = [one.fact for one in disclose(ledger.read_tags((f"sampled:{day_name(day)}",))) if isinstance(one.fact, SampleDrawn)]
        early = not kept and ended.known_at < (day + 1) * DAY_US + _DRAWN_WITHIN
        faults = () if early else sample_faults(ledger, day)
        if kept or faults or early:
            rule = (kept[0].every_days, kept[0].showings, kept[0].each) if kept else (0, 0, 0)
            yield DayAgain(day=day_name(day), people=len(kept), showings=sum(len(one.positions) for one in kept), rule=rule, faults=faults, open=early)


def _shown(ledger: Ledger | Still, after: int, size: int) -> Iterator[Shown]:
    for position, entry in ledger.read(after, size - after):
        if entry.kind == RecordShown.fact_kind:
            fact = disclose([(position, entry)])[0].fact
            if isinstance(fact, RecordShown) and STAFF_ROLES.intersection(fact.roles):
                yield Shown(position, entry.by, fact.record)


def since(ledger: Ledger | Still, at: Instant) -> int:
    """The position after which everything was known at an instant or later, by halving."""
    return _halved(ledger.head(), lambda position: next(iter(ledger.read(position, 1)))[1].known_at >= at)


def day_name(day: int) -> str:
    """A day, counted from the first of 1970, as a tag names it."""
    return f"{from_instant(day * DAY_US):%Y-%m-%d}"


def _halved(head: int, late: Callable[[int], bool]) -> int:
    low, high = 0, head
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if late(middle) else (middle + 1, high)
    return low
