"""Wrapped keys in the ledger's database, for every node. A wrapped key that was destroyed lives on in older versions of its row, in the
database's own log and in its copies: what answers for those is the rotation of the master, as with every copy of a vault."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from tocsin.kernel import Refused
from tocsin.ledger.faults import LedgerFault
from tocsin.ledger.postgres import PostgresStore
from tocsin.ledger.postgres_side import Side, Writes
from tocsin.ledger.wrapped import Key

_NOTE = "INSERT INTO {s}.vault_meta VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET value = excluded.value"


class WrappedTables:
    """The vault's tables. Every node reads them, the one that leads writes."""

    def __init__(self, store: PostgresStore) -> None:
        self._side, self._beside = Side(store), Side(store)

    @property
    def words(self) -> str:
        return f"the vault in {self._side.store.words}"

    def begin(self, *, create: bool, number: int) -> None:
        try:
            if number:
                self._side.write(lambda writes: _begun_anew(writes, number))
            self.numbers()
        except Refused as error:
            raise LedgerFault("vault.unreadable", f"{self.words} cannot be read; make sure of the database, or restore a copy.") from error

    def numbers(self) -> Mapping[str, int]:
        return {str(name): int(value) for name, value in self._side.ask("SELECT name, value FROM {s}.vault_meta")}

    def must_lead(self) -> None:
        self._side.must_lead()

    def find(self, records: Collection[str]) -> Mapping[str, Key]:
        return {record: Key(wrapped) for record, wrapped in
                (self._side.ask("SELECT record, wrapped FROM {s}.vault_keys WHERE record = ANY(%s)", list(records)) if records else ())}

    def living(self, records: Iterable[str]) -> frozenset[str]:
        asked = list(records)
        return frozenset(row[0] for row in self._side.ask("SELECT record FROM {s}.vault_keys WHERE record = ANY(%s) AND wrapped IS NOT NULL", asked)) if asked else frozenset()

    def count(self) -> int:
        return int(self._side.ask("SELECT count(*) FROM {s}.vault_keys WHERE wrapped IS NOT NULL")[0][0])

    def any(self) -> tuple[str, bytes] | None:
        found = self._side.ask("SELECT record, wrapped FROM {s}.vault_keys WHERE wrapped IS NOT NULL LIMIT 1")
        return (found[0][0], found[0][1]) if found else None

    def keep(self, rows: Sequence[tuple[str, bytes]]) -> None:
        self._side.send("INSERT INTO {s}.vault_keys SELECT * FROM unnest(%s::text[], %s::bytea[]) ON CONFLICT DO NOTHING", *map(list, zip(*rows, strict=True)))

    def destroy(self, records: Sequence[str], upto: int) -> int:
        def destroyed(writes: Writes) -> int:
            changed = writes.do("UPDATE {s}.vault_keys SET wrapped = NULL WHERE record = ANY(%s) AND wrapped IS NOT NULL", list(records))
            writes.do("INSERT INTO {s}.vault_keys SELECT unnest(%s::text[]), NULL ON CONFLICT DO NOTHING", list(records))
            if changed:
                writes.do("INSERT INTO {s}.vault_meta AS held VALUES ('owes', %s) ON CONFLICT (name) DO UPDATE SET value = held.value + excluded.value", changed)
            if upto:
                writes.do("INSERT INTO {s}.vault_meta AS held VALUES ('forgotten_to', %s) ON CONFLICT (name) DO UPDATE SET value = greatest(held.value, excluded.value)", upto)
            return changed

        return self._side.write(destroyed)

    def adopt(self, epoch: int, sealed: bytes) -> None:
        def adopted(writes: Writes) -> None:
            writes.do("INSERT INTO {s}.masters VALUES (%s, %s) ON CONFLICT (epoch) DO UPDATE SET sealed = excluded.sealed", epoch, sealed)
            writes.do(_NOTE, "epoch", epoch)
            writes.do(_NOTE, "owes", 0)

        self._side.write(adopted)

    def older(self, form: bytes, after: str, limit: int) -> list[tuple[str, bytes]]:
        return [(record, wrapped) for record, wrapped in self._side.ask(
            "SELECT record, wrapped FROM {s}.vault_keys WHERE record > %s AND wrapped IS NOT NULL AND substr(wrapped, 1, %s) <> %s ORDER BY record LIMIT %s",
            after, len(form), form, limit)]

    def rewrap(self, rows: Sequence[tuple[bytes, str, bytes]]) -> None:
        if rows:
            self._side.send("UPDATE {s}.vault_keys AS held SET wrapped = given.new FROM unnest(%s::bytea[], %s::text[], %s::bytea[]) AS given (new, record, old) "
                            "WHERE held.record = given.record AND held.wrapped = given.old", *map(list, zip(*rows, strict=True)))

    def has_older(self, form: bytes) -> bool:
        return bool(self._beside.ask("SELECT 1 FROM {s}.vault_keys WHERE wrapped IS NOT NULL AND substr(wrapped, 1, %s) <> %s LIMIT 1", len(form), form))

    def settle(self, epoch: int) -> bool:
        def settled(writes: Writes) -> None:
            writes.do("DELETE FROM {s}.masters WHERE epoch < %s", epoch)
            writes.do(_NOTE, "settled", epoch)

        self._side.write(settled)
        return True

    def masters(self, after: int) -> list[tuple[int, bytes]]:
        return [(int(epoch), sealed) for epoch, sealed in self._side.ask("SELECT epoch, sealed FROM {s}.masters WHERE epoch > %s ORDER BY epoch", after)]

    def close(self) -> None:
        self._side.close()
        self._beside.close()


def _begun_anew(writes: Writes, number: int) -> None:
    """What is left of the vault before this one is set aside under another name, not destroyed."""
    aside = f"vault_keys_lost_{number:08x}"
    writes.do("ALTER TABLE {s}.vault_keys RENAME TO " + aside)  # of our own making: a number in hexadecimal
    writes.do('CREATE TABLE {s}.vault_keys (record text COLLATE "C" PRIMARY KEY, wrapped bytea)')
    writes.do("DELETE FROM {s}.masters")
    writes.do("DELETE FROM {s}.vault_meta")
    writes.do(_NOTE, "vault", number)
