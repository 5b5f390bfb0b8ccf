"""Printing in a process of its own at the lowest priority, so that no page ever holds Python's lock while a call comes in."""

import asyncio
import sys
from pathlib import Path

import msgspec

from tocsin.edges.paper.contents import CouncilPaper, Pack
from tocsin.kernel import Refused

_PATIENCE_S = 120.0


class Printed(msgspec.Struct, frozen=True, kw_only=True):
    """What the printing process is told: the pack or the numbers of blank forms, in which language, with which faces."""

    tongue: str
    faces: str
    """The folder of the console's built faces; empty where there is no console."""
    kept: str
    """A folder in which unpacked faces are kept for the next time."""
    pack: Pack | None = None
    block: str = ""
    """The block of paper forms to print blank, instead of a pack."""
    forms: int = 0
    city: str = ""
    council: CouncilPaper | None = None
    """A study to print for the council, instead of a pack."""


async def printed(order: Printed) -> bytes:
    """The pages as PDF; refused where the process fails, which says so on stderr itself."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tocsin.edges.paper", stdin=asyncio.subprocess.PIPE,
                                                   stdout=asyncio.subprocess.PIPE)
    try:
        async with asyncio.timeout(_PATIENCE_S):
            pages, _ = await process.communicate(msgspec.msgpack.encode(order))
    except TimeoutError:
        pages = b""
    finally:
        if process.returncode is None:  # it took too long, or the server stops: nobody waits for these pages
            process.kill()
            await process.communicate()
    if process.returncode or not pages:
        raise Refused("not_printed", "The pages could not be drawn; the last pack on each console's disk still stands.",
                      "未能生成打印页；各席位磁盘上的上一份纸质应急包仍可用。", status=503)
    return pages


def faces_in(console: Path | None) -> str:
    """The folder of the console's own faces, where it was built; empty: letters of the Latin core faces alone."""
    return str(console / "assets") if console is not None and (console / "assets").is_dir() else ""
