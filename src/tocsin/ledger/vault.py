"""The vault: one random key per record, wrapped by the master key of an epoch. Destroying the key is the deletion."""

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tocsin.kernel import Refused
from tocsin.ledger.faults import LedgerClosed, LedgerFault
from tocsin.ledger.line import check_name
from tocsin.ledger.wrapped import Wrapped

MAX_TEXT = 1 << 18
MAX_CACHED = 4_096
MAX_PENDING = 10_000
_FIRST, _NAMED = b"\1", b"\2"
"""A wrapped key of the first form is of epoch 1, one of the second names its epoch; a box of the first form is of the first vault, one
of the second names the vault that was begun after the first was lost."""
_NUMBER = 4
_NONCE = 12


def _none() -> Mapping[int, bytes]:
    return {}


def form_of_epoch(epoch: int) -> bytes:
    """How a key begins that is wrapped under the master key of this epoch."""
    return _FIRST if epoch == 1 else _NAMED + epoch.to_bytes(_NUMBER)


class Vault:
    """Seals and opens personal text.

    A new key is written by `flush`, which the sequencer calls before each commit: so a key is durable before any entry
    that needs it is acknowledged, and many new keys cost one sync.
    """

    def __init__(self, place: Wrapped, masters: Mapping[int, bytes], *, create: bool = True, begin: int = 0, newer: Callable[[], Mapping[int, bytes]] = _none,
                 elsewhere: bool = False) -> None:
        """Open a vault with its master keys by epoch. A missing one is made only with `create`; `begin` is the number that a vault gets
        which is begun because the one before it was lost; `newer` brings the master keys that another node has made since. `elsewhere`: of a house
        that copies another's ledger; a record without a key here has it there, and stays sealed here."""
        self._masters = {epoch: AESGCM(secret) for epoch, secret in masters.items()}
        self._place, self._newer, self.elsewhere = place, newer, elsewhere
        self._lock = threading.RLock()
        self._cache: OrderedDict[str, bytes] = OrderedDict()
        self._pending: dict[str, bytes] = {}
        self._gone: set[str] = set()
        self._follows = False
        self._cursor = ""
        place.begin(create=create, number=begin)
        self._meta = place.numbers()
        self._open = True
        self._form = _NAMED + self.number.to_bytes(_NUMBER) if self.number else _FIRST
        try:
            self._fits()
        except LedgerFault:
            place.close()
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
    def settled_epoch(self) -> int:
        """The epoch of which it is known that no key is wrapped under an older one; 0 where nobody but us has to know."""
        return self._meta.get("settled", 0)

    @property
    def owes_rotation(self) -> bool:
        """Whether keys were destroyed since the last rotation was begun, so that older copies of this file still hold them."""
        return self._meta.get("owes", 0) > 0

    def seal(self, record: str, text: str) -> bytes:
        """The text under the record's key, made at the first call; Refused for a record whose key was destroyed."""
        return self.seal_all([(record, text)])[0]

    def seal_all(self, texts: Sequence[tuple[str, str]]) -> list[bytes]:
        """`seal` for several (record, text), with one question to the place where the keys lie; if one is refused, so are all."""
        clears = [(record, text.encode()) for record, text in texts]
        if any(len(clear) > MAX_TEXT for _, clear in clears):
            raise Refused("vault.too-long", f"A personal field is at most {MAX_TEXT:,} bytes.",
                          f"个人信息字段最多 {MAX_TEXT:,} 字节。", status=422)
        return self._seal(clears)

    def seal_bytes(self, record: str, clear: bytes) -> bytes:
        """Bytes of any length under the record's key; whoever keeps them sees to their limit."""
        return self._seal([(record, clear)])[0]

    def _seal(self, clears: Sequence[tuple[str, bytes]]) -> list[bytes]:
        records = list(dict.fromkeys(record for record, _ in clears))
        for record in records:
            check_name(record)
        with self._lock:
            keys = self._keys(records, create=True) if records else {}
        if None in keys.values():
            raise Refused("vault.destroyed", "This record's key was destroyed; nothing can be added to it.",
                          "该记录的密钥已销毁，不能再写入。")
        return [self._box(record, cast(bytes, keys[record]), clear) for record, clear in clears]

    def _box(self, record: str, key: bytes, clear: bytes) -> bytes:
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
            key = self._keys((record,), create=False)[record]
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
        with self._lock:
            self._write_pending()
            for record in gone:
                self._cache.pop(record, None)
            changed = self._place.destroy(gone, upto if upto > self.forgotten_to else 0)
            self._gone.difference_update(gone)
            self._meta = self._place.numbers()
            return changed

    def told_gone(self, record: str) -> None:
        """It is kept that this record's key is destroyed, whoever does it: nothing of it opens here from now on."""
        with self._lock:
            self._gone.add(record)
            self._cache.pop(record, None)

    def follow(self) -> None:
        """Another node writes from now on. A new key that was not written is of no entry that was acknowledged, and that node may have made
        another for its record: it opens nothing any more."""
        with self._lock:
            self._follows = True
            self._cache.clear()

    def lead(self) -> None:
        """This node writes from now on, once more perhaps: what it had not written is still to be, where no other made a key meanwhile."""
        with self._lock:
            self.look_again()
            held = self._place.find(self._pending)
            self._pending = {record: key for record, key in self._pending.items() if record not in held}
            self._follows = False

    def look_again(self) -> None:
        """Where another node writes: see what it noted, take over its newest master key, and be reminded of no more than what it has yet to destroy."""
        with self._lock:
            if not self._open:
                return
            self._meta = self._place.numbers()
            if self.epoch not in self._masters:
                self._take_newer()
            self._gone = set(self._place.living(self._gone))

    def living(self, records: Iterable[str]) -> frozenset[str]:
        """Those of the records that have a key."""
        with self._lock:
            if not self._open:
                raise LedgerClosed
            asked = frozenset(records)
            return (asked & self._pending.keys()) | self._place.living(asked - self._pending.keys())

    def count(self) -> int:
        """How many records have a key."""
        with self._lock:
            return self._place.count() + len(self._pending)

    def adopt(self, epoch: int, secret: bytes, sealed: bytes = b"") -> None:
        """From now on wrap new keys under this master, which the other nodes get as `sealed`; those wrapped before are of use until `rewrap`
        has been through them all."""
        with self._writing():
            self._masters[epoch] = AESGCM(secret)
            self._place.adopt(epoch, sealed)
            self._meta = self._place.numbers()
            self._cursor = ""

    def rewrap(self, limit: int) -> int:
        """Wrap up to so many keys of older epochs anew, in one transaction; 0 when there is none left."""
        with self._writing():
            old = self._place.older(self._epoch_form(), self._cursor, limit)
        rows = [(self._wrap(record, self._unwrap(record, wrapped)), record, wrapped) for record, wrapped in old]  # sealing goes on meanwhile
        with self._writing():
            self._place.rewrap(rows)
            self._cursor = rows[-1][1] if rows else ""
            return len(rows)

    def settled(self) -> bool:
        """Whether no key is wrapped under an older master any more, and the place has left no trace of those that were."""
        with self._writing():
            form = self._epoch_form()
        if self._place.has_older(form):  # all keys are looked at, and sealing goes on meanwhile: what is sealed from now on is under the newest master
            return False
        with self._writing():
            return self._place.settle(self.epoch)

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
        """Shut it. A key that was never flushed is of no entry that was acknowledged, so it may go."""
        with self._lock:
            self._open = False
            self._place.close()
            self._pending.clear()
            self._cache.clear()

    def _write_pending(self) -> None:
        if not self._open:
            raise LedgerClosed
        if self._pending:
            self._place.keep([(record, self._wrap(record, key)) for record, key in self._pending.items()])
            self._pending.clear()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._lock:
            if not self._open:
                raise LedgerClosed
            yield

    def _fits(self) -> None:
        """Make sure that the master keys are this vault's, before anybody relies on it."""
        if self.epoch not in self._masters:
            self._take_newer()
        if self.epoch not in self._masters:
            raise LedgerFault("vault.bad-key", f"keys/vault.key is of rotation {max(self._masters, default=0)}, the vault of rotation {self.epoch}; "
                              "restore the vault and its key from the same time.")
        some = self._place.any()
        if some is not None:
            self._unwrap(*some)

    def _take_newer(self) -> None:
        self._masters |= {epoch: AESGCM(secret) for epoch, secret in self._newer().items()}

    def _epoch_form(self) -> bytes:
        return form_of_epoch(self.epoch)

    def _keys(self, records: Sequence[str], *, create: bool) -> dict[str, bytes | None]:
        """The key of each record, made where there was none and `create`; None of one that was destroyed, or is only elsewhere."""
        if not self._open:
            raise LedgerClosed
        at_hand = {record: self._cache.get(record) or (None if self._follows else self._pending.get(record)) for record in records if record not in self._gone}
        asked = [record for record, key in at_hand.items() if key is None]
        held = self._place.find(asked) if asked else {}
        for record in asked:
            found = held.get(record)
            if found is None:
                at_hand[record] = self._without(record, create=create)
            elif found.wrapped is not None:
                at_hand[record] = self._unwrap(record, found.wrapped)
        for record, key in at_hand.items():
            if key is not None:
                self._cache[record] = key
                self._cache.move_to_end(record)
        while len(self._cache) > MAX_CACHED:
            self._cache.popitem(last=False)
        return dict.fromkeys(records) | at_hand

    def _without(self, record: str, *, create: bool) -> bytes | None:
        """A record that the place does not know: a new key, or none where it is elsewhere."""
        if create:
            return self._new(record)
        if self.elsewhere:
            return None
        raise LedgerFault("vault.no-key", f"{self._place.words} has no key of record {record!r}; restore it "
                          "from a copy that is not older than the ledger.")

    def _new(self, record: str) -> bytes:
        self._place.must_lead()
        if len(self._pending) >= MAX_PENDING:
            self._write_pending()
        key = self._pending[record] = AESGCM.generate_key(256)
        return key

    def _wrap(self, record: str, key: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        return self._epoch_form() + nonce + self._masters[self.epoch].encrypt(nonce, key, record.encode())

    def _unwrap(self, record: str, wrapped: bytes) -> bytes:
        named = wrapped[:1] == _NAMED
        epoch, start = (int.from_bytes(wrapped[1:1 + _NUMBER]), 1 + _NUMBER) if named else (1, 1)
        if epoch > max(self._masters, default=0):
            self._take_newer()
        try:
            return self._masters[epoch].decrypt(wrapped[start:start + _NONCE], wrapped[start + _NONCE:], record.encode())
        except (InvalidTag, KeyError) as error:
            raise LedgerFault("vault.bad-key", f"the key of {record!r} does not open with keys/vault.key; restore the "
                              "vault and its key from the same copy.") from error


def _altered(record: str) -> LedgerFault:
    return LedgerFault("vault.bad-box", f"a box of {record!r} was altered; audit the ledger.")
