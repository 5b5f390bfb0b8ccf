"""A ledger's tables brought up to this program's version: rehearsed first, then done, in one transaction either way; and what an older
version kept in the folder beside them brought in."""

from pathlib import Path
from time import perf_counter

from tocsin.ledger.carrying import set_aside, to_database
from tocsin.ledger.faults import LedgerFault
from tocsin.ledger.place import database_of
from tocsin.ledger.postgres_schema import Told
from tocsin.ledger.store import StoreFailed
from tocsin.ledger.wrapped_sqlite import VAULT


def migrate(folder: Path, name: str, told: Told, *, rehearse: bool) -> tuple[int, int]:
    """Migrate the ledger of a folder, with no house on it; from which version to which. A rehearsal takes everything back at its end. Broken off
    anywhere, it is done again."""
    store = database_of(folder, name)
    try:
        before, after = store.migrate(rehearse=rehearse, told=told)
        if not rehearse and (folder / VAULT).exists():
            begun = perf_counter()
            to_database(folder, store)
            set_aside(folder)
            told("keys, files and papers of the folder", perf_counter() - begun)
        return before, after
    except StoreFailed as error:
        raise LedgerFault("ledger.unreadable", f"the database failed ({error}); nothing of the migration was kept, do it again.") from error
