"""The log for outsiders, over plain HTTP: checkpoints, hash tiles and entries as C2SP has them, and the door where witnesses speak."""

import asyncio
from typing import Annotated

import msgspec
from litestar import Response
from msgspec import Meta

from tocsin.edges.web.bodies import read_ask, read_command
from tocsin.edges.web.me import Nothing
from tocsin.edges.web.menu import Answer, Asked, Line
from tocsin.house import House, tiles
from tocsin.kernel import Ask, Refused

_BYTES = "application/octet-stream"
_FOR_EVER = "public, max-age=31536000, immutable"
_NOTE_BYTES = 16 * 1024


class ReadTile(Ask, frozen=True, kw_only=True):
    """A tile by its C2SP path below `/tlog/tile/`: `<L>/<N>`, with `.p/<W>` where it is not full."""

    tile: Annotated[str, Meta(max_length=60)]


class ReadBundle(Ask, frozen=True, kw_only=True):
    """A bundle of 256 entries by its number in C2SP's form `<N>`, with `.p/<W>` where it is not full."""

    bundle: Annotated[str, Meta(max_length=60)]


class Cosigned(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A checkpoint as it was shown, with a witness's line under it (C2SP tlog-cosignature)."""

    note: Annotated[str, Meta(min_length=1, max_length=8_192)]


class TlogLines:
    """What an outsider needs to hold the house to its word. Hashes and checkpoints are anybody's; entries are an auditor's."""

    def __init__(self, house: House) -> None:
        self._house = house

    def lines(self) -> list[Line]:
        """Every line."""
        return [
            Line(verb="GET", path="/tlog/checkpoint", roles=None, purpose="oversight", asks=Nothing, act=self.checkpoint, media="text/plain",
                 says="The newest checkpoint that enough witnesses cosigned, with their lines; the newest of all where there are none."),
            Line(verb="GET", path="/tlog/checkpoint/newest", roles=None, purpose="oversight", asks=Nothing, act=self.newest, media="text/plain",
                 says="The checkpoint that witnesses are to look at: the newest, made anew at most every ten seconds."),
            Line(verb="POST", path="/tlog/cosignatures", roles=None, purpose="oversight", asks=Cosigned, act=self.add, body_bytes=_NOTE_BYTES,
                 says="What a witness says of a checkpoint; its signature is its sign-in."),
            Line(verb="GET", path="/tlog/tile/{tile}", here=True, roles=None, purpose="oversight", asks=ReadTile, act=self.tile, media=_BYTES, deep=True,
                 says="A tile of hashes of the log, as C2SP tlog-tiles has it."),
            Line(verb="GET", path="/tlog/tile/entries/{bundle}", here=True, roles=("auditor",), purpose="oversight", asks=ReadBundle, act=self.entries, media=_BYTES,
                 deep=True, says="Up to 256 entries, as C2SP tlog-tiles has them; where one is too long for that form, use `/tlog/lines/`."),
            Line(verb="GET", path="/tlog/lines/{bundle}", here=True, roles=("auditor",), purpose="oversight", asks=ReadBundle, act=self.wide, media=_BYTES, deep=True,
                 says="The same entries with their lengths in four bytes, whatever their length; personal fields are sealed."),
        ]

    async def checkpoint(self, asked: Asked) -> Answer:
        read_ask(Nothing, asked.query, {})
        return _text(await asyncio.to_thread(self._house.witnessed.checkpoint))

    async def newest(self, asked: Asked) -> Answer:
        read_ask(Nothing, asked.query, {})
        return _text(await asyncio.to_thread(self._house.witnessed.newest))

    async def add(self, asked: Asked) -> Answer:
        said = read_command(Cosigned, asked.body, {})
        await asyncio.to_thread(self._house.witnessed.add, said.note)
        return Response(None, status_code=204)

    async def tile(self, asked: Asked) -> Answer:
        found = tiles.read_tile(read_ask(ReadTile, asked.query, _deep(asked)).tile)
        if found is None:
            raise _no_tile()
        content = await self._house.lanes.run("later", self._house.ledger.tile, *found)
        return _given(content, full=found[2] == tiles.WIDTH)

    async def entries(self, asked: Asked) -> Answer:
        return await self._bundle(asked, wide=False)

    async def wide(self, asked: Asked) -> Answer:
        return await self._bundle(asked, wide=True)

    async def _bundle(self, asked: Asked, *, wide: bool) -> Answer:
        found = tiles.read_index(read_ask(ReadBundle, asked.query, _deep(asked)).bundle)
        if found is None:
            raise _no_tile()
        lines: list[bytes] = await self._house.lanes.run("later", self._house.ledger.raw_lines, *found)
        if not wide and any(len(line) > tiles.MOST_NARROW for line in lines):
            raise Refused("entry_too_long", "An entry of this bundle is longer than the C2SP form can hold; ask /tlog/lines/ for it.",
                          "该组中有条目超出 C2SP 格式的长度，请使用 /tlog/lines/。", status=404)
        return _given(tiles.bundle(lines, wide=wide), full=found[1] == tiles.WIDTH)


def _deep(asked: Asked) -> dict[str, str]:
    return {name: value.lstrip("/") for name, value in asked.path.items()}


def _text(note: str) -> Response[str]:
    return Response(note, media_type="text/plain; charset=utf-8", headers={"cache-control": "no-store"})


def _given(content: bytes, *, full: bool) -> Response[bytes]:
    return Response(content, media_type=_BYTES, headers={"cache-control": _FOR_EVER if full else "public, max-age=5"})


def _no_tile() -> Refused:
    return Refused("no_such_tile", "That is no path of a tile.", "这不是分块的路径。", status=404)
