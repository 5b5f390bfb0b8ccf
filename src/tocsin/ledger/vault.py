"""The vault: one random key per record, wrapped by the master key of an epoch. Destroying the key is the deletion."""

import os
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import apsw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tocsin.kernel import Refused
from tocsin.ledger.faults import DiskFailed, LedgerClosed, LedgerFault, LedgerFull
from tocsin.ledger.line import check_name

MAX_TEXT = 1 << 18
MAX_CACHED = 4_096
MAX_PENDING = 10_000
_FIRST, _NAMED = b"\1", b"\2"
"""A wrapped key of the first form is of epoch 1, one of the second names its epoch; a box of the first form is of the first vault, one
of the second names the vault that was begun after the first was lost."""
_NUMBER = 4
_NONCE = 12
_TABLES = ("CREATE TABLE IF NOT EXISTS keys (record TEXT PRIMARY KEY, wrapped BLOB) STRICT, WITHOUT ROWID",
           "CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID")


class Vault:
    """Seals and opens personal text.

    A new key is written by `flush`, which the sequencer calls before each commit: so a key is durable before any entry
    that needs it is acknowledged, and many new keys cost one sync.
    """

    def __init__(self, path: Path, masters: Mapping[int, bytes], *, create: bool = True, begin: int = 0) -> None:
        """Open a vault with its master keys by epoch. A missing one is made only with `create`; `begin` is the number that a vault gets
        which is begun because the one before it was lost."""
        if not create and not path.exists():
            raise LedgerFault("vault.missing", f"{path} is gone; restore a copy that is not older than the last rotation, or, where there is "
                              "none, begin a new vault with `tocsin vault begin`: what was sealed stays unreadable.")
        self._masters = {epoch: AESGCM(secret) for epoch, secret in masters.items()}
        self._lock = threading.Lock()
        self._cache: OrderedDict[str, bytes] = OrderedDict()
        self._pending: dict[str, bytes] = {}
        self._cursor = ""
        try:
            self._file = apsw.Connection(str(path))
            self._file.set_busy_timeout(5_000)
            self._file.pragma("journal_mode", "wal")
            self._file.pragma("synchronous", "full")
            self._file.pragma("secure_delete", True)
            with self._file:
                for table in _TABLES:
                    self._file.execute(table)
                if begin:
                    self._note("vault", begin)
            self._meta = {str(name): int(value) for name, value in self._file.execute("SELECT name, value FROM meta")}
        except apsw.Error as error:
            raise LedgerFault("vault.unreadable", f"{path} is not a vault; restore a copy ({error}).") from error
        self._open = True
        self._form = _NAMED + self.number.to_bytes(_NUMBER) if self.number else _FIRST
        try:
            self._fits()
        except LedgerFault:
            self._file.close()
            raise

    @property
    def epoch(self) -> int:
        """Under which master key new keys are wrapped; it counts rotations from 1."""
        return self._meta.get("epoch", 1)

    @property
    def number(self) -> int:
        """0 for the first vault of a ledger; else the number under which it was begun after the one before it was lost."""
        return self._meta.get("vault", 0)

    @property
    def forgotten_to(self) -> int:
        """The position of the ledger up to which every key that a fact names as destroyed is destroyed."""
        return self._meta.get("forgotten_to", 0)

    @property
    def owes_rotation(self) -> bool:
        """Whether keys were destroyed since the last rotation was begun, so that older copies of this file still hold them."""
        return self._meta.get("owes", 0) > 0

    def seal(self, record: str, text: str) -> bytes:
        """The text under the record's key, made at the first call; Refused for a record whose key was destroyed."""
        check_name(record)
        clear = text.encode()
        if len(clear) > MAX_TEXT:
            raise Refused("vault.too-long", f"A personal field is at most {MAX_TEXT:,} bytes.",
                          f"个人信息字段最多 {MAX_TEXT:,} 字节。", status=422)
        return self.seal_bytes(record, clear)

    def seal_bytes(self, record: str, clear: bytes) -> bytes:
        """Bytes of any length under the record's key; whoever keeps them sees to their limit."""
        check_name(record)
        with self._lock:
            key = self._key(record, create=True)
        if key is None:
            raise Refused("vault.destroyed", "This record's key was destroyed; nothing can be added to it.",
                          "该记录的密钥已销毁，不能再写入。")
        nonce = os.urandom(_NONCE)
        return self._form + nonce + AESGCM(key).encrypt(nonce, clear, record.encode())

    def open(self, record: str, box: bytes) -> str | None:
        """The text of a box; None once the record's key was destroyed, or lost with an earlier vault. A box that was altered or moved is a fault."""
        clear = self.open_bytes(record, box)
        try:
            return None if clear is None else clear.decode()
        except UnicodeDecodeError as error:
            raise _altered(record) from error

    def open_bytes(self, record: str, box: bytes) -> bytes | None:
        """The bytes of a box, as `open`."""
        if not box.startswith(self._form):
            if self.number and box[:1] in (_FIRST, _NAMED):
                return None  # of a vault that was lost; the ledger says when, who began this one, and why
            raise LedgerFault("vault.bad-box", f"a box of record {record!r} is of an unknown form; upgrade Tocsin.")
        with self._lock:
            key = self._key(record, create=False)
        if key is None:
            return None
        start = len(self._form)
        try:
            return AESGCM(key).decrypt(box[start:start + _NONCE], box[start + _NONCE:], record.encode())
        except (InvalidTag, ValueError) as error:
            raise _altered(record) from error

    def destroy(self, record: str) -> bool:
        """Forget the record's key for ever, durably; False when it had none. A second call changes nothing."""
        return self.destroy_all((record,)) > 0

    def destroy_all(self, records: Iterable[str], *, upto: int = 0) -> int:
        """Forget the keys of records for ever, in one transaction; how many there were. No key is made for such a record again.

        `upto` is the position of the ledger up to which this carries out what its facts say.
        """
        gone = tuple(records)
        with self._lock, self._writing():
            self._write_pending()
            for record in gone:
                self._cache.pop(record, None)
            with self._file:
                before = self._file.total_changes()
                self._file.executemany("UPDATE keys SET wrapped = NULL WHERE record = ? AND wrapped IS NOT NULL", [(one,) for one in gone])
                changed = self._file.total_changes() - before
                self._file.executemany("INSERT INTO keys VALUES (?, NULL) ON CONFLICT DO NOTHING", [(one,) for one in gone])
                if changed:
                    self._note("owes", self._meta.get("owes", 0) + changed)
                if upto > self.forgotten_to:
                    self._note("forgotten_to", upto)
            self._reread()
            if gone:
                self._file.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()  # the old page must not live on in it
            return changed

    def living(self, records: Iterable[str]) -> frozenset[str]:
        """Those of the records that have a key."""
        with self._lock:
            if not self._open:
                raise LedgerClosed
            return frozenset(one for one in records if one in self._pending or self._file.execute(
                "SELECT 1 FROM keys WHERE record = ? AND wrapped IS NOT NULL", (one,)).get)

    def count(self) -> int:
        """How many records have a key."""
        with self._lock:
            return int(self._file.execute("SELECT count(*) FROM keys WHERE wrapped IS NOT NULL").get) + len(self._pending)

    def adopt(self, epoch: int, secret: bytes) -> None:
        """From now on wrap new keys under this master; those wrapped before are of use until `rewrap` has been through them all."""
        with self._lock, self._writing():
            self._masters[epoch] = AESGCM(secret)
            with self._file:
                self._note("epoch", epoch)
                self._note("owes", 0)
            self._reread()
            self._cursor = ""

    def rewrap(self, limit: int) -> int:
        """Wrap up to so many keys of older epochs anew, in one transaction; 0 when there is none left."""
        with self._lock, self._writing():
            form = self._epoch_form()
            found = self._file.execute("SELECT record, wrapped FROM keys WHERE record > ? AND wrapped IS NOT NULL AND substr(wrapped, 1, ?) <> ? "
                                       "ORDER BY record LIMIT ?", (self._cursor, len(form), form, limit))
            old = [(str(record), bytes(wrapped)) for record, wrapped in found]
        rows = [(self._wrap(record, self._unwrap(record, wrapped)), record, wrapped) for record, wrapped in old]  # sealing goes on meanwhile
        with self._lock, self._writing():
            with self._file:
                self._file.executemany("UPDATE keys SET wrapped = ? WHERE record = ? AND wrapped = ?", rows)  # not one destroyed meanwhile
            self._cursor = rows[-1][1] if rows else ""
            return len(rows)

    def settled(self) -> bool:
        """Whether no key is wrapped under an older master any more, and no page of such a one is left in the write-ahead log."""
        with self._lock, self._writing():
            form = self._epoch_form()
            beside = apsw.Connection(self._file.filename, flags=apsw.SQLITE_OPEN_READONLY)
        try:  # all keys are looked at, and sealing goes on meanwhile: what is sealed from now on is under the newest master
            if beside.execute("SELECT 1 FROM keys WHERE wrapped IS NOT NULL AND substr(wrapped, 1, ?) <> ? LIMIT 1", (len(form), form)).get:
                return False
        finally:
            beside.close()
        with self._lock, self._writing():
            return not self._file.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()[0][0]

    def disown(self, *epochs: int) -> None:
        """Forget master keys that wrap nothing."""
        with self._lock:
            for epoch in epochs:
                self._masters.pop(epoch, None)

    def flush(self) -> None:
        """Make every new key durable; LedgerFull when the disk has no room (the keys wait for the next call)."""
        if self._pending:
            with self._lock:
                self._write_pending()

    def close(self) -> None:
        """Shut the file. A key that was never flushed is of no entry that was acknowledged, so it may go."""
        with self._lock:
            self._open = False
            self._file.close()
            self._pending.clear()
            self._cache.clear()

    def _write_pending(self) -> None:
        if not self._open:
            raise LedgerClosed
        if not self._pending:
            return
        rows = [(record, self._wrap(record, key)) for record, key in self._pending.items()]
        with self._writing(), self._file:
            # a write that failed may yet have reached the file; it held these same keys
            self._file.executemany("INSERT INTO keys VALUES (?, ?) ON CONFLICT DO NOTHING", rows)
        self._pending.clear()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Turn what SQLite says into the ledger's refusals."""
        if not self._open:
            raise LedgerClosed
        try:
            yield
        except apsw.FullError as error:
            raise LedgerFull from error
        except apsw.Error as error:
            raise DiskFailed from error

    def _note(self, name: str, value: int) -> None:
        self._file.execute("INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", (name, value))

    def _reread(self) -> None:
        self._meta = {str(name): int(value) for name, value in self._file.execute("SELECT name, value FROM meta")}

    def _fits(self) -> None:
        """Make sure that the master keys are this vault's, before anybody relies on it."""
        if self.epoch not in self._masters:
            raise LedgerFault("vault.bad-key", f"keys/vault.key is of rotation {max(self._masters, default=0)}, the vault of rotation {self.epoch}; "
                              "restore the vault and its key from the same time.")
        for record, wrapped in self._file.execute("SELECT record, wrapped FROM keys WHERE wrapped IS NOT NULL LIMIT 1"):
            self._unwrap(record, wrapped)

    def _epoch_form(self) -> bytes:
        return _FIRST if self.epoch == 1 else _NAMED + self.epoch.to_bytes(_NUMBER)

    def _key(self, record: str, *, create: bool) -> bytes | None:
        if not self._open:
            raise LedgerClosed
        key = self._cache.get(record) or self._pending.get(record)
        if key is None:
            row = self._file.execute("SELECT wrapped, record FROM keys WHERE record = ?", (record,)).get
            if row is not None and row[0] is None:
                return None
            if row is not None:
                key = self._unwrap(record, row[0])
            elif not create:
                raise LedgerFault("vault.no-key", f"the vault has no key of record {record!r}; restore vault.sqlite "
                                  "from a copy that is not older than the ledger.")
            else:
                if len(self._pending) >= MAX_PENDING:
                    self._write_pending()
                key = self._pending[record] = AESGCM.generate_key(256)
        self._cache[record] = key
        self._cache.move_to_end(record)
        if len(self._cache) > MAX_CACHED:
            self._cache.popitem(last=False)
        return key

    def _wrap(self, record: str, key: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        return self._epoch_form() + nonce + self._masters[self.epoch].encrypt(nonce, key, record.encode())

    def _unwrap(self, record: str, wrapped: bytes) -> bytes:
        named = wrapped[:1] == _NAMED
        epoch, start = (int.from_bytes(wrapped[1:1 + _NUMBER]), 1 + _NUMBER) if named else (1, 1)
        try:
            return self._masters[epoch].decrypt(wrapped[start:start + _NONCE], wrapped[start + _NONCE:], record.encode())
        except (InvalidTag, KeyError) as error:
            raise LedgerFault("vault.bad-key", f"the key of {record!r} does not open with keys/vault.key; restore the "
                              "vault and its key from the same copy.") from error


def _altered(record: str) -> LedgerFault:
    return LedgerFault("vault.bad-box", f"a box of {record!r} was altered; audit the ledger.")
