"""Each request as the edge sees it from outside: which door, what came of it, how long it took. Numbered, counted, and told to the log; nothing of who or what."""

import logging
import re
import secrets
from time import perf_counter

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from tocsin.edges.traces import Tracing
from tocsin.house import Spread

LOG = logging.getLogger("tocsin.requests")
SEEN = "tocsin_seen"
_ELSEWHERE = "elsewhere"
"""The door of what is no door's: a wrong address, a file of the console."""
_MOST_OUTCOMES = 4_000
_NUMBER = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""A request's number as another machine gives it: 32 hexadecimal digits or a UUID, in which no name and no telephone or card number can be written."""
_OURS = frozenset({b"x-request-id", b"traceparent"})
_TRACE = re.compile(r"00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
"""W3C Trace Context, `traceparent`."""


class Seen:
    """What one request turned out to be; whoever knows more of it writes it in."""

    __slots__ = ("code", "door", "lasting", "number", "shown", "status", "trace")

    def __init__(self, number: str, trace: str) -> None:
        self.number, self.trace = number, trace
        self.door, self.code, self.status, self.lasting, self.shown = _ELSEWHERE, "", 0, False, ""

    def shows(self, whose: str) -> None:
        """Whose key or session was in it: its connection counts towards them from then on."""
        self.shown = whose

    @property
    def outcome(self) -> str:
        """What came of it: ok, or the code of the no."""
        return self.code or ("ok" if 0 < self.status < 400 else f"status_{self.status}")


class Requests:
    """Stands before the gate. Its figures are written on the event loop alone."""

    def __init__(self, inner: ASGIApp, tracing: Tracing | None = None) -> None:
        self._inner, self._tracing = inner, tracing
        self.outcomes: dict[tuple[str, str, str], int] = {}
        """How many by verb, door and code; a door is a template, and a code is one of the closed list of the reference."""
        self.took_s: dict[tuple[str, str], Spread] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self._inner(scope, receive, send)
            return
        headers = dict(scope["headers"])
        given, trace = headers.get(b"x-request-id", b"").decode("latin-1"), headers.get(b"traceparent", b"").decode("latin-1")
        traced = _TRACE.fullmatch(trace)
        seen = Seen(given if _NUMBER.fullmatch(given) else traced[1] if traced else secrets.token_hex(16), traced[1] if traced else "")
        scope["headers"] = [*(one for one in scope["headers"] if one[0] != b"x-request-id"), (b"x-request-id", seen.number.encode())]  # handed on to the node that leads
        scope[SEEN] = seen  # type: ignore[literal-required]  # a place of our own in it
        begun_s = perf_counter()
        echoed = [(b"x-request-id", seen.number.encode()), *([(b"traceparent", trace.encode())] if traced else [])]

        async def send_seen(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen.status = message["status"]
                message["headers"] = [*(one for one in message.get("headers", ()) if one[0].lower() not in _OURS), *echoed]
            await send(message)

        verb = str(scope.get("method", ""))
        try:
            if self._tracing is None:
                await self._inner(scope, receive, send_seen)
            else:
                with self._tracing.request(verb, trace if traced else "") as span:
                    await self._inner(scope, receive, send_seen)
                    span.update_name(f"{verb} {seen.door}")
                    span.set_attributes({"http.route": seen.door, "http.response.status_code": seen.status, "tocsin.code": seen.outcome, "tocsin.request": seen.number})
        finally:
            self._ended(verb, seen, perf_counter() - begun_s)

    def _ended(self, verb: str, seen: Seen, took_s: float) -> None:
        code = seen.outcome
        verb = verb if seen.door != _ELSEWHERE else "ANY"
        outcome = (verb, seen.door, code)
        if outcome not in self.outcomes and len(self.outcomes) >= _MOST_OUTCOMES:
            outcome = (verb, _ELSEWHERE, "other")
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1
        if not seen.lasting and seen.door != _ELSEWHERE:
            spread = self.took_s.get((verb, seen.door))
            if spread is None:
                spread = self.took_s[verb, seen.door] = Spread()
            spread.add(took_s)
        if LOG.isEnabledFor(logging.INFO) and seen.door != _ELSEWHERE:
            LOG.info("%s %s %s", verb, seen.door, code, extra={"told": {
                "verb": verb, "door": seen.door, "code": code, "status": seen.status, "ms": round(took_s * 1000, 2), "request": seen.number,
                **({"trace": seen.trace} if seen.trace else {})}})


def seen_of(scope: Scope) -> Seen:
    """What is known of a request so far; of one that came by no edge (a test), a fresh one that nobody reads."""
    found = scope.get(SEEN)
    return found if isinstance(found, Seen) else Seen("", "")
