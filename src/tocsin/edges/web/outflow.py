"""The edge's own lines for what leaves the house: a preview, a copy as a zip, and a leaked file in, to say whose it is."""

from urllib.parse import quote

from litestar import Response

from tocsin.edges.web.bodies import read_command
from tocsin.edges.web.menu import Answer, Asked, Line
from tocsin.house import House, OutflowTable
from tocsin.house.outflow import COPY, MAY_PREVIEW, MAY_TAKE, MAY_TRACE, MOST_LEAK, PREVIEW, TRACE, Outflow, Preview, Traced
from tocsin.house.outflow_copy import Stamping
from tocsin.rooms.access.commands import ReadExport


class OutflowLines:
    """Everything here is in the last lane: an export waits while the floor works."""

    def __init__(self, house: House, outflow: OutflowTable | None = None, stamp: Stamping | None = None) -> None:
        self._lanes, self._outflow = house.lanes, Outflow(house, outflow, stamp)

    def lines(self) -> list[Line]:
        """All three lines."""
        return [
            Line(verb="POST", path=PREVIEW, roles=MAY_PREVIEW, purpose="disclosure", asks=ReadExport, act=self.preview, answers=Preview,
                 says="The beginning of an export, how much it is and whose records it holds, for whoever may approve it; the showing is kept first."),
            Line(verb="POST", path=COPY, roles=MAY_TAKE, purpose="disclosure", asks=ReadExport, act=self.copy, media="application/zip",
                 says="A copy of an approved export as a zip with its manifest; every record in it is kept first. 410 once it has expired or all copies are out."),
            Line(verb="POST", path=TRACE, roles=MAY_TRACE, purpose="oversight", act=self.trace, answers=Traced, body_bytes=MOST_LEAK, raw=True,
                 says="Whose copy a leaked file is: the body is the file itself, 10 MiB at most."),
        ]

    async def preview(self, asked: Asked) -> Answer:
        assert asked.known is not None
        ask = read_command(ReadExport, asked.body, asked.path)
        return await self._lanes.run("later", self._outflow.preview, ask.export, asked.known.asker)

    async def copy(self, asked: Asked) -> Answer:
        assert asked.known is not None
        ask = read_command(ReadExport, asked.body, asked.path)
        copied = await self._lanes.run("later", self._outflow.copy, ask.export, asked.known.asker)
        return Response(copied.content, media_type="application/zip", headers={
            "content-disposition": f"attachment; filename*=UTF-8''{quote(copied.name, safe='')}", "cache-control": "no-store"})

    async def trace(self, asked: Asked) -> Answer:
        assert asked.known is not None
        return await self._lanes.run("later", self._outflow.trace, asked.body, asked.known.asker)
