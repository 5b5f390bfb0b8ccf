"""The line at which a study is had as a paper for the council, drawn in a process of its own as every page is."""

import asyncio
from pathlib import Path
from typing import Annotated, Literal

from litestar import Response
from msgspec import Meta

from tocsin.edges.paper.contents import CouncilPaper, Decision
from tocsin.edges.paper.printing import Printed, faces_in, printed
from tocsin.edges.web.bodies import read_ask
from tocsin.edges.web.menu import Answer, Asked, Line
from tocsin.house import Asker, House
from tocsin.kernel import Ask, Refused
from tocsin.rooms.coverage.commands import ReadCells
from tocsin.rooms.coverage.views import CoverCells
from tocsin.rooms.planning.commands import ReadStudy
from tocsin.rooms.planning.views import StudyView

_MOST_AT_ONCE = 2


class PrintStudy(Ask, frozen=True, kw_only=True):
    """An answered study as pages, in one of the desk's languages."""

    study: Annotated[str, Meta(min_length=1, max_length=40)]
    language: Literal["en", "zh"] = "en"


class CouncilLines:
    """Draws the paper; two at once, the rest wait their turn."""

    def __init__(self, house: House, data: Path, console: Path | None, *, demo: bool) -> None:
        self._house, self._demo, self._faces, self._kept = house, demo, faces_in(console), data / "faces"
        self._few = asyncio.Semaphore(_MOST_AT_ONCE)

    def lines(self) -> list[Line]:
        """The line."""
        return [Line(verb="GET", path="/api/planning/studies/{study}/paper", here=True, roles=("supervisor", "planner", "auditor"), purpose="planning", asks=PrintStudy, act=self.pages,
                     media="application/pdf", says="An answered study as a paper for the council: question, first line, figures with intervals, maps, who pays, what it stands on; nobody is named but who decided.")]

    async def pages(self, asked: Asked) -> Answer:
        assert asked.known is not None
        said = read_ask(PrintStudy, asked.query, asked.path)
        paper = await self._paper(said.study, asked.known.asker)
        async with self._few:
            self._kept.mkdir(exist_ok=True)
            pages = await printed(Printed(tongue=said.language, faces=self._faces, kept=str(self._kept), city=paper.city, council=paper))
        return Response(pages, media_type="application/pdf", headers={"cache-control": "no-store", "content-disposition": f"inline; filename=tocsin-study-{said.study}.pdf"})

    async def _paper(self, study: str, by: Asker) -> CouncilPaper:
        view = await self._house.asee(ReadStudy(study=study), by)
        assert isinstance(view, StudyView)
        if view.answer is None:
            raise Refused("study_not_answered", "This study has no answer yet, so there is nothing to print.", "该研判尚无结果，无法打印。", field="study")
        cells = await self._house.asee(ReadCells(), Asker(by.name, frozenset({"planner"})))
        assert isinstance(cells, CoverCells)
        manifest = self._house.city.manifest
        return CouncilPaper(study=view.id, at=self._house.clock.now(), city=manifest.name, zone=manifest.timezone, demo=self._demo, question=view.name, answer=view.answer,
                            decisions=tuple(Decision(at=step.at, what=step.what, by=step.by, because=step.because) for step in view.trail),
                            outlines=cells.outlines if len(cells.outlines) == len(view.answer.cells.calls) else ())
