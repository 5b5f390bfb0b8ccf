"""Several houses on one ledger: what a node may not do itself it hands on to the one that leads, whole, and answers with what that one said."""

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any, Protocol

import httpx
import msgspec
from litestar import Response
from litestar.types import HTTPScope

from tocsin.edges.web.private import key_file
from tocsin.house import Follows, House, Leader, Uncertain
from tocsin.kernel import Refused

LOG = logging.getLogger("tocsin.web")
NODE = b"x-tocsin-node"
"""The header by which a node says for whom it hands a request on: scheme and address of the browser, and a proof that it knows the nodes' key."""
HEAD = "x-tocsin-head"
"""The header by which the leader says how far the ledger reached when it answered: who asked reads no older picture from the node it is at."""
WAIT_S = 20.0
"""How long a request waits for somebody to lead. A fail-over takes less."""
_LOOK_S = 0.25
_FOLD_S = 5.0
_MOST = 500
_CONNECT_S, _ANSWER_S = 2.0, 120.0
_LEAVE = frozenset({b"connection", b"keep-alive", b"transfer-encoding", b"upgrade", b"te", b"trailer", b"content-length", b"expect", b"accept-encoding", NODE})
_LEAVE_BACK = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "content-encoding", "date", "server", HEAD})
Ask = tuple[str, str, list[tuple[bytes, bytes]], bytes]
"""What is handed on: verb, path with its query, headers, body."""


async def folded(house: House, position: int) -> None:
    """Come back once a house's pictures show what was kept at a position, so that whoever asked for it reads it back; or after a few seconds."""
    loop = asyncio.get_running_loop()
    until_s = loop.time() + _FOLD_S
    while house.folded < position and loop.time() < until_s:
        await asyncio.sleep(0.01)


class _Keyed(msgspec.Struct, frozen=True):
    key: str = ""


class Unled(Refused):
    """Nobody leads."""

    def __init__(self) -> None:
        super().__init__("no_leader", "No node leads at this moment: nothing was done. What is shown stands; try again in a few seconds.",
                         "当前没有主节点，本次未执行。所示内容仍可查看，请数秒后重试。", status=503)


class Handed(Protocol):
    """Whoever hands on what this house may not decide itself: to the node that leads, or from a site to its floor."""

    @property
    def needed(self) -> bool:
        """Whether there is anything to hand on."""

    async def close(self) -> None:
        """Let the connections go."""

    async def on(self, scope: HTTPScope, body: bytes, here: Callable[[], Awaitable[Response[Any]]]) -> Response[Any]:
        """The other's answer, or `here`'s."""

    def taken_in(self, scope: HTTPScope) -> bool:
        """Whether another node of this house handed this request on."""


class Handing:
    """Hands requests on, and takes in those that other nodes hand on. All nodes of a house have the same session key; the proof is made with it."""

    def __init__(self, house: House, folder: Path) -> None:
        self._house = house
        self._key = hmac.digest(key_file(folder / "session.key"), b"nodes of one house", "sha256")
        self._client: httpx.AsyncClient | None = None
        self._inside = 0

    @property
    def needed(self) -> bool:
        """Whether this node follows another."""
        return not self._house.ledger.leads

    async def close(self) -> None:
        """Let the connections go."""
        if self._client is not None:
            await self._client.aclose()

    async def on(self, scope: HTTPScope, body: bytes, here: Callable[[], Awaitable[Response[Any]]]) -> Response[Any]:
        """The leader's answer; `here`'s, once this node leads itself. A question, and a command with a key, is asked again of the next leader; of
        any other nobody knows whether it was done, and that is said."""
        if self._inside >= _MOST:
            raise Refused("overloaded", "Too much at once; try again in a moment.", "当前过于繁忙，请稍后再试。", status=503)
        if NODE in dict(scope["headers"]):
            raise Follows  # one that was handed on already: who handed it on looks for the leader
        self._inside += 1
        try:
            return await self._answered(scope, body, here)
        finally:
            self._inside -= 1

    async def _answered(self, scope: HTTPScope, body: bytes, here: Callable[[], Awaitable[Response[Any]]]) -> Response[Any]:
        loop, ask = asyncio.get_running_loop(), self._ask(scope, body)
        until_s, again = loop.time() + WAIT_S, scope["method"] == "GET" or _keyed(body)
        while loop.time() < until_s:
            if self._house.ledger.leads:
                return await here()
            leader = self._house.ledger.leader()
            if leader is not None and leader.node.address:
                try:
                    answer = await self._asked(leader, ask)
                except httpx.ConnectError:
                    pass  # it never heard of it
                except (httpx.HTTPError, TimeoutError) as fault:
                    LOG.warning("the leader did not answer: %s", type(fault).__name__)
                    if not again:
                        raise Uncertain from fault
                else:
                    if answer.status_code != 503 or not _follows(answer):
                        return await self._back(answer)
            await asyncio.sleep(_LOOK_S)
        raise Unled

    async def _asked(self, leader: Leader, ask: Ask) -> httpx.Response:
        """Its answer. One that leads no more is not waited for: TimeoutError."""
        if self._client is None:
            self._client = httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=httpx.Timeout(_ANSWER_S, connect=_CONNECT_S),
                                             limits=httpx.Limits(max_connections=_MOST, max_keepalive_connections=64))
        verb, path, headers, body = ask
        asking = asyncio.ensure_future(self._client.request(verb, leader.node.address.rstrip("/") + path, headers=headers, content=body or None))
        try:
            while not asking.done():
                await asyncio.wait({asking}, timeout=_LOOK_S)
                now = self._house.ledger.leader()
                if not asking.done() and (self._house.ledger.leads or (now is not None and now.epoch != leader.epoch and now.node != leader.node)):
                    raise TimeoutError
            return asking.result()
        finally:
            asking.cancel()

    async def _back(self, answer: httpx.Response) -> Response[Any]:
        """Its answer as ours, once this node has folded what it speaks of."""
        said = answer.headers.get(HEAD, "")
        await folded(self._house, int(said) if said.isdigit() else 0)
        back = Response(answer.content, status_code=answer.status_code, media_type=answer.headers.get("content-type", "application/octet-stream"))
        for name, value in answer.headers.multi_items():
            if name not in _LEAVE_BACK and name != "content-type":
                back.headers[name] = value
        return back

    def _ask(self, scope: HTTPScope, body: bytes) -> Ask:
        query = scope["query_string"].decode("latin-1")
        path = scope["raw_path"].decode("latin-1").partition("?")[0] + (f"?{query}" if query else "")
        verb, client = str(scope["method"]), scope.get("client")
        whose = f"{scope.get('scheme', 'http')} {client[0] if client else ''}"
        headers = [(name, value) for name, value in scope["headers"] if name not in _LEAVE]
        return verb, path, [*headers, (NODE, f"{whose} {self._proof(verb, path, whose)}".encode())], body

    def taken_in(self, scope: HTTPScope) -> bool:
        """Whether another node of this house handed this request on; then it is its browser's scheme and address that count. A header that
        proves nothing is as if it were not there."""
        headers: Iterable[tuple[bytes, bytes]] = scope["headers"]
        said = next((value.decode("latin-1") for name, value in headers if name == NODE), "")
        if not said:
            return False
        whose, _, proof = said.rpartition(" ")
        path = scope["raw_path"].decode("latin-1").partition("?")[0]
        query = scope["query_string"].decode("latin-1")
        if not proof.isascii() or not hmac.compare_digest(proof, self._proof(str(scope["method"]), path + (f"?{query}" if query else ""), whose)):
            scope["headers"] = [(name, value) for name, value in headers if name != NODE]
            return False
        scheme, _, client = whose.partition(" ")
        scope["scheme"] = "https" if scheme == "https" else "http"
        scope["client"] = (client, 0)
        return True

    def _proof(self, verb: str, path: str, whose: str) -> str:
        return hmac.digest(self._key, f"{verb}\n{path}\n{whose}".encode("latin-1", "replace"), "sha256").hex()


def _keyed(body: bytes) -> bool:
    try:
        return bool(msgspec.json.decode(body, type=_Keyed).key)
    except msgspec.DecodeError:
        return False


def _follows(answer: httpx.Response) -> bool:
    try:
        return str(msgspec.json.decode(answer.content, type=dict[str, Any]).get("code")) in ("ledger.follows", "closing", "ledger.closed")
    except msgspec.DecodeError:
        return False
