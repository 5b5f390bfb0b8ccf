"""A door of bytes beside the HTTP edge, on its own loop: so many connections, so many from one address, none at a node that follows."""

import asyncio
import ssl
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress

from tocsin.edges.gateways.trackers.taking import Taking
from tocsin.kernel import Refused

MOST, MOST_EACH = 500, 20
FIRST_S = 10.0
"""Within so long a connection has said whose it is."""
QUIET_S = 900.0
"""A connection on which nothing comes for so long is closed; the device makes another."""
_BUFFER_BYTES = 64 * 1024
_ENDS_S = 2.0
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Listening:
    """One protocol's port. `talk` has a connection until it comes back or raises."""

    def __init__(self, protocol: str, host: str, port: int, taking: Taking, talk: Talk, tls: ssl.SSLContext | None = None) -> None:
        self._protocol, self._host, self._port, self._taking, self._talk, self._tls = protocol, host, port, taking, talk, tls
        self._server: asyncio.Server | None = None
        self._inside: dict[asyncio.Task[None], str] = {}

    async def start(self) -> None:
        """Listen. OSError where the port is taken."""
        self._server = await asyncio.start_server(self._met, self._host, self._port, limit=_BUFFER_BYTES, ssl=self._tls)
        self.port: int = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Hear nobody any more."""
        if self._server is not None:
            self._server.close()
            for task in self._inside:
                task.cancel()
            if self._inside:
                await asyncio.wait(self._inside, timeout=_ENDS_S)

    async def _met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task, address = asyncio.current_task(), writer.get_extra_info("peername")[0]
        assert task is not None, "a connection is met in a task of its own"
        try:
            if not self._taking.leads:
                return  # whoever sends comes again, by way of a name that leads to the node that does
            if len(self._inside) >= MOST or Counter(self._inside.values())[address] >= MOST_EACH:
                self._taking.refused(self._protocol, Refused("tracker_connections", "Too many connections.", "连接过多。", status=503))
                return
            self._inside[task] = address
            with suppress(TimeoutError, OSError, EOFError, ValueError, Refused):  # each is its end; what was refused is counted already
                await self._talk(reader, writer)
        except asyncio.CancelledError:
            writer.transport.abort()  # the edge ends, and this task with it: nobody waits for the other end's goodbye
        finally:
            self._inside.pop(task, None)
            writer.close()
