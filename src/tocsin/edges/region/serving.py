"""The region's one door: `GET /api/region`, with a key that the table names; and the page that asks it, which says nothing without that key."""

import hashlib
import hmac
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from tocsin.edges.region.picture import Region, encoded
from tocsin.edges.web.files import Shelf
from tocsin.edges.web.gate import SAFE_HEADERS
from tocsin.edges.web.problems import MEDIA, of, refusal

DOOR, PAGE = "/api/region", "/region"


class RegionWeb:
    """The door as an ASGI application, and with a built console its page and what that is made of: open files, which are the same everywhere and
    hold nothing of any city. A browser's person gives the page a key, and it asks the door as any other reader does."""

    def __init__(self, region: Region, readers: Mapping[str, str], console: Path | None = None) -> None:
        self._region, self._digests = region, tuple(readers.values())
        self._shelf = None if console is None else Shelf(console)
        self._page = {} if self._shelf is None else {PAGE: "/"} | {path: path for path in self._shelf.open if path.startswith("/assets/")}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        path, reads = scope["path"], scope["method"] in ("GET", "HEAD")
        if self._shelf is not None and reads and path in self._page:
            asked: Any = {**scope, "path": self._page[path]}
            await self._shelf.serve(asked, _safely(send), whole=scope["method"] == "GET")
        elif self._shelf is not None and reads and path == "/":
            await _answer(send, 307, b"", b"text/plain", (b"location", PAGE.encode()))
        else:
            await self._door(scope, send)

    async def _door(self, scope: Any, send: Any) -> None:
        scheme, _, key = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1").partition(" ")
        digest = hashlib.sha256(key.strip().encode()).hexdigest()
        known = scheme.lower() == "bearer" and any(hmac.compare_digest(digest, one) for one in self._digests)
        status = 401 if not known else 404 if scope["path"] != DOOR else 405 if scope["method"] != "GET" else 200
        body = encoded(self._region.seen()) if status == 200 else msgspec.json.encode(of(refusal(status)))
        await _answer(send, status, body, b"application/json" if status == 200 else MEDIA.encode())


async def _answer(send: Any, status: int, body: bytes, media: bytes, *more: tuple[bytes, bytes]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [
        (b"content-type", media), (b"content-length", str(len(body)).encode()), (b"cache-control", b"no-store"), *more, *SAFE_HEADERS]})
    await send({"type": "http.response.body", "body": body})


def _safely(send: Any) -> Any:
    """With the headers that every answer has."""
    async def sent(message: Any) -> None:
        await send({**message, "headers": [*message["headers"], *SAFE_HEADERS]} if message["type"] == "http.response.start" else message)

    return sent
