"""The one thread that writes: it takes all that waits, keeps it with one sync, tells the listeners, then answers."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from time import perf_counter

from tocsin.kernel import Entry, Refused
from tocsin.ledger.batch import Batch, Submission, Tags
from tocsin.ledger.checkpoints import Checkpoints
from tocsin.ledger.faults import DiskFailed, LedgerClosed, LedgerFault, LedgerFull, Overloaded, Uncertain
from tocsin.ledger.line import decode
from tocsin.ledger.measured import Batches
from tocsin.ledger.nodes import Follows
from tocsin.ledger.store import ALL, Store, StoreFailed, StoreFull, Writing, with_nodes
from tocsin.ledger.tree import Growth
from tocsin.ledger.vault import Vault

Listener = Callable[[list[tuple[int, Entry]]], None]

MAX_WAITING = 20_000
MAX_WAITING_BYTES = 128 << 20
MAX_BATCH = 5_000
"""Entries written with one sync."""
MAX_GATHERING_S = 0.002
BEAT_S = 1.0
_REOPENINGS = 3
_LOG = logging.getLogger("tocsin.ledger")


class Sequencer:
    """Holds the writing connection and the right edge of the tree; see HOUSE.md for why nobody else may write."""

    def __init__(self, store: Store, growth: Growth, checkpoints: Checkpoints, vault: Vault, measured: Batches, *, listeners: tuple[Listener, ...] = (),
                 writing: Writing | None = None, lost: Callable[[], None] | None = None) -> None:
        """`writing` is a lead that was taken already; `lost` is called, once and in our thread, where another node has taken it from us: then
        nothing is kept or told here any more. Without `lost` a lead that another has is a fault of the setting."""
        self._store, self._checkpoints, self._vault, self._lost = store, checkpoints, vault, lost
        self._listeners, self._measured = listeners, measured
        self._ready = threading.Condition()
        self._waiting: deque[Submission] = deque()
        self._waiting_bytes = 0
        self._closing = False
        self._wanted = 1
        self._writing: Writing | None = None
        self._growth = growth
        self._over = self._begun = False
        self._beat_s = perf_counter()
        self.head = growth.size
        try:
            self._reopen(writing)
        except StoreFailed:
            _LOG.exception("the ledger can be read and not written; it is tried again with each append")
        self._thread = threading.Thread(target=self._run, name="tocsin-ledger", daemon=True)
        self._begun = True
        self._thread.start()

    @property
    def listeners(self) -> tuple[Listener, ...]:
        """Who is told; one that follows after us tells them further."""
        return self._listeners

    @property
    def epoch(self) -> int:
        """The number of this lead; 0 in a store that only one house can write to, or while it cannot be reached."""
        return self._writing.epoch if self._writing is not None else 0

    def listen(self, listener: Listener) -> None:
        """Call this with every batch from now on."""
        self._listeners = (*self._listeners, listener)

    def submit(self, submission: Submission) -> None:
        """Put a submission in the queue; Overloaded when the queue is full."""
        with self._ready:
            if self._closing:
                raise LedgerClosed
            if self._over:
                raise Follows
            if len(self._waiting) >= MAX_WAITING or self._waiting_bytes + submission.weight > MAX_WAITING_BYTES:
                raise Overloaded
            self._waiting.append(submission)
            self._waiting_bytes += submission.weight
            if len(self._waiting) >= self._wanted:
                self._ready.notify()

    @property
    def waiting(self) -> int:
        """How many submissions wait for the next batch."""
        return len(self._waiting)

    def is_here(self) -> bool:
        """Whether the caller is the sequencer itself, for whom waiting for an answer would be waiting for ever."""
        return threading.current_thread() is self._thread

    def close(self) -> None:
        """Keep what still waits, write a last checkpoint and shut the file."""
        with self._ready:
            self._closing = True
            self._ready.notify()
        self._thread.join()

    def _run(self) -> None:
        callers, took_s = 0, 0.0
        while True:
            with self._ready:
                self._gather(callers, took_s)
                taken = self._drain()
                last = (self._closing or self._over) and not self._waiting
            if taken:
                begun = perf_counter()
                self._keep(taken)
                took_s = perf_counter() - begun
                self._measured.took_s.add(took_s)
            callers = len(taken) + len(self._waiting)
            self._say_alive()
            self._write_checkpoint(last=last and not self._over)
            if last:
                break
        if self._writing is not None:
            self._writing.close()

    def _gather(self, callers: int, took_s: float) -> None:
        """Wait for work. While `callers` were busy a moment ago, give them a quarter of a sync to come back together:
        taken as they trickle in, they would fall into two halves that each wait for the other's sync."""
        if len(self._waiting) < callers and not self._closing and not self._over:
            self._wanted = callers
            self._ready.wait(timeout=min(MAX_GATHERING_S, took_s / 4))
            self._wanted = 1
        if not self._waiting and not self._closing and not self._over:
            self._ready.wait(timeout=1.0)

    def _drain(self) -> list[Submission]:
        taken: list[Submission] = []
        entries = 0
        while self._waiting and entries + len(self._waiting[0].entries) <= MAX_BATCH:
            submission = self._waiting.popleft()
            self._waiting_bytes -= submission.weight
            if submission.answer.set_running_or_notify_cancel():
                entries += len(submission.entries)
                taken.append(submission)
        return taken

    def _keep(self, taken: Sequence[Submission]) -> None:
        """Keep a batch and answer it. Whatever goes wrong is every waiting caller's answer, and the thread lives on."""
        written: Batch | None = None
        if self._over:
            _refuse(taken, Follows())
            return
        try:
            self._vault.flush()
            writing = self._writing or self._reopen()
            self._tags.trim()
            batch = Batch(writing, self._tags, self._growth, taken)
            if batch.kept:
                written, begun = batch, perf_counter()
                batch.write()
                self._measured.write_s.add(perf_counter() - begun)
                self._measured.entries.add(len(batch.kept))
        except StoreFull:
            self._tags.forget()
            _refuse(taken, LedgerFull())
        except Refused as refused:
            _refuse(taken, refused)
        except LedgerFault as fault:  # before anything was written: the lead could not be taken again
            _refuse(taken, Follows() if self._over else fault)
        except StoreFailed:
            self._measured.failed += 1
            _LOG.exception("writing the ledger failed; reading it again to see what was kept")
            self._recover(taken, written)
        except Exception as error:  # noqa: BLE001 -- it is logged, and is the answer of everyone who waits
            _LOG.exception("a batch could not be built")
            self._tags.forget()
            _refuse(taken, error)
        else:
            self._growth = batch.growth
            self._deliver(batch.kept)
            _answer(batch)

    def _recover(self, taken: Sequence[Submission], written: Batch | None) -> None:
        """After a failure: open the store again, see what it holds, and answer by that. Nothing was kept where it failed before the write."""
        for _ in range(_REOPENINGS):
            try:
                self._reopen()
            except (StoreFailed, LedgerFault):
                threading.Event().wait(0.1)
            else:
                if written is not None and self.head == written.head and self._growth.root() == written.growth.root():
                    _answer(written)
                else:
                    _refuse(taken, DiskFailed())
                return
        _refuse(taken, Uncertain())

    def _reopen(self, writing: Writing | None = None) -> Writing:
        """Open the writing connection, and go on from what the store holds."""
        if self._writing is not None:
            self._writing.close()
            self._writing = None
        writing = writing or self._lead()
        try:
            head = writing.head()
            growth = with_nodes(writing, lambda node: Growth.resume(head, node))
            unheard = list(map(decode, writing.lines(self.head, ALL)))
            self._tags = Tags(writing)
        except BaseException:
            writing.close()
            raise
        self._writing, self._growth = writing, growth
        self._deliver(unheard)
        return writing

    def _lead(self) -> Writing:
        """The lead once more; where another node has taken it meanwhile this one is over, and says so once."""
        try:
            return self._store.writing()
        except LedgerFault as fault:
            if fault.code == "ledger.in-use" and self._lost is not None and self._begun and not self._over:
                with self._ready:
                    self._over = True
                _LOG.warning("another node leads now; this one follows")
                self._lost()
            raise

    def _say_alive(self) -> None:
        """Once a second, so that the others do not take us for dead; and so that one who lost the lead hears of it though nobody asks anything."""
        if self._over or perf_counter() - self._beat_s < BEAT_S:
            return
        self._beat_s = perf_counter()
        try:
            (self._writing or self._reopen()).beat()
        except (StoreFailed, LedgerFault) as error:
            _LOG.warning("the ledger's store does not answer its leader: %s", error)
            if self._writing is not None:
                self._writing.close()
                self._writing = None

    def _deliver(self, kept: list[tuple[int, Entry]]) -> None:
        if kept:
            self.head = kept[-1][0]
            deliver(self._listeners, kept)

    def _write_checkpoint(self, *, last: bool) -> None:
        size = self._growth.size
        if self._checkpoints.due(size) or (last and size > self._checkpoints.size):
            try:
                self._checkpoints.write(size, self._growth.root(), history=last)
            except OSError as error:
                _LOG.warning("the checkpoint of %d entries was not written yet: %s", size, error)


def deliver(listeners: Iterable[Listener], kept: list[tuple[int, Entry]]) -> None:
    """Tell the listeners, in order. One that fails is logged as the bug it is; what is kept is kept."""
    for listener in listeners:
        try:
            listener(kept)
        except Exception:  # noqa: BLE001 -- a listener's bug must not stop the taking of calls; it is logged
            _LOG.exception("a listener failed on entries %d to %d", kept[0][0], kept[-1][0])


def _refuse(taken: Sequence[Submission], error: Exception) -> None:
    for submission in taken:
        submission.answer.set_exception(error)


def _answer(batch: Batch) -> None:
    for submission, moved in batch.refusals:
        submission.answer.set_exception(moved)
    for submission, appended in batch.answers:
        submission.answer.set_result(appended)
