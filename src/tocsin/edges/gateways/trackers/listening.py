"""A door of bytes beside the HTTP edge, on its own loop: few connections from an address until they have shown a key, and none at a node that follows."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial

from tocsin.edges.gateways.trackers.taking import Taking
from tocsin.edges.web.arriving import KEPT, TURNS
from tocsin.edges.web.credentials import Device
from tocsin.edges.web.crowd import Crowd
from tocsin.kernel import Refused

MOST, MOST_EACH = 500, 20
"""Connections that have shown no key yet, in all and from one address. One more ends the one that has waited longest without: a carrier has
thousands of phones behind one address, and none of them is kept out by what else comes from there."""
MOST_OF_KEY = 4
"""Connections of one key. One more ends its first: a device whose net went away comes anew before anybody knows that the old one is dead."""
FIRST_S = 10.0
"""Within so long a connection has said whose it is."""
QUIET_S = 900.0
"""A connection on which nothing comes for so long is closed; the device makes another."""
_BUFFER_BYTES = 64 * 1024
_ENDS_S = 2.0
Shown = Callable[[Device], None]
"""Told once a connection has shown whose it is; Refused where the port has no more room."""
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter, Shown], Awaitable[None]]


class Listening:
    """One protocol's port. `talk` has a connection until it comes back or raises; `most` is how many are held that have shown a key."""

    def __init__(self, protocol: str, host: str, port: int, taking: Taking, talk: Talk, tls: ssl.SSLContext | None = None, *, most: int = KEPT) -> None:
        self._protocol, self._host, self._port, self._taking, self._talk, self._tls, self._most = protocol, host, port, taking, talk, tls, most
        self._server: asyncio.Server | None = None
        self._strangers, self._known = Crowd[asyncio.Task[None]](), Crowd[asyncio.Task[None]]()

    @property
    def inside(self) -> int:
        """How many connections there are."""
        return len(self._strangers) + len(self._known)

    async def start(self) -> None:
        """Listen. OSError where the port is taken."""
        self._server = await asyncio.start_server(self._met, self._host, self._port, limit=_BUFFER_BYTES, ssl=self._tls)
        self.port: int = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Hear nobody any more."""
        if self._server is not None:
            self._server.close()
            inside = [*self._strangers, *self._known]
            for task in inside:
                task.cancel()
            if inside:
                await asyncio.wait(inside, timeout=_ENDS_S)

    async def _met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task, address = asyncio.current_task(), writer.get_extra_info("peername")[0]
        assert task is not None, "a connection is met in a task of its own"
        try:
            if not self._taking.leads:
                return  # whoever sends comes again, by way of a name that leads to the node that does
            for _ in range(TURNS):  # what came with it is read first: one that said its key at once is not among those that go
                await asyncio.sleep(0)
            gone = self._strangers.come(task, address, most=MOST, each=MOST_EACH)
            if gone is not None:
                self._taking.refused(self._protocol, Refused("tracker_connections", "Too many connections.", "连接过多。", status=503))
                gone.cancel()
            with suppress(TimeoutError, OSError, EOFError, ValueError, Refused):  # each is its end; what was refused is counted already
                await self._talk(reader, writer, partial(self._shown, task))
        except asyncio.CancelledError:
            writer.transport.abort()  # the edge ends, or this one had to go: nobody waits for the other end's goodbye
        finally:
            self._strangers.leave(task)
            self._known.leave(task)
            writer.close()

    def _shown(self, task: asyncio.Task[None], device: Device) -> None:
        """From now on it counts towards its key, and towards no address. Where there is no more room it is this one that goes: the others work."""
        self._strangers.leave(task)
        if len(self._known) >= self._most:
            raise self._taking.refused(self._protocol, Refused("tracker_full", "This port holds as many connections as it may.", "该端口连接数已达上限。", status=503), device)
        gone = self._known.come(task, device.key_sha256, most=self._most, each=MOST_OF_KEY)
        if gone is not None:
            gone.cancel()
