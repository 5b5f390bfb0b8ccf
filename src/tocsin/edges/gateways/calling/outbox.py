"""Carries callouts: what is due by the pure reading of their rows is kept as called, sent, and its outcome kept; only by the node that leads."""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from tocsin.edges.gateways.calling.reaches import Reaches
from tocsin.edges.gateways.calling.saying import letter
from tocsin.edges.gateways.calling.senders import Outcome, Sender
from tocsin.house import Asker, House
from tocsin.kernel import Refused, Words
from tocsin.rooms.calling.commands import Call, CalloutCommand, Due, GiveUp, NoteOutcome
from tocsin.rooms.calling.model import CallingTable
from tocsin.rooms.calling.views import CalloutRow, due

LOG = logging.getLogger("tocsin.calling")
_EVERY_S, _SETTLE_S = 1.0, 0.1
_CALLER = Asker("calling", frozenset())
_ORDER = ("help", "assigned", "message")


class Outbox:
    """One thread looks what is due; each means has a few of its own, so that one that does not answer holds up no other. Nothing is remembered that
    the ledger does not say, but what is under way."""

    def __init__(self, house: House, table: CallingTable, reaches: Reaches, senders: Mapping[str, Sender], kinds: Mapping[str, Words] | None = None,
                 counts: Counter[tuple[str, str]] | None = None) -> None:
        self._house, self._table, self._reaches, self._senders, self._kinds = house, table, reaches, senders, kinds or {}
        self.counts: Counter[tuple[str, str]] = Counter() if counts is None else counts
        """Sendings by means and what came of them."""
        self._lock, self._under_way = threading.Lock(), dict[str, str]()
        self._stopped, self._woken = threading.Event(), threading.Event()
        self._pools: dict[str, ThreadPoolExecutor] = {means.kind: ThreadPoolExecutor(table.at_once, f"tocsin-calling-{means.kind}") for means in table.means}
        self._thread = threading.Thread(target=self._run, name="tocsin-calling", daemon=True)

    def start(self) -> None:
        """Begin to call."""
        self._house.on_change(self._changed)
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for what is under way, so that none meets a closed house."""
        self._stopped.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join()
        for pool in self._pools.values():
            pool.shutdown(cancel_futures=True)
        for sender in self._senders.values():
            sender.close()

    def carry(self) -> int:
        """Do all that is due now, here; how much that was. For exercises and tests, where time is put."""
        jobs = self._jobs()
        for _, _, job in jobs:
            job()
        return len(jobs)

    def _changed(self, what: str) -> None:
        if what == "ledger":
            self._woken.set()

    def _run(self) -> None:
        while not self._stopped.is_set():
            self._woken.wait(_EVERY_S)
            self._stopped.wait(_SETTLE_S)  # an assignment and what follows from it are kept one after another
            self._woken.clear()
            try:
                for name, means, job in self._jobs():
                    self._begin(name, means, job)
            except Exception:
                LOG.exception("callouts could not be looked at; they are looked at again")

    def _jobs(self) -> list[tuple[str, str, Callable[[], None]]]:
        """What is due: the callout, the means (empty: it is given up), and the doing of it."""
        if not self._table.means or not self._house.ledger.leads:
            return []
        now = self._house.clock.now()
        rows = [row for row in self._house.rows("callout").values() if isinstance(row, CalloutRow) and not row.over]
        found: list[tuple[str, str, Callable[[], None]]] = []
        for row in sorted(rows, key=lambda one: (_ORDER.index(one.about), one.since)):
            what = due(row, self._table, [way for way in self._reaches.ways(row.person) if way in self._senders], now)
            if what is not None:
                found.append((row.id, what.means, partial(self._call if what.means else self._give_up, row, what)))
        return found

    def _begin(self, name: str, means: str, job: Callable[[], None]) -> None:
        with self._lock:
            busy = sum(one == means for one in self._under_way.values())
            if self._stopped.is_set() or name in self._under_way or (means and busy >= self._table.at_once):
                return
            self._under_way[name] = means

        def done() -> None:
            try:
                job()
            except Exception:
                LOG.exception("a callout could not be carried; it is looked at again")
            finally:
                with self._lock:
                    del self._under_way[name]
                self._woken.set()

        if means:
            self._pools[means].submit(done)
        else:
            done()

    def _call(self, row: CalloutRow, what: Due) -> None:
        """Kept first and sent then: so nobody is called without a fact that says so, nor anybody who is not signed on as it is kept."""
        number = row.number + 1
        if not self._kept(Call(**_of(row), means=what.means, number=number)):
            return
        means = next(one for one in self._table.means if one.kind == what.means)
        incident = self._house.rows("incident").get(row.of) if row.about == "assigned" else None
        try:
            outcome = self._senders[what.means].send(row.person, self._reaches.of(row.person), letter(row, means, incident, self._kinds))
        except Exception:
            LOG.exception("sending by %s", what.means)
            outcome = Outcome(code="fault")
        if outcome.code:
            LOG.warning("a sending by %s was not taken: %s", what.means, outcome.code)
        with self._lock:
            self.counts[what.means, outcome.code or "taken"] += 1
        self._kept(NoteOutcome(**_of(row), means=what.means, number=number, code=outcome.code, lasting=outcome.lasting))

    def _give_up(self, row: CalloutRow, what: Due) -> None:
        self._kept(GiveUp(**_of(row), code=what.code, tried=row.tried))

    def _kept(self, command: CalloutCommand) -> bool:
        try:
            return bool(self._house.keep_own(command, _CALLER, "response", "").kept)
        except Refused as no:  # a full disk, or a node that leads no more: whoever leads then looks again
            LOG.warning("what came of a callout was not kept: %s", no.code)
            return False


def _of(row: CalloutRow) -> dict[str, Any]:
    return {"unit": row.unit, "shift": row.shift, "person": row.person, "about": row.about, "of": row.of, "because": row.because}
