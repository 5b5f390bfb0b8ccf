"""A line to NATS in a thread and loop of its own: lost, it is made again from the start, and what happens on it never holds up the house."""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, TypeVar

from nats.aio.client import Client
from nats.errors import Error as NatsError

T = TypeVar("T")
LOG = logging.getLogger("tocsin.sites")
AGAIN_S = 1.0
_CONNECT_S, _PING_S, _PINGS = 2, 2, 2


class Lost(Exception):
    """The line is not there at this moment."""


class Threaded:
    """Keeps a connection and whoever works on it. `work` is called with each new connection and ends when that is lost."""

    def __init__(self, address: str, name: str, work: Callable[[Client], Awaitable[None]]) -> None:
        self._address, self._name, self._work = address, name, work
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._client: Client | None = None
        self.up = False
        self.trouble = ""
        """Why the line is not there, in the words of whoever refused; for the log and the operator."""
        self._thread = threading.Thread(target=self._serve, name="tocsin-nats", daemon=True)

    def start(self) -> None:
        """Begin; it never waits for NATS."""
        self._thread.start()

    def close(self) -> None:
        """End the line; at most a few seconds."""
        if self._thread.is_alive():
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(10)
        elif not self._loop.is_closed():
            self._loop.close()

    def run(self, made: Coroutine[Any, Any, T]) -> "Future[T]":
        """Run something on the line's own loop, from any other thread."""
        return asyncio.run_coroutine_threadsafe(made, self._loop)

    def soon(self, call: Callable[[], object]) -> None:
        """Call something on the line's own loop; nothing where that has ended."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(call)

    async def request(self, subject: str, said: bytes, within_s: float) -> bytes:
        """An answer over the line; on its own loop. Lost."""
        client = self._client
        if client is None:
            raise Lost(self.trouble)
        try:
            return bytes((await client.request(subject, said, timeout=within_s)).data)
        except (NatsError, OSError, TimeoutError) as error:
            raise Lost(type(error).__name__) from error

    def _serve(self) -> None:
        try:
            self._loop.run_until_complete(self._run())
        finally:
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
            self._loop.close()

    async def _run(self) -> None:
        while not self._stop.is_set():
            try:
                await self._connected()
            except (NatsError, OSError, TimeoutError) as error:
                if self.up or not self.trouble:
                    LOG.warning("the line to NATS is lost: %s", type(error).__name__)
                self.trouble = type(error).__name__
            except Exception:  # the house's own refusals among them: logged, and tried again
                LOG.exception("what goes over NATS failed; it is begun again")
                self.trouble = "fault"
            self.up = False
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), AGAIN_S)

    async def _connected(self) -> None:
        closed = asyncio.Event()

        async def ended() -> None:
            closed.set()

        async def silent(_: Exception) -> None:
            """What goes wrong is said by whoever waits for it."""

        client, tasks = Client(), list[asyncio.Future[Any]]()
        try:
            await client.connect(self._address, name=self._name, connect_timeout=_CONNECT_S, allow_reconnect=False, ping_interval=_PING_S,
                                 max_outstanding_pings=_PINGS, closed_cb=ended, disconnected_cb=ended, error_cb=silent)
            self._client, self.up, self.trouble = client, True, ""
            tasks += [asyncio.ensure_future(self._work(client)), asyncio.ensure_future(closed.wait()), asyncio.ensure_future(self._stop.wait())]
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if tasks[0].done():
                tasks[0].result()
            elif closed.is_set():
                raise ConnectionError("closed")
        finally:
            self._client = None
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            with suppress(NatsError, OSError, TimeoutError, asyncio.CancelledError):
                await asyncio.wait_for(client.close(), 2)
