"""What the vault asks of the place where its wrapped keys lie: a file of SQLite beside the ledger, or the tables of its database."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

import msgspec


class Key(msgspec.Struct, frozen=True):
    """A record that the place knows, and its wrapped key; None where that was destroyed."""

    wrapped: bytes | None


class Wrapped(Protocol):
    """Keys by record, and a few numbers by name. What was written is durable when the call returns. Refused (Unreadable, LedgerFull,
    DiskFailed, Follows) where it cannot be done; nothing of a call is half done."""

    @property
    def words(self) -> str:
        """What it is called in messages."""

    def begin(self, *, create: bool, number: int) -> None:
        """Open it: make one where there is none only with `create`; `number` is noted of one that is begun after a loss. LedgerFault."""

    def numbers(self) -> Mapping[str, int]:
        """What is noted: `epoch`, `vault`, `forgotten_to`, `owes`, `settled`."""

    def must_lead(self) -> None:
        """Follows, where another node is the one that writes: a key that was made here would be no key of what that one seals."""

    def find(self, records: Collection[str]) -> Mapping[str, Key]:
        """What is known of records; those that never had a key are not among them."""

    def living(self, records: Iterable[str]) -> frozenset[str]:
        """Those of the records that have a key."""

    def count(self) -> int:
        """How many records have a key."""

    def any(self) -> tuple[str, bytes] | None:
        """Some record with its wrapped key; None where there is none."""

    def keep(self, rows: Sequence[tuple[str, bytes]]) -> None:
        """Keep new keys. A record that is there stays as it is: a write that failed may yet have arrived, and it held these same keys."""

    def destroy(self, records: Sequence[str], upto: int) -> int:
        """Forget the keys of records and let them have none again; note what is owed, and how far the ledger was carried out. How many there were."""

    def adopt(self, epoch: int, sealed: bytes) -> None:
        """From now on keys are wrapped under the master of this epoch. `sealed` is that master for the other nodes; empty where there are none."""

    def older(self, form: bytes, after: str, limit: int) -> list[tuple[str, bytes]]:
        """Up to so many records after this one, in order, whose wrapped keys do not begin so."""

    def rewrap(self, rows: Sequence[tuple[bytes, str, bytes]]) -> None:
        """Put a wrapped key in the place of another, by (new, record, old); not for one that was destroyed meanwhile."""

    def has_older(self, form: bytes) -> bool:
        """Whether any wrapped key does not begin so; asked beside the others, since it looks at all."""

    def settle(self, epoch: int) -> bool:
        """No key is wrapped under an older master any more: leave no trace of those that were, and tell the other nodes. False: try again later."""

    def masters(self, after: int) -> list[tuple[int, bytes]]:
        """The sealed masters of newer epochs, in order."""

    def close(self) -> None:
        """Let it go."""
