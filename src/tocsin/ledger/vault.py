"""The vault: one random key per record, wrapped by a master key. Destroying the key is the deletion."""

import os
import threading
from collections import OrderedDict
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
_FORM = b"\1"
_NONCE = 12


class Vault:
    """Seals and opens personal text.

    A new key is written by `flush`, which the sequencer calls before each commit: so a key is durable before any entry
    that needs it is acknowledged, and many new keys cost one sync.
    """

    def __init__(self, path: Path, master: bytes) -> None:
        self._master = AESGCM(master)
        self._lock = threading.Lock()
        self._cache: OrderedDict[str, bytes] = OrderedDict()
        self._pending: dict[str, bytes] = {}
        try:
            self._file = apsw.Connection(str(path))
            self._file.set_busy_timeout(5_000)
            self._file.pragma("journal_mode", "wal")
            self._file.pragma("synchronous", "full")
            self._file.pragma("secure_delete", True)
            self._file.execute(
                "CREATE TABLE IF NOT EXISTS keys (record TEXT PRIMARY KEY, wrapped BLOB) STRICT, WITHOUT ROWID")
        except apsw.Error as error:
            raise LedgerFault("vault.unreadable", f"{path} is not a vault; restore a copy ({error}).") from error
        self._open = True

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
        return _FORM + nonce + AESGCM(key).encrypt(nonce, clear, record.encode())

    def open(self, record: str, box: bytes) -> str | None:
        """The text of a box; None once the record's key was destroyed. A box that was altered or moved is a fault."""
        clear = self.open_bytes(record, box)
        try:
            return None if clear is None else clear.decode()
        except UnicodeDecodeError as error:
            raise _altered(record) from error

    def open_bytes(self, record: str, box: bytes) -> bytes | None:
        """The bytes of a box, as `open`."""
        with self._lock:
            key = self._key(record, create=False)
        if key is None:
            return None
        if box[:1] != _FORM:
            raise LedgerFault("vault.bad-box", f"a box of record {record!r} is of an unknown form; upgrade Tocsin.")
        try:
            return AESGCM(key).decrypt(box[1:1 + _NONCE], box[1 + _NONCE:], record.encode())
        except (InvalidTag, ValueError) as error:
            raise _altered(record) from error

    def destroy(self, record: str) -> bool:
        """Forget the record's key for ever, durably; False when it had none. A second call changes nothing."""
        with self._lock:
            self._write_pending()
            self._cache.pop(record, None)
            try:
                self._file.execute("UPDATE keys SET wrapped = NULL WHERE record = ? AND wrapped IS NOT NULL", (record,))
                changed = self._file.changes() > 0
                self._file.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()  # the old page must not live on in it
            except apsw.FullError as error:
                raise LedgerFull from error
            except apsw.Error as error:
                raise DiskFailed from error
            return changed

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
        try:
            with self._file:
                # a write that failed may yet have reached the file; it held these same keys
                self._file.executemany("INSERT INTO keys VALUES (?, ?) ON CONFLICT DO NOTHING", rows)
        except apsw.FullError as error:
            raise LedgerFull from error
        except apsw.Error as error:
            raise DiskFailed from error
        self._pending.clear()

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
        return _FORM + nonce + self._master.encrypt(nonce, key, record.encode())

    def _unwrap(self, record: str, wrapped: bytes) -> bytes:
        try:
            return self._master.decrypt(wrapped[1:1 + _NONCE], wrapped[1 + _NONCE:], record.encode())
        except InvalidTag as error:
            raise LedgerFault("vault.bad-key", f"the key of {record!r} does not open with keys/vault.key; restore the "
                              "vault and its key from the same copy.") from error


def _altered(record: str) -> LedgerFault:
    return LedgerFault("vault.bad-box", f"a box of {record!r} was altered; audit the ledger.")
