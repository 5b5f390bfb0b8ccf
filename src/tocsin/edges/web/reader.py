"""One reader of the live stream: its cursor, what waits to be sent to it, and its end."""

import asyncio
from collections import deque
from collections.abc import Callable

from litestar.types import Receive, Send

_MOST_EVENTS = 64
_MOST_BYTES = 4 * 1024 * 1024
_GRACE_S = 5.0
_HEADERS = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-store"), (b"x-accel-buffering", b"no")]


class Reader:
    """A bounded queue between the rounds and one connection. Nothing that this connection does can slow another."""

    def __init__(self, cursor: str | None, session: str, lasts: Callable[[], bool]) -> None:
        self.cursor = cursor
        self.session = session
        self.lasts = lasts
        self._waiting: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._wake = asyncio.Event()
        self._ended = False
        self._sender: asyncio.Task[None] | None = None

    def offer(self, event: bytes, cursor: str) -> bool:
        """Queue a frame and stand at its cursor; False when this reader is too far behind. One frame always fits."""
        if self._waiting_bytes and (len(self._waiting) >= _MOST_EVENTS or self._waiting_bytes + len(event) > _MOST_BYTES):
            return False
        self.cursor = cursor
        self._push(event)
        return True

    def beat(self) -> None:
        """A sign of life, if nothing else is on its way: a page cannot see comments, and must tell a quiet city from a dead line."""
        if not self._waiting:
            self._push(b"event: beat\ndata: {}\n\n")

    def cut(self, event: bytes) -> None:
        """Forget what waits, say why, and end; a connection that does not even take this is closed after a grace."""
        self._waiting.clear()
        self._waiting_bytes = 0
        self._ended = True
        self._push(event)
        if self._sender is not None:
            asyncio.get_running_loop().call_later(_GRACE_S, self._sender.cancel)

    async def serve(self, receive: Receive, send: Send) -> None:
        """Send what is queued until the other side leaves or the reader was cut."""
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        self._sender = asyncio.ensure_future(self._send_all(send))
        gone = asyncio.ensure_future(_gone(receive))
        try:
            await asyncio.wait((self._sender, gone), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (self._sender, gone):
                task.cancel()
            await asyncio.gather(self._sender, gone, return_exceptions=True)

    def _push(self, event: bytes) -> None:
        self._waiting.append(event)
        self._waiting_bytes += len(event)
        self._wake.set()

    async def _send_all(self, send: Send) -> None:
        await send({"type": "http.response.body", "body": b"retry: 1000\n\n", "more_body": True})
        while True:
            while self._waiting:
                event = self._waiting.popleft()
                self._waiting_bytes -= len(event)
                await send({"type": "http.response.body", "body": event, "more_body": True})
            if self._ended:
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                return
            self._wake.clear()
            await self._wake.wait()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
