"""The edge's own lines for files on an incident: bytes come in as they are, and go out with headers that let nothing in them act."""

import asyncio
import logging
from typing import Annotated
from urllib.parse import quote, unquote

from litestar import Response
from msgspec import Meta

from tocsin.edges.web.bodies import read_ask
from tocsin.edges.web.menu import Answer, Asked, Line
from tocsin.engines.attachments import MOST_BYTES
from tocsin.house import Attaching, House, Receipt
from tocsin.house.attaching import ATTACH, MAY_ATTACH, MAY_OPEN, OPEN
from tocsin.kernel import Ask, Refused

NAME, KEY, HAPPENED = "x-file-name", "idempotency-key", "x-happened-at"
_INLINE = ("image/jpeg", "image/png", "image/webp")
_MOST_KEY, _MOST_NAME = 80, 1_000


class ReadFile(Ask, frozen=True, kw_only=True):
    """A file as it was kept; `small` asks for a small picture of a picture."""

    file: Annotated[str, Meta(max_length=24)]
    small: bool = False


class AttachedLines:
    """Takes files in and gives them out, in threads: drawing a picture takes a moment."""

    def __init__(self, house: House) -> None:
        logging.getLogger("PIL").setLevel(logging.WARNING)  # below that it writes down what a picture says of its place and owner
        self._attaching = Attaching(house)

    def lines(self) -> list[Line]:
        """Both lines."""
        return [
            Line(verb="POST", path=ATTACH, roles=MAY_ATTACH, purpose="response", act=self.attach, answers=Receipt, body_bytes=MOST_BYTES, raw=True,
                 heads=(NAME, KEY, HAPPENED), says="Attach a picture, voice note, PDF or text to an incident: the body is the file itself, 10 MiB at most (a voice note 4 MiB and two minutes). `X-File-Name` is its "
                 "name, percent-encoded; `Idempotency-Key` makes a retry harmless; `X-Happened-At` is when it was taken, in microseconds, where that was earlier."),
            Line(verb="GET", path=OPEN, here=True, roles=MAY_OPEN, purpose="response", glass=True, asks=ReadFile, act=self.open, media="*/*",
                 says="A file of an incident; that it is shown is kept first. A responder opens what they attached themselves."),
        ]

    async def attach(self, asked: Asked) -> Answer:
        assert asked.known is not None
        key = asked.headers.get(KEY, "")
        if len(key) > _MOST_KEY or not key.isprintable():
            raise Refused("field_wrong", f"{KEY} is at most {_MOST_KEY} plain characters.", f"{KEY} 最多 {_MOST_KEY} 个普通字符。", field=KEY, status=422)
        name = unquote(asked.headers.get(NAME, "")[:_MOST_NAME], errors="replace")
        taken = asked.headers.get(HAPPENED, "")
        if taken and not (taken.isascii() and taken.isdecimal() and len(taken) < 18):
            raise Refused("field_wrong", f"{HAPPENED} is microseconds since 1970.", f"{HAPPENED} 须为 1970 年以来的微秒数。", field=HAPPENED, status=422)
        return await asyncio.to_thread(self._attaching.attach, asked.path["incident"], asked.body, name, asked.known.asker, key,
                                       happened_at=int(taken) if taken else None)

    async def open(self, asked: Asked) -> Answer:
        assert asked.known is not None
        ask = read_ask(ReadFile, asked.query, asked.path)
        found = await asyncio.to_thread(self._attaching.open, ask.file, asked.known.asker, as_small=ask.small)
        way = "inline" if found.media in _INLINE else "attachment"
        return Response(found.content, media_type=found.media, headers={
            "content-disposition": f"{way}; filename*=UTF-8''{quote(found.name, safe='')}",
            "content-security-policy": "sandbox; default-src 'none'", "cache-control": "no-store"})
