"""Replications spread over processes of this machine, or over a Dask cluster: each turns on its number alone, so it is the same wherever it is played."""

import signal
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from multiprocessing import get_context
from queue import Empty
from threading import Event
from typing import Any, Protocol

from tocsin.kernel import Refused
from tocsin.sim.scenarios.outcome import Outcome
from tocsin.sim.scenarios.play import Flag
from tocsin.sim.scenarios.playing import On, play_number, source
from tocsin.sim.scenarios.preparing import Ground

LOOK_S = 0.2
"""How often it is looked whether somebody stops, or a worker is gone."""
END_S = 10.0
"""How long a worker that was told to stop is waited for."""


@dataclass(frozen=True, slots=True)
class Told:
    """How much of a replication is played; at the end also what came of it."""

    number: int
    part: float
    outcome: Outcome | None = None
    no: str = ""
    """What kept a worker from it."""


class Lost(Exception):
    """A worker could not play: it was ended from outside, ran out of memory, or met a fault; the sentence says which."""


class _Queue(Protocol):
    """What is asked of a queue between processes."""

    def put(self, item: Any) -> None: ...
    def get(self) -> Any: ...


def over_processes(ground: Ground, numbers: Sequence[int], on: On, workers: int, stopped: Event) -> Iterator[Told]:
    """Play these replications in so many processes, and tell of each as it goes; fewer where it was stopped. Lost where a worker is gone."""
    context = get_context("spawn")  # a fork would copy locks that threads of this process hold
    todo, told, halt = context.Queue(), context.Queue(), context.Event()
    for number in (*numbers, *[None] * workers):
        todo.put(number)
    crew = [context.Process(target=_work, args=(ground, on, todo, told, halt), daemon=True) for _ in range(min(workers, len(numbers)))]
    for worker in crew:
        worker.start()
    left = len(numbers)
    try:
        while left and not (stopped.is_set() and not any(worker.is_alive() for worker in crew)):
            if stopped.is_set():
                halt.set()
            with suppress(Empty):
                one: Told = told.get(timeout=LOOK_S)
                if one.no:
                    raise Lost(f"replication {one.number + 1}: {one.no}")
                left -= one.outcome is not None
                yield one
                continue
            if any(worker.exitcode not in (None, 0) for worker in crew):
                raise Lost("a process that played replications is gone: what was played is kept, and the rest can be gone on with")
    finally:
        halt.set()
        for worker in crew:
            worker.join(END_S)
            if worker.is_alive():
                worker.terminate()


def _work(ground: Ground, on: On, todo: _Queue, told: _Queue, halt: Flag) -> None:
    """One worker: the next number, until there is none. Ctrl-C is for the process that started it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while (number := todo.get()) is not None and not halt.is_set():
        try:
            outcome = play_number(ground, number, on, halt, partial(_tell, told, number))
        except Exception as error:  # noqa: BLE001 - whatever it is, the process that waits is told of it
            told.put(Told(number, 0.0, no=f"{type(error).__name__}: {error}"))
            return
        if outcome is not None:
            told.put(Told(number, 1.0, outcome))


def _tell(told: _Queue, number: int, part: float) -> None:
    told.put(Told(number, part))


def _play_there(ground: Ground, of: str, number: int, on: On) -> Outcome | None:
    """One replication, by a worker of the same build."""
    if source() != of:
        raise Lost("this worker has another build of the program")
    return play_number(ground, number, on)


def over_dask(ground: Ground, numbers: Sequence[int], on: On, address: str, stopped: Event) -> Iterator[Told]:
    """Play these replications on a Dask cluster, whose workers see the city's folder by the same path. Refused where it cannot be.

    What is played is told of when it ends. Lost where a worker met a fault, or has another build of this program.
    """
    try:
        dask = import_module("distributed")
    except ModuleNotFoundError as error:
        raise Refused("dask_missing", "A Dask scheduler is named and its package is not here: pip install 'tocsin[dask]', or unset TOCSIN_DASK.",
                      "已指定 Dask 调度器，但未安装其组件：请执行 pip install 'tocsin[dask]'，或取消 TOCSIN_DASK。", status=503) from error
    try:
        client = dask.Client(address, timeout=END_S, set_as_default=False)
    except (OSError, ValueError) as error:
        raise Refused("dask_unreachable", f"No Dask scheduler answers at {address}.", f"{address} 上没有 Dask 调度器应答。", status=503) from error
    with client:
        there = client.scatter(ground, broadcast=True, hash=False)
        futures = {client.submit(_play_there, there, source(), number, on, pure=False): number for number in numbers}
        while futures:
            if stopped.is_set():
                client.cancel(list(futures))
                return
            for future in [future for future in futures if future.done()]:
                number = futures.pop(future)
                if future.status != "finished":
                    raise Lost(f"replication {number + 1}: {future.exception()}")
                yield Told(number, 1.0, future.result())
            stopped.wait(LOOK_S)
