"""The paper pack's lines: printed at most once in half a minute whoever asks, and a block of blank forms for each desk that does."""

import asyncio
from pathlib import Path
from typing import Literal

from litestar import Response

from tocsin.edges.paper.contents import Contacts, Pack
from tocsin.edges.paper.gathering import gather
from tocsin.edges.paper.printing import Printed, faces_in, printed
from tocsin.edges.web.bodies import read_ask
from tocsin.edges.web.menu import Answer, Asked, Line
from tocsin.edges.web.people import STAFF
from tocsin.house import House
from tocsin.kernel import Ask, Role
from tocsin.rooms.calls.commands import ReadPaperBlock
from tocsin.rooms.calls.views import PaperBlock

Tongue = Literal["en", "zh"]
_FRESH_S = 30.0
_FLOOR: tuple[Role, ...] = ("call_taker", "dispatcher", "supervisor")


class PrintPack(Ask, frozen=True, kw_only=True):
    """The pack in one of the desk's languages."""

    tongue: Tongue = "en"


class PrintForms(Ask, frozen=True, kw_only=True):
    """A desk's own block of blank forms, which `/api/paper/blocks` gave out."""

    block: str
    tongue: Tongue = "en"


class Packs:
    """The latest pack and its pages, and the lines at which they are had. Everything here is in the last lane."""

    def __init__(self, house: House, data: Path, console: Path | None, contacts: Contacts, *, demo: bool) -> None:
        self._house, self._contacts, self._demo, self._faces = house, contacts, demo, faces_in(console)
        self._kept = data / "faces"
        self._pack: tuple[float, Pack] | None = None
        self._pages: dict[Tongue, tuple[float, bytes]] = {}
        self._one = asyncio.Lock()

    def lines(self) -> list[Line]:
        """The pack as pages and as data."""
        return [
            Line(verb="GET", path="/api/pack.pdf", here=True, roles=STAFF, purpose="continuity", asks=PrintPack, act=self.pages, media="application/pdf",
                 says="The paper pack: what a floor needs to go on by paper, as A4 pages; no personal field."),
            Line(verb="GET", path="/api/pack", here=True, roles=STAFF, purpose="continuity", asks=PrintPack, answers=Pack, act=self.pack,
                 says="The paper pack as data, for each console's own disk; no personal field."),
            Line(verb="GET", path="/api/paper/forms.pdf", here=True, roles=_FLOOR, purpose="continuity", asks=PrintForms, act=self.forms,
                 media="application/pdf", says="A block of blank forms for calls and sendings on paper, numbered."),
        ]

    async def settle(self) -> None:
        """As the house closes: what is being printed ends, or its process is ended, before the loop that waits for it does."""
        async with self._one:
            pass

    async def pack(self, asked: Asked) -> Answer:
        read_ask(PrintPack, asked.query, {})
        return await self._gathered()

    async def pages(self, asked: Asked) -> Answer:
        tongue = read_ask(PrintPack, asked.query, {}).tongue
        async with self._one:  # fifty consoles ask within the minute; one of them has it drawn, the others get the same pages
            held = self._pages.get(tongue)
            if held is None or asyncio.get_running_loop().time() - held[0] > _FRESH_S:
                pack = await self._gathered()
                held = self._pages[tongue] = (asyncio.get_running_loop().time(), await printed(self._order(tongue, pack=pack)))
        return _pdf(held[1])

    async def forms(self, asked: Asked) -> Answer:
        said = read_ask(PrintForms, asked.query, {})
        assert asked.known is not None
        block = await self._house.asee(ReadPaperBlock(block=said.block), asked.known.asker)
        assert isinstance(block, PaperBlock)
        async with self._one:
            return _pdf(await printed(self._order(said.tongue, block=said.block, forms=block.forms)))

    async def _gathered(self) -> Pack:
        if self._pack is None or asyncio.get_running_loop().time() - self._pack[0] > _FRESH_S:
            self._pack = (asyncio.get_running_loop().time(), await self._house.lanes.run("later", lambda: gather(self._house, self._contacts, demo=self._demo)))
        return self._pack[1]

    def _order(self, tongue: Tongue, *, pack: Pack | None = None, block: str = "", forms: int = 0) -> Printed:
        self._kept.mkdir(exist_ok=True)
        return Printed(tongue=tongue, faces=self._faces, kept=str(self._kept), pack=pack, block=block, forms=forms, city=self._house.city.manifest.name)


def _pdf(pages: bytes) -> Response[bytes]:
    return Response(pages, media_type="application/pdf", headers={"cache-control": "no-store", "content-disposition": "inline; filename=tocsin-pack.pdf"})
