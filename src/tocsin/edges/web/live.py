"""The live stream: every reader gets the rows that changed since its own cursor, each change once, each frame encoded once."""

import asyncio
import logging
import re
from collections import Counter
from collections.abc import Callable, Iterable

import msgspec
from litestar.types import Receive, Scope, Send

from tocsin.edges.web.problems import Problem, of, refusal
from tocsin.edges.web.reader import Reader
from tocsin.house import House

LOG = logging.getLogger("tocsin.web")
_CURSOR = re.compile(r"\d{1,18}\.\d{1,18}")
_ROUND_S = 0.025
_LONGEST_ROUND_S = 0.15
_TRAIL_S = 0.2
_HEARTBEAT_S = 10.0
_MOST_READERS = 500
_MOST_PER_SESSION = 8

SLOW = Problem(status=503, code="too_slow", title="This client reads too slowly and was cut off; it may resume.",
               title_zh="客户端接收过慢，已断开；可自动续接。")
CLOSING = Problem(status=503, code="closing", title="The house is closing; the stream resumes when it is back.",
                  title_zh="系统正在关闭，恢复后自动续接。")
SIGNED_OUT = Problem(status=401, code="sign_in_first", title="This session has ended; sign in again.",
                     title_zh="会话已结束，请重新登录。")


class Live:
    """All readers of the stream. It is told of changes by the house, from any thread, and sends in rounds.

    In a round, readers that stand at the same cursor share one frame and its bytes; the frame's id becomes their cursor. So a
    reader that joins or resumes needs no special case, and nothing is sent twice or left out whatever happens between rounds.
    Ledger changes start a round at once, at 40 a second in the long run, two close together allowed: a call is one change and
    its incident the next. Positions alone start at most five a second. A loop that runs behind has rounds further apart, down to
    seven a second: under a storm fewer, fuller frames cost fifty consoles less than many, and nobody sees the difference.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        self._readers: set[Reader] = set()
        self._woken: set[str] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._next: asyncio.TimerHandle | None = None
        self._last_s = 0.0
        self._paid_until_s = 0.0
        self._apart_s = _ROUND_S
        self.frames, self.cuts = 0, Counter[str]()
        """Frames given to readers, and readers cut off by why, since the start."""

    @property
    def open(self) -> int:
        """How many readers there are."""
        return len(self._readers)

    def start(self) -> None:
        """Listen to the house from now on; called once, on the loop that serves."""
        self._loop = asyncio.get_running_loop()
        self._house.on_change(self.changed)
        self._loop.call_later(_HEARTBEAT_S, self._heartbeat)

    def stop(self) -> None:
        """Tell every reader that the house is closing, and end."""
        self._loop = None
        self._cut(self._readers, CLOSING)

    def end_all(self) -> None:
        """End every stream; whoever reads begins again, perhaps elsewhere."""
        self._cut(list(self._readers), CLOSING)

    def end_signed_out(self) -> None:
        """End the streams whose session is over."""
        self._cut([reader for reader in self._readers if not reader.lasts()], SIGNED_OUT)

    def changed(self, where: str) -> None:
        """The house's word that something changed, in any thread; only the first since the last round goes over to the loop."""
        loop = self._loop
        if loop is not None and where not in self._woken:
            self._woken.add(where)
            try:
                loop.call_soon_threadsafe(self._plan, where)
            except RuntimeError:  # the loop was closed between the two lines
                self._loop = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send, *, session: str, lasts: Callable[[], bool]) -> None:
        """Serve one reader until it leaves or is cut off."""
        if self._loop is None:
            raise refusal(503)
        if len(self._readers) >= _MOST_READERS or sum(r.session == session for r in self._readers) >= _MOST_PER_SESSION:
            raise refusal(503)
        said = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"last-event-id"), "")
        reader = Reader(said if _CURSOR.fullmatch(said) else None, session, lasts)
        self._readers.add(reader)
        self._plan("joined")
        try:
            await reader.serve(receive, send)
        finally:
            self._readers.discard(reader)

    def _plan(self, where: str) -> None:
        """Have a round no later than this change deserves."""
        if self._loop is None:
            return
        if where == "joined":
            due_s = self._loop.time()
        elif where == "trail":
            due_s = max(self._loop.time(), self._last_s + _TRAIL_S)
        else:
            due_s = max(self._loop.time(), self._paid_until_s - self._apart_s)
        if self._next is not None:
            if self._next.when() <= due_s:
                return
            self._next.cancel()
        self._next = self._loop.call_at(due_s, self._round)

    def _round(self) -> None:
        """Send every reader what changed since its cursor."""
        due_s = self._next.when() if self._next is not None else 0.0
        self._next = None
        if self._loop is None:
            return
        self._last_s = self._loop.time()
        behind = self._last_s - due_s > _ROUND_S
        self._apart_s = min(_LONGEST_ROUND_S, 1.5 * self._apart_s) if behind else max(_ROUND_S, 0.95 * self._apart_s)
        self._paid_until_s = max(self._last_s, self._paid_until_s) + self._apart_s
        self._woken.clear()  # before looking, so that a change during the round wakes the next one
        by_cursor: dict[str | None, list[Reader]] = {}
        for reader in self._readers:
            by_cursor.setdefault(reader.cursor, []).append(reader)
        for cursor, readers in by_cursor.items():
            try:
                self._send(cursor, readers)
            except Exception as fault:  # noqa: BLE001 - `of` logs it, and a stream without frames would look like a quiet city
                self._cut(readers, of(fault))

    def _send(self, cursor: str | None, readers: list[Reader]) -> None:
        frame = self._house.frame(cursor)
        if cursor is not None and not frame.whole and not frame.rows and not frame.gone:
            return
        event = b"id: %b\nevent: frame\ndata: %b\n\n" % (frame.id.encode(), msgspec.json.encode(frame))
        self.frames += len(readers)
        for reader in readers:
            if not reader.offer(event, frame.id):
                self._cut([reader], SLOW)

    def _heartbeat(self) -> None:
        """Keep quiet connections open, and end those whose session is over."""
        if self._loop is None:
            return
        self.end_signed_out()
        for reader in self._readers:
            reader.beat()
        self._loop.call_later(_HEARTBEAT_S, self._heartbeat)

    def _cut(self, readers: Iterable[Reader], problem: Problem) -> None:
        event = b"event: cut\ndata: %b\n\n" % msgspec.json.encode(problem)
        for reader in tuple(readers):
            self.cuts[problem.code] += 1
            self._readers.discard(reader)
            reader.cut(event)
