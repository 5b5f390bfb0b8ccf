"""The lines that programs of others ask thousands of times a second, answered without Litestar, which would be most of what one of them costs."""

import asyncio
from collections.abc import Iterable
from urllib.parse import parse_qsl

import msgspec
from litestar import Response
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from tocsin.edges.web import problems
from tocsin.edges.web.handing import Handed
from tocsin.edges.web.menu import Asked, Line
from tocsin.edges.web.requests import seen_of

BODY_S = 10.0


class Bare:
    """Stands between the gate and Litestar. What is handed on to another node, and every address and verb that is none of these lines, goes on to Litestar."""

    def __init__(self, inner: ASGIApp, lines: Iterable[Line], handing: Handed) -> None:
        self._inner, self._handing = inner, handing
        self._lines: dict[tuple[str, str], Line] = {(line.verb, line.path): line for line in lines if line.bare}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        line = self._lines.get((str(scope["method"]), scope["path"])) if scope["type"] == ScopeType.HTTP else None
        if line is None or scope["type"] != ScopeType.HTTP or self._handing.needed:
            await self._inner(scope, receive, send)
            return
        seen = seen_of(scope)
        seen.door = line.path
        status, extra = 200, []
        try:
            body = await _body(scope, receive, line.body_bytes) if line.verb == "POST" else b""
            if body is None:
                return
            said, media = await _answered(line, scope, body)
        except Exception as fault:  # noqa: BLE001 - `of` logs it, and the next report is taken
            problem = problems.of(fault)
            seen.code, status, media, said = problem.code, problem.status, problems.MEDIA, msgspec.json.encode(problem)
            extra = [(name.encode(), value.encode()) for name, value in problems.headers(problem).items()]
        await send({"type": "http.response.start", "status": status, "headers": [
            (b"content-type", media.encode()), (b"content-length", str(len(said)).encode()), *extra]})
        await send({"type": "http.response.body", "body": said, "more_body": False})


async def _answered(line: Line, scope: HTTPScope, body: bytes) -> tuple[bytes, str]:
    assert line.act is not None
    query = scope["query_string"]
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]} if line.heads else {}
    client = scope["client"]
    said = await line.act(Asked(None, {}, parse_qsl(query.decode("latin-1"), keep_blank_values=True) if query else (), body, client[0] if client else "",
                                scope["scheme"] == "https", headers={name: headers[name] for name in line.heads if name in headers}, shows=seen_of(scope).shows))
    if isinstance(said, Response):
        return said.content, f"{said.media_type}; charset=utf-8" if str(said.media_type).startswith("text/") else str(said.media_type)
    return msgspec.json.encode(said), line.media


async def _body(scope: HTTPScope, receive: Receive, most: int) -> bytes | None:
    """The whole body; None where whoever sent it is gone before its end."""
    if next((int(value) for name, value in scope["headers"] if name == b"content-length"), 0) > most:
        raise problems.refusal(413)
    found = b""
    try:
        async with asyncio.timeout(BODY_S):
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    return None
                found += message["body"]
                if len(found) > most:
                    raise problems.refusal(413)
                if not message["more_body"]:
                    return found
    except TimeoutError as late:
        raise problems.refusal(408) from late
