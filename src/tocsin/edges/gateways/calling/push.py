"""Web Push (RFC 8030): to the browsers that somebody subscribed with, at known push services and nowhere else, sealed so that those cannot read it."""

import hashlib
from urllib.parse import urlsplit

import httpx
import msgspec

from tocsin.edges.gateways.calling.reaches import Reaches
from tocsin.edges.gateways.calling.sealed_push import NoKey, Signer, as_text, seal
from tocsin.edges.gateways.calling.senders import TIMEOUT_S, Letter, Outcome, Reach, Subscription, of_status
from tocsin.kernel import Clock
from tocsin.rooms.calling.model import Push

_GONE = (404, 410)
_LOOPBACK = ("127.0.0.1", "localhost")


def known(endpoint: str, table: Push, *, loopback: bool = False) -> bool:
    """Whether something may be sent there: https at its own port of a service in the table. What a browser says here is anybody's word, and must
    not make this house call any address. `loopback` lets plain HTTP to this machine through, for tests."""
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if loopback and parts.scheme == "http" and host in _LOOPBACK:
        return True
    return parts.scheme == "https" and port in (None, 443) and not parts.username and not parts.password and any(_is(host, service) for service in table.services)


def _is(host: str, service: str) -> bool:
    return host.endswith(service[1:]) and len(host) > len(service) - 1 if service.startswith("*.") else host == service


class PushSender:
    """Sends to each of somebody's browsers; taken where one service took it. A browser that is gone is forgotten."""

    def __init__(self, table: Push, signer: Signer, reaches: Reaches, clock: Clock, *, timeout_s: float = TIMEOUT_S, loopback: bool = False) -> None:
        self._table, self._signer, self._reaches, self._clock, self._loopback = table, signer, reaches, clock, loopback
        self._client = httpx.Client(timeout=timeout_s, trust_env=False, follow_redirects=False)

    def send(self, person: str, reach: Reach, letter: Letter) -> Outcome:
        outcomes = [self._one(person, one, letter) for one in reach.pushes]
        if not outcomes:
            return Outcome(code="no_way", lasting=True)
        return next((one for one in outcomes if not one.code), next((one for one in outcomes if not one.lasting), outcomes[0]))

    def close(self) -> None:
        self._client.close()

    def _one(self, person: str, to: Subscription, letter: Letter) -> Outcome:
        if not known(to.endpoint, self._table, loopback=self._loopback):
            return Outcome(code="service_unknown", lasting=True)
        try:
            body = seal(msgspec.json.encode({"text": letter.text[to.lang], "press": letter.press.get(to.lang, ""), **letter.data}), to.p256dh, to.auth)
        except NoKey:
            return Outcome(code="key_wrong", lasting=True)
        headers = {"content-type": "application/octet-stream", "content-encoding": "aes128gcm", "ttl": str(letter.keep_s), "urgency": "high",
                   "topic": as_text(hashlib.sha256(letter.data.get("tag", "").encode()).digest()[:24]),
                   "authorization": self._signer.header(to.endpoint, self._table.contact, self._clock.now() // 1_000_000)}
        try:
            with self._client.stream("POST", to.endpoint, content=body, headers=headers) as answer:
                status = answer.status_code
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return Outcome(code="timeout" if isinstance(error, httpx.TimeoutException) else "unreachable")
        if status in _GONE:
            self._reaches.unsubscribe(person, to.endpoint)
            return Outcome(code="gone", lasting=True)
        return of_status(status)
