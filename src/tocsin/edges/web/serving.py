"""Serving until told to stop: streams end with a reason, what was begun is finished, then the house closes."""

import gc
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import uvicorn

from tocsin.edges.web.app import Web
from tocsin.edges.web.arriving import KEPT, Arrivals

_STUCK_MS = 30_000
_UNSENT_BYTES = 256 * 1024
_FINISH_S = 5
_TURN_S = 0.001
_COLLECT = (3_000, 20, 50)
"""After how many new objects the collector looks at the young ones, and how many such looks later at older ones (gc.set_threshold)."""


class _Server(uvicorn.Server):
    """uvicorn waits for open connections before it lets the application close; a stream would keep it waiting for ever."""

    def __init__(self, config: uvicorn.Config, web: Web) -> None:
        super().__init__(config)
        self._web = web

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._web.end_streams()
        await super().shutdown(sockets)


def serve(web: Web, host: str, port: int, *, ready: Callable[[int], None] = lambda port: None, kept: int = KEPT) -> None:
    """Serve on one address until SIGTERM or SIGINT, or until the house must not go on, then close the house. Port 0 is any free one; `ready` is told which;
    `kept` is how many idle connections stay open that have shown a valid key or session."""
    listener = listen(host, port)
    sys.setswitchinterval(_TURN_S)  # the loop and the ledger's thread wait this long for a ranking to let go, not five times it
    # uvicorn hands a signal on when it has finished; this catches it, so that its caller goes on and ends in its own way.
    told = (signal.SIGTERM, signal.SIGINT) if threading.current_thread() is threading.main_thread() else ()
    before = {number: signal.signal(number, lambda number, frame: None) for number in told}
    try:
        with listener, _settled():
            ready(listener.getsockname()[1])
            serving = server(web, kept)
            web.ticking.over = partial(setattr, serving, "should_exit", True)
            serving.run(sockets=[listener])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _settled() -> Iterator[None]:
    """Meanwhile the collector leaves alone what was there at the start. Most of it stays for good, and to look at all of it every few seconds
    would stop every thread each time."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECT)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def server(web: Web, kept: int = KEPT) -> _Server:
    """The server that `serve` runs; its `should_exit` stops it as a signal would."""
    return _Server(Arrivals(web, kept=kept, log_config=None, access_log=False, server_header=False, date_header=True, timeout_graceful_shutdown=_FINISH_S, lifespan="on"), web)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket whose connections hold little unsent, and are given up when nobody takes it for half a minute."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named: asyncio turns Nagle off on such sockets alone, and with it on an answer waits 40 ms for its acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _UNSENT_BYTES)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _STUCK_MS)
    listener.bind((host, port))
    listener.listen(512)
    return listener
