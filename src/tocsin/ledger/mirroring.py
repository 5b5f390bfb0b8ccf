"""A copy that grows by what another house kept: each line is held against the tree that that house signed before anybody is told of it."""

import threading
from collections.abc import Callable, Sequence

import msgspec

from tocsin.ledger.batch import Submission, Tags
from tocsin.ledger.copying import rows_of
from tocsin.ledger.faults import LedgerFault
from tocsin.ledger.line import decode
from tocsin.ledger.nodes import Follows
from tocsin.ledger.note import BadNote
from tocsin.ledger.received import Received
from tocsin.ledger.sequencer import Listener, deliver
from tocsin.ledger.store import ALL, Rows, Store, StoreFailed, Writing, with_nodes
from tocsin.ledger.tree import Growth


class NotTheirs(LedgerFault):
    """Lines that do not continue what the floor signed: a forged, altered or misordered bundle, or a floor whose records were put back."""

    def __init__(self, what: str) -> None:
        super().__init__("ledger.not-the-floors", f"What came as the floor's lines is not what the floor signed ({what}); it was not taken and is not shown.")


class Gap(Exception):
    """Lines are missing before those that came."""


class Mirroring:
    """Stands where a Sequencer stands, in a house that copies another's ledger. It has no thread: whoever brings lines tells the listeners."""

    def __init__(self, store: Store, growth: Growth, received: Received, own: Callable[[Submission], None], *, listeners: tuple[Listener, ...] = ()) -> None:
        """`own` keeps what this house has to keep about itself, in records of its own: who signed in here, who was shown what."""
        self._store, self._growth, self._received, self._own = store, growth, received, own
        self._listeners = listeners
        self._lock = threading.Lock()
        self._taking: threading.Thread | None = None
        self._open: tuple[Writing, Tags] | None = None
        self._started = self._closed = False
        self.head = growth.size

    def listen(self, listener: Listener) -> None:
        """Call this with everything that is taken from now on."""
        self._listeners = (*self._listeners, listener)

    def start(self, head: int) -> None:
        """From here on the listeners are told."""
        assert head == self.head, "the pictures are of another head"
        self._started = True

    def submit(self, submission: Submission) -> None:
        """Only what has no history to be guarded by is kept here, as this house's own; all else is the floor's."""
        if submission.guard:
            raise Follows
        self._own(submission)

    def is_here(self) -> bool:
        """Whether the caller is the one that brings lines at this moment."""
        return threading.current_thread() is self._taking

    def take(self, lines: Sequence[bytes], note: str) -> int:
        """Take the lines after our head of a bundle whose last line is the last that `note` signs; the head afterwards. NotTheirs, Gap."""
        with self._lock:
            if self._closed or not self._started:
                raise Gap
            self._taking = threading.current_thread()
            try:
                return self._take(lines, note)
            finally:
                self._taking = None

    def _take(self, lines: Sequence[bytes], note: str) -> int:
        try:
            said, first = self._received.read(note), decode(lines[0])[0] if lines else 0
        except (BadNote, msgspec.DecodeError) as error:
            raise NotTheirs(str(error)) from error
        if said.size != first + len(lines) - 1 or first < 1:
            raise NotTheirs("it does not end where its checkpoint does")
        if first > self.head + 1:
            raise Gap
        writing, tags = self._opened()
        new, growth = list(lines[self.head + 1 - first:]), self._growth.copy()
        if not new:
            return self.head
        try:
            rows = rows_of(new, growth, tags, whole=True)
            if growth.root() != said.root:
                raise NotTheirs(f"the tree of {said.size:,} entries has another root")
            # The entries of one key may come in two bundles; the key stands with the first of them.
            held = writing.keys([key for key, _, _ in rows.keys])
            writing.keep(Rows(rows.entries, rows.tags, rows.marks, [row for row in rows.keys if row[0] not in held]))
        except (msgspec.DecodeError, LedgerFault) as error:
            tags.forget()
            raise error if isinstance(error, NotTheirs) else NotTheirs(str(error)) from error
        except StoreFailed:
            self._let_go()  # kept or not: the next bundle begins with a look at what is there
            raise
        tags.trim()
        self._growth = growth
        self._tell(new)
        self._received.keep(note, said.size)
        return self.head

    def _opened(self) -> tuple[Writing, Tags]:
        if self._open is None:
            writing = self._store.writing()
            try:
                head = writing.head()
                self._growth = with_nodes(writing, lambda node: Growth.resume(head, node))
                unheard = writing.lines(self.head, ALL)
            except BaseException:
                writing.close()
                raise
            self._open = (writing, Tags(writing))
            self._tell(unheard)
        return self._open

    def _tell(self, lines: Sequence[bytes]) -> None:
        if lines:
            kept = [decode(line) for line in lines]
            self.head = kept[-1][0]
            deliver(self._listeners, kept)

    def _let_go(self) -> None:
        if self._open is not None:
            self._open[0].close()
            self._open = None

    def close(self) -> None:
        """Take no more."""
        with self._lock:
            self._closed = True
            self._let_go()
