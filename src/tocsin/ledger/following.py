"""A node that follows: it hears what the leader keeps, tells its listeners, and takes the lead when that falls free."""

import logging
import threading
from collections.abc import Callable, Iterable
from time import perf_counter

from tocsin.kernel import Entry, Refused
from tocsin.ledger.batch import Submission
from tocsin.ledger.faults import LedgerFault
from tocsin.ledger.line import decode
from tocsin.ledger.nodes import SILENT_S, Follows, Leader, News, Shared
from tocsin.ledger.sequencer import MAX_BATCH, Listener, deliver
from tocsin.ledger.store import StoreFailed, Writing

LOOK_S = 1.0
"""How often the leader is looked at, and how long a batch waits for us at most where its wake-up call is lost."""
_LOG = logging.getLogger("tocsin.ledger")


class Following:
    """Stands where a Sequencer stands while another node leads. It begins to follow when it is told from where."""

    def __init__(self, store: Shared, head: int, lead: Callable[[Writing], None], look: Callable[[], None], *,
                 listeners: tuple[Listener, ...] = ()) -> None:
        """`lead` is called with the lead once that is ours; `look` whenever the leader is looked at: what it changed beside the entries is seen then."""
        self._store, self._lead, self._look_beside = store, lead, look
        self._listeners = listeners
        self._closing = threading.Event()
        self._looked_s = 0.0
        self.head = head
        self.leader: Leader | None = None
        """The leader as it was last seen; None where the database could not be asked."""
        self._thread = threading.Thread(target=self._run, name="tocsin-following", daemon=True)

    @property
    def listeners(self) -> tuple[Listener, ...]:
        """Who is told; the one that leads after us tells them further."""
        return self._listeners

    def listen(self, listener: Listener) -> None:
        """Call this with everything that is kept from now on."""
        self._listeners = (*self._listeners, listener)

    def start(self, head: int) -> None:
        """Follow from here: everything after this position is told."""
        self.head = head
        self._thread.start()

    def submit(self, submission: Submission) -> None:
        """Never: only the leader keeps."""
        raise Follows

    def is_here(self) -> bool:
        """Whether the caller is the following thread itself."""
        return threading.current_thread() is self._thread

    def close(self) -> None:
        """Stop; it takes no longer than a look at the leader."""
        self._closing.set()
        if self._thread.is_alive() and not self.is_here():
            self._thread.join()

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                news = self._store.news()
            except (StoreFailed, LedgerFault):
                self._lost("cannot be reached")
                continue
            try:
                if self._follow(news):
                    return
            except (StoreFailed, LedgerFault, Refused):
                self._lost("was lost")
            news.close()

    def _follow(self, news: News) -> bool:
        """Follow over one connection, until it fails or we are told to stop; True once it leads."""
        while not self._closing.is_set():
            while lines := news.lines(self.head, MAX_BATCH):
                self._tell(map(decode, lines))
            if perf_counter() - self._looked_s >= LOOK_S:
                self._looked_s = perf_counter()
                writing = self._look(news)
                if writing is not None:
                    self._lead(writing)
                    return True
            news.wait(LOOK_S)
        return False

    def _look(self, news: News) -> Writing | None:
        """See to the leader: one that is gone is followed by us, one that is silent is ended first."""
        self.leader = news.leader()
        if self.leader is not None and self.leader.silent_s > SILENT_S:
            news.unseat()
        self._look_beside()
        return news.take()

    def _tell(self, lines: Iterable[tuple[int, Entry]]) -> None:
        kept = list(lines)
        self.head = kept[-1][0]
        deliver(self._listeners, kept)

    def _lost(self, how: str) -> None:
        if self.leader is not None:
            _LOG.warning("the ledger's database %s; what is shown stands still until it is back", how)
        self.leader = None
        self._closing.wait(LOOK_S)
