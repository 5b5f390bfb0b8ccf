"""Pages that nobody waits for any more: the process that draws them is gone with whoever asked."""

import asyncio
from asyncio.subprocess import Process
from pathlib import Path
from typing import Any

import pytest

from tocsin.edges.paper.printing import Printed, printed


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
