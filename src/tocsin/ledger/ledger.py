"""The ledger: append with guards and keys, read by position and by tag, prove, checkpoint; one folder, one writer."""

import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, closing, nullcontext
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import Self

from tocsin.kernel import Clock, Entry, Refused
from tocsin.ledger import cache, tiles, tree
from tocsin.ledger.batch import Appended, Submission
from tocsin.ledger.beside import Beside
from tocsin.ledger.checkpoints import Checkpoints, former_verifiers
from tocsin.ledger.faults import LedgerFault, Unreadable, disk_faults
from tocsin.ledger.following import Following
from tocsin.ledger.forked import ForkStore
from tocsin.ledger.grown import Grown
from tocsin.ledger.keys import load_marking_key, load_signing_key, load_trail_key
from tocsin.ledger.line import MAX_BYTES, MAX_ENTRIES, MAX_TAGS, check_name, weigh
from tocsin.ledger.master import masters, set_aside
from tocsin.ledger.measured import Batches, Probe
from tocsin.ledger.mirroring import Mirroring
from tocsin.ledger.nodes import ALONE, Leader, Node, Shared
from tocsin.ledger.place import store_of
from tocsin.ledger.postgres import PostgresStore
from tocsin.ledger.received import Received
from tocsin.ledger.roll import Stand
from tocsin.ledger.sequencer import Listener, Sequencer
from tocsin.ledger.store import Readers, Store, StoreFailed, Writing, with_nodes

OWN = "own"
"""The folder in a copy's folder with what its house kept about itself."""


class Ledger:
    """What the house remembers. Made by `open`; every method may be called from any thread."""

    def __init__(self, folder: Path, clock: Clock, name: str, lock: int, *, begin_vault: bool = False, database: str = "", node: Node = ALONE,
                 copies: str = "", upon: Path | None = None) -> None:
        self.folder, self._lock, self._clock, self.node = folder, lock, clock, node
        self.measured = Batches()
        """How the writing of batches went since the start, while this one led."""
        self.spanned: Callable[[str], AbstractContextManager[object]] = nullcontext
        """What stands round each append, where somebody traces what is done."""
        self._own: Ledger | None = None
        store = store_of(folder, name, database, node) if upon is None else ForkStore(folder, upon)
        fresh = not store.exists()  # the keys come first, so that no crash leaves a ledger without them
        number = 0
        if begin_vault and not fresh:
            number = int.from_bytes(os.urandom(4)) | 1
            set_aside(folder, f"lost-{number:08x}")
        signing = None if copies else load_signing_key(folder, create=fresh)
        masters(folder, create=fresh or begin_vault)
        store.prepare(name)
        self._checkpoints = Received(folder, copies) if signing is None else Checkpoints(folder, f"tocsin/{name}", signing, clock)
        if not store.signed_by(self._checkpoints.verifier, former_verifiers(folder)):
            raise LedgerFault("ledger.other-keys", f"{folder} holds keys of another ledger than {store.words}; lay those of a node that serves it into an empty "
                              "folder with `tocsin node keys`, and serve from there.")
        self._store, self._readers = store, Readers(store)
        growth = self._check_against_checkpoint()
        unbegun = growth.size == (store.at if isinstance(store, ForkStore) else 0)
        self._beside = self._lay_beside(store, create=begin_vault or unbegun, begin=number)
        self.vault, self.rotation = self._beside.vault, self._beside.rotation
        self.files, self.papers = self._beside.files, self._beside.papers
        self._turned: tuple[Callable[[bool], None], ...] = ()
        try:
            if copies:
                self._own = Ledger.open(folder / OWN, clock, name=f"{name}.{OWN}")
            self._sequencer: Sequencer | Following | Mirroring = self._begin(store, growth, several=node is not ALONE)
        except BaseException:
            self._readers.close()
            self._beside.close()
            if self._own is not None:
                self._own.close()
            raise
        if self.leads:
            self._beside.begin_to_lead()

    @classmethod
    def open(cls, folder: Path, clock: Clock, *, name: str, begin_vault: bool = False, database: str = "", node: Node = ALONE,
             copies: str = "", upon: Path | None = None) -> Self:
        """Open or begin the ledger `name`; LedgerFault when it is in use, of another version or name, or damaged.

        `database` is the address of a PostgreSQL database for the rows; left out, they lie where the folder says: in the database
        that it was first opened with, or in the folder itself. `begin_vault` sets a lost vault and its master key aside and begins another: what was sealed stays unreadable. A `node` is one of several
        houses on one database: where another leads it follows, and takes the lead when that falls free. `copies` is the verifier line of
        another house's ledger, whose lines are brought here (`take`) and which alone leads; `upon` is the folder of such a copy, upon which this one is a fork.
        """
        check_name(name)
        assert not set(name) & set(" +\n"), "a ledger's name is part of its checkpoints' origin line"
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / "lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return cls(folder, clock, name, lock, begin_vault=begin_vault, database=database, node=node, copies=copies, upon=upon)
        except BlockingIOError as error:
            os.close(lock)
            raise LedgerFault("ledger.in-use", f"{folder} is open in another process; stop that one first.") from error
        except (StoreFailed, Unreadable) as error:
            os.close(lock)
            raise LedgerFault("ledger.unreadable", f"{folder} cannot be opened as a ledger ({error}); make sure of the "
                              "disk or the database, or restore a copy.") from error
        except BaseException:
            os.close(lock)
            raise

    def submit(self, entries: Sequence[Entry], *, guard: Sequence[str] = (), after: int = 0,
               key: str = "") -> Future[Appended]:
        """Ask for the entries to be kept, all or none, in this order; the answer comes when they are on the disk.

        The answer is Moved when an entry with one of the `guard` tags stands after position `after`. A `key` that was
        kept before is answered with what was kept then, guards unseen; it is written into the entries and so is proved.
        """
        if not 0 < len(entries) <= MAX_ENTRIES or len(guard) > MAX_TAGS:
            raise Refused("ledger.beyond-limits", f"An append has 1 to {MAX_ENTRIES:,} facts and {MAX_TAGS} guards.",
                          f"一次保存须为 1 至 {MAX_ENTRIES:,} 条事实，最多 {MAX_TAGS} 个防护标签。", status=422)
        weight = sum(map(weigh, entries)) + sum(map(check_name, guard)) + check_name(key, empty=True)
        if weight > MAX_BYTES:
            raise Refused("ledger.beyond-limits", f"An append is at most {MAX_BYTES:,} bytes in all.",
                          f"一次保存总计最多 {MAX_BYTES:,} 字节。", status=422)
        assert all(entry.key in ("", key) for entry in entries), "an entry's key is that of its submission"
        submission = Submission(entries, guard, after, key, weight)
        self._sequencer.submit(submission)
        return submission.answer

    def append(self, entries: Sequence[Entry], *, guard: Sequence[str] = (), after: int = 0,
               key: str = "") -> Appended:
        """`submit`, waiting for the answer; not for listeners, which would wait for themselves."""
        assert not self._sequencer.is_here(), "a listener may submit, never append"
        with self.spanned("append"):
            return self.submit(entries, guard=guard, after=after, key=key).result()

    def head(self) -> int:
        """The last kept position that listeners have been told of; 0 for an empty ledger."""
        return self._sequencer.head

    def read(self, after: int = 0, limit: int | None = None) -> Iterator[tuple[int, Entry]]:
        """Positions and entries after `after`, in order; read in pages, so it may be left or be slow."""
        return self._readers.lines(after, limit)

    def lines(self, after: int, limit: int) -> list[bytes]:
        """The bytes of at most so many entries after `after`, each exactly what its leaf hashes."""
        with self._readers.borrow() as reading:
            return reading.lines(after, limit)

    def read_tags(self, tags: Sequence[str], after: int = 0) -> Iterator[tuple[int, Entry]]:
        """The entries that carry any of the tags, each once, in order of position."""
        assert len(tags) <= MAX_TAGS, "more tags than an entry can have"
        return self._readers.tagged(tags, after)

    def by_key(self, key: str) -> Appended | None:
        """What was kept under an idempotency key; None when nothing was."""
        with self._readers.borrow() as reading:
            found = reading.keys([key]).get(key)
        return None if found is None else Appended(*found, repeated=True)

    @property
    def leads(self) -> bool:
        """Whether this one keeps what it is given; one that follows refuses (Follows)."""
        return isinstance(self._sequencer, Sequencer)

    @property
    def copied(self) -> bool:
        """Whether this is a copy of another house's ledger, which alone leads."""
        return self._own is not None

    @property
    def epoch(self) -> int:
        """The number of this lead; 0 where only one house can write, or where another leads."""
        return self._sequencer.epoch if isinstance(self._sequencer, Sequencer) else 0

    def leader(self) -> Leader | None:
        """Who leads, as last seen by one that follows; None where that is us, or cannot be known."""
        return self._sequencer.leader if isinstance(self._sequencer, Following) else None

    def call_roll(self, ahead_s: float | None) -> tuple[Stand, ...]:
        """Of several nodes: say where this one stands, and hear where all do; nothing where it is alone."""
        return self._beside.roll.call(self.head(), ahead_s) if self._beside.roll is not None else ()

    def on_turn(self, callback: Callable[[bool], None]) -> None:
        """Call this, in a thread of the ledger's, when one that followed has come to lead (True), or the other way round."""
        self._turned = (*self._turned, callback)

    def listen(self, callback: Listener) -> None:
        """Tell every later batch to `callback`, in order, once it is durable and before its callers hear of it.

        It runs in the sequencer's thread: it must be quick, may `submit`, and must never wait. Its exception is logged
        and stops nobody. One that follows hears nothing until it is told from where: `follow`.
        """
        self._sequencer.listen(callback)

    def follow(self, position: int) -> None:
        """Where another leads: tell the listeners everything after this position, from now on. Nothing to do where this one leads."""
        if isinstance(self._sequencer, Following | Mirroring):
            self._sequencer.start(position)

    def take(self, lines: Sequence[bytes], note: str) -> int:
        """In a copy: take the lines of the house that leads, of which `note` signs the last; the head afterwards. NotTheirs, Gap."""
        assert isinstance(self._sequencer, Mirroring), "only a copy takes lines"
        return self._sequencer.take(lines, note)

    def root(self, size: int | None = None) -> bytes:
        """The Merkle root over the first `size` entries (all, left out); 32 bytes."""
        size = self._size(size)
        with self._readers.borrow() as reading:
            return with_nodes(reading, lambda node: tree.root_at(size, node))

    def inclusion(self, position: int, size: int | None = None) -> list[bytes]:
        """The path that proves (`proof.includes`) that an entry stands at `position` in the tree of `size` entries."""
        size = self._size(size)
        if not 0 < position <= size:
            raise _no_such_size(position)
        with self._readers.borrow() as reading:
            return with_nodes(reading, lambda node: tree.inclusion_path(position - 1, size, node))

    def consistency(self, old: int, new: int | None = None) -> list[bytes]:
        """The path that proves (`proof.extends`) that the tree of `new` entries begins with the tree of `old`."""
        new = self._size(new)
        if not 0 <= old <= new:
            raise _no_such_size(old)
        with self._readers.borrow() as reading:
            return with_nodes(reading, lambda node: tree.consistency_path(old, new, node))

    def checkpoint(self, *, history: bool = True) -> str:
        """A signed note of the ledger as it stands, kept in its folder too; give it to whoever is to watch over it."""
        size = self.head()
        with disk_faults():
            return self._checkpoints.write(size, self.root(size), history=history)

    def note_at(self, size: int) -> str:
        """A signed note of the ledger as it stood at this size; nothing is written."""
        assert isinstance(self._checkpoints, Checkpoints), "a copy signs nothing"
        return self._checkpoints.sign(size, self.root(size))

    def vouch(self, said: bytes) -> bytes:
        """A signature by the key that signs the checkpoints, over something else that this house says."""
        assert isinstance(self._checkpoints, Checkpoints), "a copy signs nothing"
        return self._checkpoints.vouch(said)

    def tile(self, level: int, index: int, width: int) -> bytes:
        """A hash tile of the log (C2SP tlog-tiles); Refused where the ledger is not that long."""
        self._reaches(level, index, width)
        with self._readers.borrow() as reading:
            return with_nodes(reading, lambda node: tiles.hashes(level, index, width, node))

    def raw_lines(self, index: int, width: int) -> list[bytes]:
        """The bytes of the entries of a bundle, each exactly what its leaf hashes; Refused where the ledger is not that long."""
        self._reaches(0, index, width)
        return self.lines(index * tiles.WIDTH, width)

    def grown(self) -> Grown:
        """The tree over all tags, grown from this ledger's entries when it is asked; whoever takes it closes it."""
        return Grown(self._store)

    def probe(self) -> Probe:
        """Ask the store whether it answers, how fast, and what time it has; Unreadable where it does not answer."""
        with self._readers.borrow() as reading:
            now, begun = self._clock.now(), perf_counter()
            theirs = reading.instant()
            took_s = perf_counter() - begun
        return Probe(took_s, None if theirs is None else (theirs - now) / 1_000_000 - took_s / 2)

    @property
    def waiting(self) -> int:
        """How many submissions wait to be written here."""
        return self._sequencer.waiting if isinstance(self._sequencer, Sequencer) else 0

    @property
    def apart(self) -> bool:
        """Whether its rows lie with a program of its own, which can be away while this one runs."""
        return self._store.apart

    @property
    def where(self) -> str:
        """The place of its rows in words, without a password."""
        return self._store.words

    @property
    def verifier(self) -> str:
        """The public key of the checkpoints in C2SP verifier form; what an auditor needs beside the files."""
        return self._checkpoints.verifier

    def marking_key(self) -> bytes:
        """The secret from which the marks of given-out copies are made."""
        with disk_faults():
            return load_marking_key(self.folder)

    def trail_key(self) -> bytes:
        """The secret under which codes of people's own trails are digested."""
        with disk_faults():
            return load_trail_key(self.folder)

    def save_cache(self, name: str, position: int, content: bytes) -> None:
        """Keep a cache that was folded up to `position`; losing it loses nothing."""
        with disk_faults():
            cache.save(self.folder / "cache", name, position, self.root(position), content)

    def load_cache(self, name: str) -> tuple[int, bytes] | None:
        """A cache and its position; None when there is none, it is damaged, or it was folded from another history."""
        found = cache.load(self.folder / "cache", name)
        if found is None or found[0] > self.head() or found[1] != self.root(found[0]):
            return None
        return found[0], found[2]

    def drop_cache(self, name: str) -> None:
        """Forget a cache that is not needed any more."""
        cache.drop(self.folder / "cache", name)

    def close(self) -> None:
        """Keep what was submitted, write a checkpoint, and let the folder go; a second call does nothing."""
        if self._lock >= 0:
            self._sequencer.close()
            self._sequencer.close()  # one that followed may have come to lead before it stopped
            self._readers.close()
            self._beside.close()
            if self._own is not None:
                self._own.close()
            os.close(self._lock)
            self._lock = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()

    def _begin(self, store: Store, growth: tree.Growth, *, several: bool) -> Sequencer | Following | Mirroring:
        if isinstance(self._checkpoints, Received):
            assert self._own is not None, "a copy has records of its own beside it"
            return Mirroring(store, growth, self._checkpoints, self._own._sequencer.submit)
        try:
            return Sequencer(store, growth, self._checkpoints, self.vault, self.measured, lost=self._lost if several else None)
        except LedgerFault as fault:
            if not several or fault.code != "ledger.in-use":
                raise
        assert isinstance(store, Shared), "several houses stand on a database only"
        return Following(store, growth.size, self._lead, self._beside.look_again)

    def _lay_beside(self, store: Store, *, create: bool, begin: int) -> Beside:
        if not begin or not isinstance(store, PostgresStore):
            apart = isinstance(self._checkpoints, Received) or isinstance(store, ForkStore)
            return Beside(self.folder, store, create=create, begin=begin, leads=lambda: self.leads, elsewhere=apart)
        with closing(store.writing()):  # only the one that leads begins another vault
            return Beside(self.folder, store, create=create, begin=begin, leads=lambda: self.leads)

    def _lead(self, writing: Writing) -> None:
        """The lead fell to us, who followed. Runs in the following thread, which ends with it."""
        following = self._sequencer
        assert isinstance(following, Following)
        growth = with_nodes(writing, lambda node: tree.Growth.resume(following.head, node))
        self._beside.lead()
        assert isinstance(self._checkpoints, Checkpoints), "a copy never leads"
        self._sequencer = Sequencer(self._store, growth, self._checkpoints, self.vault, self.measured, listeners=following.listeners, lost=self._lost, writing=writing)
        for callback in self._turned:
            callback(True)

    def _lost(self) -> None:
        """Another has the lead, which was ours: from what we have told, we follow. Runs in the sequencer's thread, which ends with it."""
        sequencer = self._sequencer
        assert isinstance(self._store, Shared) and isinstance(sequencer, Sequencer)
        self._beside.follow()
        self._sequencer = following = Following(self._store, sequencer.head, self._lead, self._beside.look_again, listeners=sequencer.listeners)
        for callback in self._turned:
            callback(False)
        following.start(sequencer.head)

    def _reaches(self, level: int, index: int, width: int) -> None:
        if not tiles.holds(self.head(), level, index, width):
            raise Refused("ledger.no-such-tile", "The log has no such tile yet.", "日志尚无该分块。", status=404)

    def _size(self, size: int | None) -> int:
        head = self.head()
        if size is not None and not 0 <= size <= head:
            raise _no_such_size(size)
        return head if size is None else size

    def _check_against_checkpoint(self) -> tree.Growth:
        """The tree as it stands; a fault when it is not what was last signed: cut short, an old copy, or altered."""
        newest = self._checkpoints.newest()
        with self._readers.borrow() as reading:
            head = reading.head()
            growth = with_nodes(reading, lambda node: tree.Growth.resume(head, node))
            sound = newest.size <= head and (newest.size == 0 or newest.root == with_nodes(
                reading, lambda node: tree.root_at(newest.size, node)))
        if not sound:
            raise LedgerFault("ledger.not-as-signed", f"{self.folder} holds {head:,} entries and is not what its "
                              f"checkpoint of {newest.size:,} signed; run `tocsin audit verify` and restore a copy.")
        return growth


def _no_such_size(asked: int) -> Refused:
    return Refused("ledger.no-such-size", f"The ledger has no {asked:,} entries.", f"账本没有 {asked:,} 条记录。",
                   status=404)
