"""The house's own pulse, once a second: whether this machine's clock goes on as time does, and whether the ledger's store answers."""

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from time import perf_counter

from msgspec import structs

from tocsin.facts.running import ClockJumped
from tocsin.house.envelope import enclose
from tocsin.kernel import Clock, Instant, Refused, from_instant
from tocsin.ledger import ALONE, Ledger, Probe, Stand

JUMP_S = 2.0
"""How much more or less than time itself a clock may go on between two looks; what sets clocks right by and by stays far below it."""
PROBED_EVERY_S, AGAIN_EVERY_S = 5.0, 1.0
_SLOW_LOOK_S = 0.5
_SILENT_S = 3.0
_REMEMBERED_S = 900.0
_STEP_S, _STEPS = 10.0, 60
_US = 1_000_000
_MOST_UNKEPT = 20


class Pulse:
    """What is known of this node at any moment, from a look once a second; `beat` is called by one thread at a time."""

    def __init__(self, ledger: Ledger, clock: Clock, steady: Callable[[], float] | None) -> None:
        """`steady` is a clock in seconds that cannot be put, against which the time of day is held; None where the house runs by a made clock."""
        self._ledger, self._clock, self._held, self._steady = ledger, clock, steady is not None, steady or perf_counter
        self.node = ledger.node.name or "here"
        self.started_at = clock.now()
        self.probed: Probe | None = None
        """The last answer of the store."""
        self._stands: tuple[Stand, ...] = ()
        self.jumps = 0
        self.jump: ClockJumped | None = None
        self._jumped_s = 0.0
        self._unkept: list[ClockJumped] = []
        self._last: tuple[float, Instant] | None = None
        self._asked_s, self._answered_s = -PROBED_EVERY_S, perf_counter()
        self._asking, self._unread = False, False
        self._called_s = perf_counter()
        self._stepped_s, self.steps = perf_counter(), deque[int](maxlen=_STEPS)
        """The ledger's head each ten seconds, for ten minutes."""
        self.told: Callable[[], None] = lambda: None
        """Called once a second with nothing; whoever keeps its own figures by time takes a step then."""

    def beat(self) -> None:
        """Look once. What cannot be kept now is kept with a later beat."""
        self._look_at_clock()
        if perf_counter() - self._asked_s >= (AGAIN_EVERY_S if self._unread or self._ledger.node is not ALONE else PROBED_EVERY_S):
            self.ask()
        now_s = perf_counter()
        if not self.steps or now_s - self._stepped_s >= _STEP_S:
            self._stepped_s = now_s
            self.steps.append(self._ledger.head())
        self.told()

    def ask(self) -> None:
        """Ask the store now whether it is there; and, of several nodes, say where this one stands."""
        self._asked_s, self._asking = perf_counter(), True
        try:
            self.probed = self._ledger.probe()
            self._unread, self._answered_s = False, perf_counter()
            self._call_roll()
        except Refused as no:
            self._unread = no.code == "ledger.unreadable" or self._unread
        finally:
            self._asking = False

    def _call_roll(self) -> None:
        with suppress(Refused):  # what was heard last stays, and grows older
            self._stands = self._ledger.call_roll(self.ahead_s)
            self._called_s = perf_counter()

    @property
    def reads(self) -> bool:
        """Whether the ledger's store answers."""
        return not self._unread and not (self._asking and perf_counter() - self._asked_s > _SILENT_S)

    @property
    def stands(self) -> tuple[Stand, ...]:
        """Where each of several nodes stands, with the time since it was asked; none where this one is alone."""
        since_s = perf_counter() - self._called_s
        return tuple(structs.replace(one, silent_s=one.silent_s + since_s) for one in self._stands)

    @property
    def others(self) -> tuple[Stand, ...]:
        """The same of all but this one."""
        return tuple(one for one in self.stands if one.node.name != self.node)

    @property
    def unread_s(self) -> float:
        """For how long it has not."""
        return 0.0 if self.reads else perf_counter() - self._answered_s

    @property
    def ahead_s(self) -> float | None:
        """How far the store's clock is before ours; None where it has none of its own, or ours is a made one."""
        return self.probed.ahead_s if self.probed and self._held and self.reads else None

    @property
    def fresh_jump(self) -> ClockJumped | None:
        """The last jump, for a quarter of an hour after it."""
        return self.jump if self.jump and self._steady() - self._jumped_s < _REMEMBERED_S else None

    @property
    def tags(self) -> tuple[str, str]:
        """The histories in which the jumps of this month and the last stand."""
        now = from_instant(self._clock.now())
        return f"clock:{now:%Y-%m}", f"clock:{now.year - (now.month == 1)}-{(now.month - 2) % 12 + 1:02}"

    def _look_at_clock(self) -> None:
        if not self._held:
            return
        before_s, now, after_s = self._steady(), self._clock.now(), self._steady()
        if after_s - before_s > _SLOW_LOOK_S:  # put off between the two: they say nothing of one another
            self._last = None
            return
        if self._last is not None:
            by_us = now - self._last[1] - round((before_s - self._last[0]) * _US)
            if abs(by_us) > JUMP_S * _US:
                self.jump, self._jumped_s = ClockJumped(node=self.node, by_us=by_us, at=now), self._steady()
                self.jumps += 1
                self._unkept = [*self._unkept, self.jump][-_MOST_UNKEPT:]
        self._last = before_s, now
        self._keep()

    def _keep(self) -> None:
        if not self._unkept or not self._ledger.leads:
            return
        now = self._clock.now()
        try:
            self._ledger.append(enclose(self._unkept, self._ledger.vault, happened_at=now, known_at=now, by="house",
                                        purpose="operation", cause=0, key=""))
        except Refused:
            return  # a full disk, a database that is away, a lead that was lost
        self._unkept = []
