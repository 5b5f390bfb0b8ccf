"""A play by events on a floor, the real house or one in arrays: the clock jumps to the next thing that is due."""

import heapq
from collections.abc import Callable
from functools import partial
from threading import Event

import numpy as np

from tocsin.kernel import Instant
from tocsin.sim.clock import SECOND, StepClock
from tocsin.sim.scenarios.asked import Asked
from tocsin.sim.scenarios.fleet_at_work import FleetAtWork
from tocsin.sim.scenarios.floors import OTHERWISE, Choice, Floor, Offered
from tocsin.sim.scenarios.outcome import CallFigures, Decision, Outcome, decided
from tocsin.sim.scenarios.play import Case, Flag, Play, Shut, Unit
from tocsin.sim.scenarios.works import Work
from tocsin.sim.travel import Streets

FRESH: Instant = 30 * SECOND
"""An offer serves all units that go within so long of it."""
CHUNK = 500
"""Segments that one closure may name."""


class Simulation:
    """One play on one empty floor, whose clock is `clock`. `run` returns what came of it; the floor is left to its maker."""

    def __init__(self, floor: Floor, clock: StepClock, streets: Streets, play: Play) -> None:
        self.floor, self.clock, self.streets, self.play = floor, clock, streets, play
        self._endings = ("transported", "resolved", *floor.endings)
        self.outcome = Outcome(begin=play.count_from, end=play.until)
        self.fleet = FleetAtWork(self, streets)
        self.decisions: list[Decision] = []
        self._heap: list[tuple[Instant, int, int, Callable[[], None]]] = []
        self._count = 0
        self._waiting: list[Case] = []
        self._shut: dict[str, tuple[int, ...]] = {}
        self.cases: list[Case] = []

    def run(self, stopped: Flag | None = None, progress: Callable[[Instant], None] | None = None) -> Outcome | None:
        """Play to the end; None where it was stopped before. `progress` is told the time of every call."""
        for duty in self.play.duties:
            self.at(duty.off, 0, partial(self.fleet.off, duty))
            self.at(duty.on, 1, partial(self.fleet.on, duty))
        for shut in self.play.shut:
            self.at(shut.since, 2, partial(self._close_roads, shut))
        for broken in self.play.broken:
            self.at(broken.since, 2, partial(self.fleet.fails, broken.unit))
            self.at(broken.until, 2, partial(self.fleet.mended, broken.unit))
        for rest in self.play.rests:
            self.at(rest.since, 2, partial(self.fleet.rest_due, rest))
            self.at(rest.until, 2, partial(self.fleet.rest_over, rest))
        for number, asked in enumerate(self.play.calls):
            self.at(asked.at, 4, partial(self._call, number, asked))
        never = Event()
        while self._heap:
            at, phase, _, act = heapq.heappop(self._heap)
            if stopped is not None and stopped.is_set():
                return None
            self.clock.reach(at, never)
            if progress is not None and phase == 4:
                progress(at)
            act()
        return self._finish()

    def at(self, at: Instant, phase: int, act: Callable[[], None]) -> None:
        """Do something at an instant, or now where that has passed; of what is due together the lower phase first, then as asked."""
        self._count += 1
        heapq.heappush(self._heap, (max(at, self.clock.now()), phase, self._count, act))

    def _call(self, number: int, asked: Asked) -> None:
        case = Case(number, asked, np.random.default_rng([self.play.seed, self.play.replication, number]))
        case.incident = self.floor.take(number, asked)
        if not case.incident:
            return
        case.shared = float(case.rng.standard_normal())
        self.cases.append(case)
        delay_s = self.play.works.delay_s(asked.kind, asked.priority, [one.unit_kind for one in asked.sends], case.rng)
        first = asked.at + round((delay_s if self.play.wait_s is None else self.play.wait_s) * SECOND)
        if not self.play.by_record:
            case.due = 1
            self.at(first, 5, lambda: self._by_plan(case))
            return
        case.works = self.play.works.together(asked.kind, asked.priority, [one.unit_kind for one in asked.sends], case.rng)
        case.due = len(asked.sends)
        for nth, one in enumerate(asked.sends):
            self.at(first + round(one.after_s * SECOND), 5, partial(self._by_record, case, nth))
        self._settle(case)

    def _offered(self, case: Case, *, fresh: bool) -> Offered | None:
        """The floor's recommendation for a call, asked for with every unit's position reported first; None where it was refused."""
        now = self.clock.now()
        if not fresh and case.offer is not None and now - case.offer.at <= FRESH:
            return case.offer
        self.fleet.say_positions()
        offer = self.floor.offer(case.incident, propose=not self.play.by_record)
        if offer is not None:
            case.offer = offer
        return offer

    def _by_record(self, case: Case, nth: int) -> None:
        """Send the soonest free unit of the kind that the record sent, or let the sending wait for one."""
        case.due -= 1
        if not self._send_kind(case, nth):
            self.outcome.waited += 1
            case.waits.append(nth)
            self._wait(case)
            work = case.works[nth]
            if not work.arrives:  # it would have been called off: nobody waits for it longer than that
                self.at(self.clock.now() + round(work.free_s * SECOND), 6, lambda: self._drop(case, nth))

    def _send_kind(self, case: Case, nth: int) -> bool:
        kind = case.asked.sends[nth].unit_kind
        if not self.fleet.any_free(kind):
            return False
        for fresh in (False, True):
            offer = self._offered(case, fresh=fresh)
            best = next((one for one in offer.choices if one.unit_kind == kind and self.fleet.is_free(one.unit)), None) if offer is not None else None
            if best is not None:
                return self._assign(case, best, case.works[nth], "" if best.proposed else OTHERWISE)
        return False

    def _by_plan(self, case: Case) -> None:
        """Send what the house proposes, and let what it cannot fill wait."""
        case.due = 0
        offer = self._offered(case, fresh=True)
        proposed = [one for one in offer.choices if one.proposed and self.fleet.is_free(one.unit)] if offer is not None else []
        works = self.play.works.together(case.asked.kind, case.asked.priority, [one.unit_kind for one in proposed], case.rng)
        for one, work in zip(proposed, works, strict=True):
            self._assign(case, one, work, "")
        unfilled = offer.unfilled if offer is not None else ()
        case.skills = frozenset(need.skill for need in unfilled)
        if unfilled and not case.waits:
            self.outcome.waited += sum(need.count for need in unfilled)
            case.waits = [0]
            self._wait(case)
        elif not unfilled and case.waits:
            case.waits = []
            self._waiting.remove(case)
        self._settle(case)

    def _assign(self, case: Case, chosen: Choice, work: Work, override: str) -> bool:
        assert case.offer is not None, "who is sent was offered"
        if not self.floor.send(case.incident, chosen, case.offer, override):
            return False
        self.decisions.append(Decision(self.clock.now(), case.number, chosen.unit, chosen.shift, chosen.eta_s))
        case.out += 1
        case.sent_at = case.sent_at if case.sent_at >= 0 else self.clock.now()
        self.fleet.sent(chosen.unit, case, work)
        return True

    def _wait(self, case: Case) -> None:
        if case not in self._waiting:
            self._waiting.append(case)
            self._waiting.sort(key=lambda one: (one.asked.priority, one.asked.at, one.number))

    def freed(self, unit: Unit) -> None:
        """A unit is free: the most pressing call that waits for one like it has it, of those the one that came first."""
        for case in tuple(self._waiting):
            if not self.fleet.is_free(unit.duty.unit):
                return
            if not self.play.by_record:
                if case.skills & unit.skills:
                    self._by_plan(case)
                continue
            nth = next((nth for nth in case.waits if case.asked.sends[nth].unit_kind == unit.duty.unit_kind), -1)
            if nth >= 0 and self._send_kind(case, nth):
                self._unwait(case, nth)

    def _drop(self, case: Case, nth: int) -> None:
        if nth in case.waits:
            self.outcome.dropped += 1
            self._unwait(case, nth)
            self._settle(case)

    def _unwait(self, case: Case, nth: int) -> None:
        case.waits.remove(nth)
        if not case.waits:
            self._waiting.remove(case)

    def there(self, case: Case) -> None:
        """A unit has arrived."""
        case.there_at = case.there_at if case.there_at >= 0 else self.clock.now()

    def done(self, case: Case) -> None:
        """A unit has finished with a call. Once those that came have all left, what still waits is not needed any more."""
        case.out -= 1
        if not case.out and not case.due and case.there_at >= 0 and self.play.by_record:
            for nth in tuple(case.waits):
                self._drop(case, nth)
        self._settle(case)

    def _settle(self, case: Case) -> None:
        """Close a call once nobody is on it and nobody will come."""
        if case.out or case.due or case.waits or not case.incident:
            return
        wanted = self._endings[0] if case.carried else self._endings[1]
        self.floor.close(case.incident, wanted if wanted in self.floor.endings else self._endings[2])
        case.incident, case.offer = "", None

    def _close_roads(self, shut: Shut) -> None:
        for begin in range(0, len(shut.segments), CHUNK):
            part = shut.segments[begin : begin + CHUNK]
            closure = self.floor.shut(part, shut.text)
            if closure:
                self._shut[closure] = part
                self.at(shut.until, 2, partial(self._reopen, closure))
        self._know_closures()

    def _reopen(self, closure: str) -> None:
        self.floor.reopen(closure)
        self._shut.pop(closure, None)
        self._know_closures()

    def _know_closures(self) -> None:
        self.streets.close({segment for part in self._shut.values() for segment in part})

    def _finish(self) -> Outcome:
        self.fleet.finish()
        found, play = self.outcome, self.play
        for case in self.cases:
            if play.count_from <= case.asked.at < play.until:
                found.calls.append(CallFigures(case.asked.at, case.asked.kind, case.asked.priority, _after_s(case.asked.at, case.sent_at),
                                               _after_s(case.asked.at, case.there_at)))
        found.never = sum(len(case.waits) for case in self._waiting)
        found.refused, found.examples, found.facts, found.digest = self.floor.left()
        found.decisions = decided(self.decisions)
        return found


def _after_s(begin: Instant, at: Instant) -> float:
    return (at - begin) / SECOND if at >= 0 else -1.0
