"""The pairs of a study played by a few processes, with how far they are told in its folder; each ends when the study's own process does."""

import multiprocessing
import os
import threading
import time
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from ctypes import c_double
from pathlib import Path
from typing import Any

from tocsin.house.studying import PROGRESS
from tocsin.sim.scenarios.preparing import Ground
from tocsin.sim.studies.order import put, read_order
from tocsin.sim.studies.playing import keep, mark, play_pair
from tocsin.sim.studies.question import grounds

_TELL_S = 0.5
_held: list[tuple[Path, tuple[Ground, Ground], str, Any]] = []
"""What a worker's process plays, read once."""


def play(folder: Path, left: list[int], count: int, processes: int) -> None:
    """Play the pairs with these numbers of so many, and keep each in the folder."""
    context = multiprocessing.get_context("spawn")
    parts: Any = context.Array(c_double, [0.0 if number in left else 1.0 for number in range(count)], lock=False)
    with ProcessPoolExecutor(processes, mp_context=context, initializer=_begin, initargs=(folder, parts, os.getpid())) as pool:
        going = {pool.submit(_one, number) for number in left}
        while going:
            put(folder / PROGRESS, f"{sum(parts) / count:.4f}".encode())
            done, going = wait(going, timeout=_TELL_S, return_when=FIRST_COMPLETED)
            for one in done:
                one.result()


def _begin(folder: Path, parts: Any, maker: int) -> None:
    threading.Thread(target=_end_with, args=(maker,), daemon=True).start()
    order, record = read_order(folder)
    two = grounds(order, record)
    _held.append((folder, two, mark(two), parts))


def _one(number: int) -> None:
    folder, two, of, parts = _held[0]

    def told(part: float) -> None:
        parts[number] = part

    keep(folder, play_pair(two, number, of, told))


def _end_with(maker: int) -> None:
    while os.getppid() == maker:
        time.sleep(_TELL_S)
    os._exit(3)
