"""How long a request may take to arrive: a head that drips, or a body that nobody waits for, is cut off and holds up nobody else."""

import asyncio
import sys
from typing import Any

import h11
import msgspec
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from tocsin.edges.web import problems
from tocsin.edges.web.crowd import Crowd
from tocsin.edges.web.gate import SAFE_HEADERS
from tocsin.edges.web.requests import SEEN, Seen
from tocsin.edges.web.sizes import MOST_HEAD, address_long, headers_large
from tocsin.kernel import Refused

HEAD_S = 10.0
"""From a connection's opening, or from the first byte of a later request, until its head is whole."""
LINGER_S = 5.0
"""What is left of a body that nobody reads any more is thrown away for so long; then the connection is closed."""
IDLE_S = 30
MOST_IDLE = 512
"""Connections on which nothing is asked, and nothing valid was. One more closes the one that has been idle longest, so that a crowd of them keeps nobody out."""
TURNS = 3
"""Turns of the loop in which what came with a connection is read before it counts as idle: of hundreds that a busy machine takes in at once,
those that asked at once are not among the ones that go."""
KEPT, KEPT_EACH = 2_000, 32
"""Idle connections whose last request showed a valid key or session, in all (where no setting says more) and for each of these: they are not
among the crowd, so thousands of phones behind one carrier's address stay connected whatever comes from there beside them."""


class Arrivals(uvicorn.Config):
    """uvicorn's settings, with what its connections must know of one another: which are idle, in the order in which they became so."""

    def __init__(self, app: Any, *, kept: int = KEPT, **more: Any) -> None:
        super().__init__(app, http=Arriving, ws="none", h11_max_incomplete_event_size=MOST_HEAD, timeout_keep_alive=IDLE_S, **more)
        self.strangers, self.known, self.kept = Crowd[Arriving](), Crowd[Arriving](), kept


class Arriving(H11Protocol):
    """uvicorn's own connection, with a time for what it waits for, and our own problems where it answers by itself."""

    def __init__(self, config: uvicorn.Config, *args: Any, **more: Any) -> None:
        super().__init__(config, *args, **more)
        assert isinstance(config, Arrivals)
        self._strangers, self._known, self._kept = config.strangers, config.known, config.kept
        self._due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn itself narrows it
        super().connection_made(transport)
        self._within(HEAD_S)
        self.loop.call_soon(self._met, TURNS)

    def connection_lost(self, exc: Exception | None) -> None:
        self._in_time()
        self._asked()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self.conn.their_state is h11.IDLE:
            if self._due is None:
                self._within(HEAD_S)
        elif self.cycle is not None and not self.cycle.response_complete:
            self._asked()
            self._in_time()

    def on_response_complete(self) -> None:
        self._in_time()
        super().on_response_complete()
        if self.transport.is_closing():
            return
        if self.cycle.response_complete:  # not where the next request was waiting already
            self._rest()
        if self.conn.our_state is h11.DONE:  # answered before its body was here
            self._within(LINGER_S)
        elif self.conn.their_state is h11.IDLE and self.conn.trailing_data[0]:
            self._within(HEAD_S)

    def send_400_response(self, msg: str) -> None:
        """Called where the bytes are no request: the fault being handled says whether there were too many of them."""
        fault, answering = sys.exception(), self.cycle is not None and not self.cycle.response_complete
        too_much = isinstance(fault, h11.RemoteProtocolError) and fault.error_status_hint == 431 and not answering
        self._refuse((headers_large() if b"\n" in self.conn.trailing_data[0] else address_long()) if too_much else problems.refusal(400))

    def _refuse(self, no: Refused) -> None:
        """Answer, where no answer has begun, and hang up."""
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            body = msgspec.json.encode(problems.of(no))
            for event in (h11.Response(status_code=no.status, headers=[
                    (b"content-type", problems.MEDIA.encode()), (b"content-length", str(len(body)).encode()), (b"cache-control", b"no-store"),
                    (b"connection", b"close"), *SAFE_HEADERS]), h11.Data(data=body), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _met(self, turns: int) -> None:
        """Count it among the idle ones, unless it asked something at once."""
        if turns:
            self.loop.call_soon(self._met, turns - 1)
        elif self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            self._rest()

    def _rest(self) -> None:
        """Nothing is asked on this one: it goes to the end of its crowd, of which one goes where they are too many."""
        self._asked()
        seen = self.scope.get(SEEN) if self.scope is not None else None
        if isinstance(seen, Seen) and seen.shown:
            gone = self._known.come(self, seen.shown, most=self._kept, each=KEPT_EACH)
        else:
            gone = self._strangers.come(self, "", most=MOST_IDLE, each=MOST_IDLE)
        if gone is not None:
            gone.transport.close()

    def _asked(self) -> None:
        """Something is asked on it, or nothing ever will be."""
        self._strangers.leave(self)
        self._known.leave(self)

    def _within(self, seconds: float) -> None:
        self._in_time()
        self._due = self.loop.call_later(seconds, self._late)

    def _in_time(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None

    def _late(self) -> None:
        self._due = None
        if self.conn.their_state is h11.IDLE and self.conn.trailing_data[0]:
            self._refuse(problems.refusal(408))
        else:
            self.transport.close()
