"""The gate before every address: right host, no forged form, and nobody unknown past the few open pages; safe headers on all."""

from collections.abc import Callable, Iterable

import msgspec
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from tocsin.edges.web import problems
from tocsin.edges.web.handing import HEAD, Handed
from tocsin.edges.web.people import People
from tocsin.edges.web.requests import seen_of
from tocsin.edges.web.sessions import Session, Sessions, cookie_name
from tocsin.edges.web.sizes import bounded
from tocsin.house import PURPOSES, Asker
from tocsin.kernel import Refused

_CSP = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src blob:; "
        "font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'")

SAFE_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"content-security-policy", _CSP.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(self)"),
)
LISTENING = b"camera=(), microphone=(self), geolocation=(self)"
"""The one page that may hear, a crew's phone; on it too nothing listens before a key is pressed."""
_MAY_LISTEN = ("/field", "/field.html")
_SECURE = (b"strict-transport-security", b"max-age=31536000")
"""Where TLS ends before this house: a browser that came by it once never comes without it."""


class Known(msgspec.Struct, frozen=True):
    """Who is at the gate: the asker, the session if it is a person's, and under which name streams are counted."""

    asker: Asker
    session: Session | None
    fresh: bool = False
    """Whether they proved within the last minutes who they are; never so for a machine."""
    doors: tuple[str, ...] = ()
    """The addresses that a machine's key is for; none: all that its roles open."""

    @property
    def counted_as(self) -> str:
        return self.session.id if self.session else self.asker.name


PURPOSE = "x-tocsin-purpose"
"""The header by which somebody states for what they ask, where it is not what their roles and the door imply."""


def stated(known: Known | None, purpose: str) -> Known | None:
    """The asker with the purpose that they stated; refused where it is none that any door knows."""
    if known is None or not purpose:
        return known
    if purpose not in PURPOSES:
        raise Refused("purpose_unknown", f"State one of {', '.join(PURPOSES)}, or nothing.", f"用途须为以下之一，或不填写：{'、'.join(PURPOSES)}。",
                      field=PURPOSE, status=422)
    return msgspec.structs.replace(known, asker=msgspec.structs.replace(known.asker, purpose=purpose))


class Gate:
    """Stands before the whole application, unknown addresses included, so that nothing is open which is not listed here."""

    def __init__(self, inner: ASGIApp, *, people: People, sessions: Sessions, hosts: Iterable[str],
                 is_open: Callable[[str, str], bool], bare: Iterable[str] = (), handing: Handed, head: Callable[[], int]) -> None:
        self._inner = inner
        self._people = people
        self._sessions = sessions
        self._hosts = frozenset(host.lower() for host in hosts)
        self._is_open, self._bare, self._handing, self._head = is_open, frozenset(bare), handing, head

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            return

        handed_on = self._handing.taken_in(scope)

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _safely(list(message.get("headers", ())), secure=scope.get("scheme") == "https", hears=scope["path"] in _MAY_LISTEN)
                if handed_on:
                    message["headers"] = [*message["headers"], (HEAD.encode(), str(self._head()).encode())]
            await send(message)

        try:
            bounded(scope)
            known = self._admit(scope)
        except Refused as no:
            seen_of(scope).code = no.code
            await answer(no, send_safely)
            return
        scope["user"] = known
        if known is not None:
            seen_of(scope).shows(known.counted_as)
        await self._inner(scope, receive, send_safely)

    def known(self, scope: Scope) -> Known | None:
        """The person or device of a request, with the roles that they have at this moment."""
        headers = dict(scope["headers"])
        scheme, _, key = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
        if scheme.lower() == "bearer":
            device = self._people.device(key.strip())
            return Known(Asker(device.name, frozenset(device.roles)), None, doors=device.doors) if device else None
        cookie = cookie_of(headers.get(b"cookie", b"").decode("latin-1"), cookie_name(secure=scope.get("scheme") == "https"))
        session = self._sessions.believe(cookie, headers.get(b"user-agent", b"").decode("latin-1"))
        roles = self._people.roles(session.name, session.id) if session else None
        if session is None or roles is None:
            return None
        return Known(Asker(session.name, frozenset(roles), self._people.agency(session.name), own=self._people.own(session.name)), session, fresh=self._sessions.fresh(session))

    def _admit(self, scope: Scope) -> Known | None:
        headers = dict(scope["headers"])
        method = str(scope.get("method", ""))
        if _name(headers.get(b"host", b"").decode("latin-1")) not in self._hosts:
            raise Refused("wrong_host", "This house does not answer to that host name.", "本系统不使用该主机名。", status=421)
        bare = scope["path"] in self._bare
        if method == "POST" and headers.get(b"x-tocsin", b"1" if bare else b"") != b"1":
            raise Refused("header_missing", "A POST needs the header X-Tocsin: 1.", "POST 请求须带 X-Tocsin: 1 头。", status=403)
        if method == "POST" and not self._from_here(headers):
            raise Refused("cross_site", "Another site's page sent this; it is not done.", "该请求来自其他网站，未执行。", status=403)
        known = None if bare else self.known(scope)
        if known is None and not self._is_open(method, scope["path"]):
            raise problems.refusal(401)
        return known


    def _from_here(self, headers: dict[bytes, bytes]) -> bool:
        """Whether a browser says that its own page of ours sent this; what is no browser says nothing of it."""
        site, origin = headers.get(b"sec-fetch-site", b""), headers.get(b"origin", b"").decode("latin-1")
        return site in (b"", b"same-origin", b"none") and (not origin or _name(origin.partition("://")[2]) in self._hosts)


def _safely(headers: list[tuple[bytes, bytes]], *, secure: bool, hears: bool = False) -> list[tuple[bytes, bytes]]:
    """The headers of an answer with those that every answer has; nothing is stored that does not say that it may be."""
    if not any(name.lower() == b"cache-control" for name, _ in headers):
        headers.append((b"cache-control", b"no-store"))
    safe = [(name, LISTENING if hears and name == b"permissions-policy" else value) for name, value in SAFE_HEADERS]
    return [*headers, *safe, *([_SECURE] if secure else [])]


async def answer(no: Refused, send: Send) -> None:
    """A problem, where Litestar has not been reached yet."""
    problem = problems.of(no)
    body = msgspec.json.encode(problem)
    extra = [(name.encode(), value.encode()) for name, value in problems.headers(problem).items()]
    await send({"type": "http.response.start", "status": problem.status, "headers": [
        (b"content-type", problems.MEDIA.encode()), (b"content-length", str(len(body)).encode()), *extra]})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def cookie_of(header: str, ours: str) -> str:
    """The value of one cookie; a header that is no cookie header holds none."""
    for part in header.split(";"):
        name, _, value = part.strip().partition("=")
        if name == ours:
            return value
    return ""


def _name(host: str) -> str:
    """The host without its port, IPv6 brackets kept."""
    if host.startswith("["):
        return host[: host.find("]") + 1].lower()
    return host.partition(":")[0].lower()
