"""The ledger: append with guards and keys, read by position and by tag, prove, checkpoint; one folder, one writer."""

import fcntl
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Self

from tocsin.kernel import Clock, Entry, Refused
from tocsin.ledger import cache, tiles, tree
from tocsin.ledger.batch import Appended, Submission
from tocsin.ledger.checkpoints import Checkpoints
from tocsin.ledger.faults import LedgerFault, Unreadable, disk_faults
from tocsin.ledger.grown import Grown
from tocsin.ledger.keys import load_marking_key, load_signing_key, load_trail_key
from tocsin.ledger.line import MAX_BYTES, MAX_ENTRIES, MAX_TAGS, check_name, weigh
from tocsin.ledger.master import masters, set_aside
from tocsin.ledger.place import store_of
from tocsin.ledger.rewrap import Rotation
from tocsin.ledger.sequencer import Listener, Sequencer
from tocsin.ledger.store import Readers, StoreFailed, with_nodes
from tocsin.ledger.vault import Vault

VAULT = "vault.sqlite"


class Ledger:
    """What the house remembers. Made by `open`; every method may be called from any thread."""

    def __init__(self, folder: Path, clock: Clock, name: str, lock: int, *, begin_vault: bool = False, database: str = "") -> None:
        self.folder, self._lock = folder, lock
        store = store_of(folder, name, database)
        fresh = not store.exists()  # the keys come first, so that no crash leaves a ledger without them
        number = 0
        if begin_vault and not fresh:
            number = int.from_bytes(os.urandom(4)) | 1
            set_aside(folder, f"lost-{number:08x}")
        signing, held = load_signing_key(folder, create=fresh), masters(folder, create=fresh or begin_vault)
        store.prepare(name)
        self._checkpoints = Checkpoints(folder, f"tocsin/{name}", signing, clock)
        self._store, self._readers = store, Readers(store)
        growth = self._check_against_checkpoint()
        self.vault = Vault(folder / VAULT, held, create=begin_vault or growth.size == 0, begin=number)
        self.rotation = Rotation(self.vault, folder)
        self._sequencer = Sequencer(store, growth, self._checkpoints, self.vault)

    @classmethod
    def open(cls, folder: Path, clock: Clock, *, name: str, begin_vault: bool = False, database: str = "") -> Self:
        """Open or begin the ledger `name`; LedgerFault when it is in use, of another version or name, or damaged.

        `database` is the address of a PostgreSQL database for the rows; left out, they lie where the folder says: in the database
        that it was first opened with, or in the folder itself. `begin_vault` sets a lost vault and its master key aside and begins another: what was sealed stays unreadable.
        """
        check_name(name)
        assert not set(name) & set(" +\n"), "a ledger's name is part of its checkpoints' origin line"
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / "lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return cls(folder, clock, name, lock, begin_vault=begin_vault, database=database)
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
            found = reading.key(key)
        return None if found is None else Appended(*found, repeated=True)

    def listen(self, callback: Listener) -> None:
        """Tell every later batch to `callback`, in order, once it is durable and before its callers hear of it.

        It runs in the sequencer's thread: it must be quick, may `submit`, and must never wait. Its exception is logged
        and stops nobody.
        """
        self._sequencer.listen(callback)

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
            self._readers.close()
            self.vault.close()
            os.close(self._lock)
            self._lock = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()

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
