"""The tree over all tags, grown from the ledger's entries: here while the log is short, in a process of its own once it is long.

Growing it over a whole long log takes seconds of a processor and much memory; a floor that answers calls has neither to spare.
"""

import os
import signal
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from multiprocessing import connection, get_context, parent_process
from threading import Thread

from tocsin.ledger.histories import Histories, Path
from tocsin.ledger.store import PAGE, Store

SHORT = 20_000
"""Entries up to which it is grown here."""
_NICE = 10

Proven = tuple[str, bytes, list[int], Path]
"""A tag, its blind, all its positions and the way to them."""


class Grown:
    """Histories of the first entries of one ledger. Not for two threads at once."""

    def __init__(self, store: Store, *, short: int = SHORT) -> None:
        self._store, self._short = store, short
        self._here: _Grower | None = None
        self._beside: ProcessPoolExecutor | None = None

    def prove(self, size: int, tags: Sequence[str]) -> tuple[bytes, int, list[Proven]]:
        """The root over all tags of the first `size` entries, how many tags there are, and the ways to some; `size` never goes back."""
        if size <= self._short:
            self._here = self._here or _Grower(self._store)
            return self._here.prove(size, tags)
        self._here = None
        try:
            return self._process().submit(_prove, size, tags).result()
        except BrokenProcessPool:  # it was ended from outside, or the machine was out of memory; once more from the start
            self.close()
            return self._process().submit(_prove, size, tags).result()

    def close(self) -> None:
        """End the process, if there is one."""
        if self._beside is not None:
            self._beside.shutdown(cancel_futures=True)
            self._beside = None

    def _process(self) -> ProcessPoolExecutor:
        if self._beside is None:
            self._beside = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_begin, initargs=(self._store,))
        return self._beside


class _Grower:
    """Reads what came since the last time and adds it."""

    def __init__(self, store: Store) -> None:
        self._store, self._grown = store, Histories()

    def prove(self, size: int, tags: Sequence[str]) -> tuple[bytes, int, list[Proven]]:
        grown = self._grown
        assert grown.size <= size, "histories that shrink"
        with closing(self._store.reading()) as reading:
            while grown.size < size:  # in pages: one long read would keep the store's log from being written back
                grown.add(reading.lines(grown.size, min(PAGE, size - grown.size)))
        return grown.root(), grown.tags, [(tag, *grown.prove(tag)) for tag in tags]


_HELD: list[_Grower] = []
"""In the process of its own: the one tree."""


def _begin(store: Store) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who stops the house by hand stops the house, which ends this
    os.nice(_NICE)
    Thread(target=_end_with_the_house, daemon=True).start()
    _HELD.append(_Grower(store))


def _end_with_the_house() -> None:
    """A house that is killed ends nobody; this sees that it is gone."""
    house = parent_process()
    assert house is not None
    connection.wait([house.sentinel])
    os._exit(0)


def _prove(size: int, tags: Sequence[str]) -> tuple[bytes, int, list[Proven]]:
    return _HELD[0].prove(size, tags)
