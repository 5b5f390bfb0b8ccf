"""The pages of the paper pack: nothing on them is cut at the edge, and the process that draws them is gone with whoever asked."""

import asyncio
from asyncio.subprocess import Process
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from fpdf import FPDF
from pypdf import PdfReader

from tests.floor import DESK, corner, on_duty, small_house
from tocsin.cli.settings import CONSOLE
from tocsin.edges.paper.contents import Contacts
from tocsin.edges.paper.gathering import gather
from tocsin.edges.paper.pages import pages
from tocsin.edges.paper.printing import Printed, faces_in, printed
from tocsin.kernel import from_instant
from tocsin.rooms.calls.commands import TakeCall


def test_a_server_that_stops_leaves_no_process_drawing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[Process] = []
    begin = asyncio.create_subprocess_exec

    async def watched(*words: Any, **more: Any) -> Process:
        begun.append(await begin(*words, **more))
        return begun[-1]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", watched)

    async def asked_and_left() -> list[int | None]:
        task = asyncio.create_task(printed(Printed(tongue="en", faces="", kept=str(tmp_path), block="261125-0001", forms=24)))
        while not begun:
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        ended = [one.returncode for one in begun]
        for one in begun:
            if one.returncode is None:
                one.kill()
                await one.communicate()
        return ended

    assert asyncio.run(asked_and_left()) == [-9]


@pytest.mark.parametrize("tongue", ["en", "zh"])
def test_what_is_lacking_is_whole_and_nothing_runs_over_the_edge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tongue: str) -> None:
    with small_house(tmp_path) as house:
        for unit, kind in (("M2", "medic"), ("E7", "engine")):
            on_duty(house, unit, kind, corner(1, 1))
        for number in range(3):
            house.do(TakeCall(place=corner(number, 2), kind="fire", priority=1), DESK)
        pack = gather(house, Contacts(), demo=True)
    cells: list[tuple[float, str]] = []
    put = FPDF.cell

    def measured(self: FPDF, w: float | None = None, h: float | None = None, text: str = "", *rest: Any, **more: Any) -> Any:
        start = self.x if more.get("align") != "R" else self.x + (w or self.w - self.r_margin - self.x) - self.get_string_width(text)
        cells.append((start + self.get_string_width(text), text))
        assert start >= self.l_margin - 1, text
        return put(self, w, h, text, *rest, **more)

    monkeypatch.setattr(FPDF, "cell", measured)
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(pages(Printed(
        tongue=tongue, faces=faces_in(CONSOLE), kept=str(tmp_path), pack=pack)))).pages)
    assert max(cells)[0] < 210 - 11, max(cells)
    assert f"{from_instant(pack.at).astimezone(ZoneInfo(pack.zone)):%Y-%m-%d %H:%M:%S}" in text, "the moment is whole"
    wanted = ", ".join(f"{need.count} × {pack.skills[need.skill].en}" for need in pack.incidents[0].unmet)
    if tongue == "en":
        assert wanted in text.replace("\n", " ")
