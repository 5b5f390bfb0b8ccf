"""The picture as it was known at any past second: keyframes kept as caches beside the ledger, and the few facts since the nearest folded on.

A fact was known when its own `known_at` had come and everything kept before it was known: the facts known by an instant are the
longest beginning of the ledger in which none is of later. Where the clock never ran back these are exactly the facts with
`known_at` up to that instant; where it was set back, what was kept meanwhile is shown once the clock has caught up, and no sooner
than its own order in the ledger allows. That order is proved; a clock is not.
"""

import logging
import zlib
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import takewhile
from threading import BoundedSemaphore, Event, Lock, Thread
from time import perf_counter
from typing import Any

import msgspec

from tocsin.facts.dispatch import IncidentOpened, PriorityChanged, RoadClosed
from tocsin.facts.fleet import ShiftEnded
from tocsin.house.asker import Mark, PositionRow, Span
from tocsin.house.envelope import disclose
from tocsin.house.look import closed_segments, position_row, timers_running, units_seen
from tocsin.house.pictures import Pictures
from tocsin.kernel import Clock, Entry, Instant, Kept, Picture, Refused, Row
from tocsin.ledger import Ledger
from tocsin.trail import Held, Trail

EVERY = 4_000
"""Facts between two keyframes: folding that many is what a cold look back costs."""
MOST_FOLDED = 60_000
_PAGE = 250
_REST = 3.0
"""The follower rests three times as long as it worked, so that the floor hardly feels it."""
_AT_ONCE, _WAIT_S = 2, 0.4
_WARM = 4
_DENSE, _SPARSE = 1_000, 8
"""The newest thousand keyframes are all kept, of older ones every eighth."""
_MARKS_US, _MOST_MARKS = 12 * 3_600_000_000, 500
_LOG = logging.getLogger("tocsin.past")


class ShiftEnds(Picture):
    """When each unit's last shift ended: a position from before it is not this shift's. It has no rows, and none goes out."""

    name = "shift_end"
    row_type = Row

    def fold(self, kept: Kept) -> tuple[str, ...]:
        if isinstance(kept.fact, ShiftEnded):
            self.memo[kept.fact.unit] = kept.entry.known_at
        return ()


class Keyframe(msgspec.Struct, frozen=True, array_like=True):
    """A snapshot's position, and the instant at which everything up to it was known."""

    position: int
    reach: Instant


class _Index(msgspec.Struct, frozen=True):
    shape: str
    frames: list[Keyframe]


class Then(msgspec.Struct, frozen=True):
    """The whole picture of one past instant; it may be kept and read while the floor goes on."""

    at: Instant
    position: int
    known_at: Instant
    tables: dict[str, dict[str, Row]]
    positions: dict[str, PositionRow]
    trail: Held
    inner: frozenset[str] = frozenset()
    """The pictures that only answers read."""

    @property
    def outgoing(self) -> tuple[Row, ...]:
        """Every row that a console is shown, the units' positions too."""
        rows = (row for name, table in self.tables.items() if name not in self.inner for row in table.values())
        return (*rows, *self.positions.values())

    def rows(self, picture: str) -> Mapping[str, Row]:
        """The rows of a picture as they were."""
        return self.tables[picture]

    def known(self, history: Sequence[Kept]) -> Sequence[Kept]:
        """What of a history was known then."""
        return [kept for kept in history if kept.position <= self.position]

    def look(self, what: str) -> tuple[Any, ...]:
        """What could be seen then: `units` on duty with their positions, `closed` segments."""
        if what == "units":
            return units_seen(self.rows("unit"), self.positions, self.at)
        if what.startswith(("timers", "keys")):
            return timers_running(self.rows("timer")) if what == "timers" else ()  # nothing falls due in the past
        assert what == "closed", what
        return closed_segments(self.rows("closure"))


class _Folding:
    """One run of folding along the ledger: pictures of its own, and the instant by which all that it took in was known."""

    def __init__(self, pictures: Pictures, reach: Instant = -(1 << 62)) -> None:
        self.pictures, self.reach = pictures, reach

    @property
    def at(self) -> Keyframe:
        """Where it stands."""
        return Keyframe(self.pictures.position, self.reach)


class Past:
    """Looks back along one ledger and trail. Nothing here is needed by the floor, and losing its caches loses nothing."""

    def __init__(self, ledger: Ledger, trail: Trail, clock: Clock, live: Pictures, *, every: int = EVERY) -> None:
        self._ledger, self._trail, self._clock, self._live, self._every = ledger, trail, clock, live, every
        self._shape = f"{every};{self._begin().pictures.shape()}"
        self._lock = Lock()
        self._frames = self._held_index()
        self._warm: list[_Folding] = []
        self._gate = BoundedSemaphore(_AT_ONCE)
        self._stop = Event()
        self._follower: Thread | None = None

    def at(self, at: Instant) -> Then:
        """The picture as it was known at an instant; Refused for a coming one, or when too many look back at once."""
        if at > self._clock.now():
            raise Refused("past_not_yet", "That moment has not come yet.", "该时刻尚未到来。", field="at", status=422)
        with self._turn():
            folding = self._nearest(at)
            self._fold(folding, at)
            tables = {name: dict(picture.rows) for name, picture in folding.pictures.by_name.items() if name != ShiftEnds.name}
            ends = folding.pictures.by_name[ShiftEnds.name].memo
            stood = folding.at
            with self._lock:
                self._warm = [folding, *self._warm][:_WARM]
            fixes, held = self._trail.at(at, {unit: ends.get(unit, 0) for unit in tables["unit"]})
            inner = frozenset(name for name, picture in folding.pictures.by_name.items() if picture.inner)
            return Then(at, stood.position, max(0, stood.reach), tables, {unit: position_row(fix) for unit, fix in fixes.items()}, held, inner)

    def span(self, since: Instant, until: Instant) -> Span:
        """From when until when the past is known, and the moments between two instants, twelve hours at most."""
        now = self._clock.now()
        first = next((entry.known_at for _, entry in self._ledger.read(0, 1)), now)
        with self._lock:
            ready = self._frames[-1].reach if self._frames else first
        with self._turn():
            marks = tuple(self._marks(max(since, until - _MARKS_US), until)) if until > since else ()
        return Span(first=first, last=now, ready=min(now, max(first, ready)), marks=marks)

    def grew(self) -> None:
        """The ledger grew: begin to follow it where a keyframe is due. Cheap, since every append calls it."""
        with self._lock:
            last = self._frames[-1].position if self._frames else 0
            if self._follower is not None or self._stop.is_set() or self._ledger.head() - last < self._every:
                return
            self._follower = Thread(target=self._follow, name="tocsin-past", daemon=True)
            self._follower.start()

    def close(self) -> None:
        """Stop following; what was looked at is done with."""
        self._stop.set()
        with self._lock:
            follower = self._follower
        if follower is not None:
            follower.join()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._gate.acquire(timeout=_WAIT_S):
            raise Refused("past_busy", "Others are looking back just now; try again in a moment.", "其他人正在回看，请稍后再试。", status=503)
        try:
            yield
        finally:
            self._gate.release()

    def _begin(self) -> _Folding:
        return _Folding(self._live.beside(ShiftEnds()))

    def _nearest(self, at: Instant) -> _Folding:
        """What stands nearest before an instant: a run of before, which is taken, or a keyframe, or the ledger's beginning."""
        while True:
            with self._lock:
                place = bisect_right(self._frames, at, key=lambda frame: frame.reach)
                frame = self._frames[place - 1] if place else None
                warm = max((run for run in self._warm if run.reach <= at), key=lambda run: run.pictures.position, default=None)
                if warm is not None and (frame is None or warm.pictures.position >= frame.position):
                    self._warm.remove(warm)
                    return warm
            if frame is None:
                return self._begin()
            folding = self._load(frame)
            if folding is not None:
                return folding
            with self._lock:  # damaged or gone: what follows it is folded anew, and kept again on the way
                self._frames = [one for one in self._frames if one.position < frame.position]

    def _fold(self, folding: _Folding, at: Instant) -> None:
        """Take in what was known by an instant; each keyframe that is missing on the way is kept, so a second try goes on from there."""
        began = folding.pictures.position
        while self._step(folding, at, _PAGE * 4):
            if folding.pictures.position - began > MOST_FOLDED:
                raise Refused("past_not_ready", "This stretch of the past is still being prepared; try again in a moment.",
                              "该时段的历史画面仍在准备，请稍后再试。", status=503)

    def _step(self, folding: _Folding, at: Instant, most: int) -> bool:
        """Fold a page of what was known by an instant; False where there is no more."""
        position = folding.pictures.position
        asked = min(most, self._every - position % self._every)
        reach, batch = folding.reach, []
        for line in takewhile(lambda line: line[1].known_at <= at, self._ledger.read(position, asked)):
            reach = max(reach, line[1].known_at)
            batch.append(line)
        folding.pictures.fold(disclose(batch))
        folding.reach = reach
        if batch and folding.pictures.position % self._every == 0:
            self._keep(folding)
        return len(batch) == asked

    def _keep(self, folding: _Folding) -> None:
        """Keep a keyframe, if it is the next one and lacks nothing; a full disk only means that there is none."""
        if folding.pictures.missed:
            return
        frame = folding.at
        with self._lock:
            last = self._frames[-1].position if self._frames else 0
            if frame.position != last + self._every:
                return
            self._frames.append(frame)
            oldest = self._frames[-_DENSE - 1:-_DENSE]  # the one that is now older than the dense thousand, if there is one
            dropped = [one for one in oldest if one.position // self._every % _SPARSE]
            self._frames = [one for one in self._frames if one not in dropped] if dropped else self._frames
            index = msgspec.msgpack.encode(_Index(self._shape, self._frames))
        try:
            _, content = folding.pictures.dump()
            self._ledger.save_cache(f"past-{frame.position}", frame.position, zlib.compress(content, 1))
            self._ledger.save_cache("past", frame.position, index)
            for one in dropped:
                self._ledger.drop_cache(f"past-{one.position}")
        except Refused as no:
            _LOG.warning("a keyframe of the past was not kept: %s", no)
            with self._lock:
                self._frames = [one for one in self._frames if one.position < frame.position]

    def _load(self, frame: Keyframe) -> _Folding | None:
        held = self._ledger.load_cache(f"past-{frame.position}")
        if held is None:
            return None
        folding = self._begin()
        try:
            loaded = folding.pictures.load(held[0], zlib.decompress(held[1]))
        except zlib.error:
            return None
        folding.reach = frame.reach
        return folding if loaded else None

    def _held_index(self) -> list[Keyframe]:
        held = self._ledger.load_cache("past")
        if held is None:
            return []
        try:
            index = msgspec.msgpack.decode(held[1], type=_Index)
        except msgspec.DecodeError:
            return []
        return index.frames if index.shape == self._shape else []

    def _follow(self) -> None:
        """Keep the keyframes that are due, a page at a time with a rest after each."""
        with self._lock:
            frame = self._frames[-1] if self._frames else None
        try:
            folding = (self._load(frame) if frame else None) or self._begin()
            while not self._stop.is_set() and self._ledger.head() - folding.at.position >= self._every:
                began = perf_counter()
                self._step(folding, 1 << 62, _PAGE)
                self._stop.wait((perf_counter() - began) * _REST)
        except Exception:  # noqa: BLE001 -- it is logged; without keyframes looking back is slow, and nothing else suffers
            _LOG.exception("following the ledger for keyframes failed")
        finally:
            with self._lock:
                self._follower = None

    def _marks(self, since: Instant, until: Instant) -> Iterator[Mark]:
        """The pressing moments between two instants, read from the envelopes; only a fact that may be one is decoded."""
        with self._lock:
            place = bisect_right(self._frames, since, key=lambda frame: frame.reach)
            position = self._frames[place - 1].position if place else 0
        count = 0
        for line in self._ledger.read(position):
            at = line[1].known_at
            if at > until or count >= _MOST_MARKS:
                return
            if at >= since and (mark := _mark(line)) is not None:
                count += 1
                yield mark


def _mark(line: tuple[int, Entry]) -> Mark | None:
    if line[1].kind not in (IncidentOpened.fact_kind, PriorityChanged.fact_kind, RoadClosed.fact_kind):
        return None
    at = line[1].known_at
    match disclose([line])[0].fact:
        case IncidentOpened(priority=1) as fact:
            return Mark(at=at, what="p1", of=fact.incident)
        case PriorityChanged(priority=1) as fact:
            return Mark(at=at, what="raised", of=fact.incident)
        case RoadClosed() as fact:
            return Mark(at=at, what="closed_road", of=fact.closure)
    return None
