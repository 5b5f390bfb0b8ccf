"""Where a ledger's rows lie: in the folder, or in the database that the folder names, so that every command finds the same ones."""

from pathlib import Path

from tocsin.ledger.faults import LedgerFault
from tocsin.ledger.keys import read_secret, write_secret
from tocsin.ledger.nodes import ALONE, Node
from tocsin.ledger.postgres import PostgresStore, is_address
from tocsin.ledger.sqlite import FILE, SqliteStore
from tocsin.ledger.store import Store

NAMED = "database"
"""The file in a ledger's folder with the database's address. It may hold a password, so only its owner reads it."""


def store_of(folder: Path, name: str, database: str = "", node: Node = ALONE) -> Store:
    """The store of a ledger; LedgerFault where the setting, the folder's own note and what lies in it do not agree."""
    path, noted = folder / FILE, named(folder)
    address = database or noted
    if not address and node is not ALONE:
        raise LedgerFault("ledger.one-house", f"{path} is a file, on which one house stands; several stand on PostgreSQL: name it in TOCSIN_DATABASE.")
    if not address:
        return SqliteStore(path)
    if not is_address(address):
        raise LedgerFault("ledger.bad-database", "TOCSIN_DATABASE is no address of PostgreSQL: postgresql://user@host/database.")
    store = PostgresStore(address, name, node)
    if path.exists():
        raise LedgerFault("ledger.two-places", f"{path} is there and {store.words} is named too; copy the one into the other with `tocsin ledger copy`, and set it aside.")
    if noted and PostgresStore(noted, name).words != store.words:
        raise LedgerFault("ledger.other-database", f"{folder} belongs to {PostgresStore(noted, name).words}, and {store.words} is named; copy the ledger "
                          "with `tocsin ledger copy` first.")
    if address != noted:
        note(folder, address)
    return store


def named(folder: Path) -> str:
    """The address that the folder names; empty where its rows lie in itself."""
    return read_secret(folder / NAMED).decode().strip() if (folder / NAMED).exists() else ""


def begun(folder: Path) -> bool:
    """Whether a folder is a ledger's, wherever its rows lie."""
    return (folder / FILE).is_file() or bool(named(folder))


def note(folder: Path, address: str) -> None:
    """From now on the ledger of this folder lies there."""
    write_secret(folder / NAMED, f"{address}\n".encode())


def database_of(folder: Path, name: str) -> PostgresStore:
    """The database in which the ledger of a folder lies; LedgerFault where it lies in the folder itself."""
    if not named(folder):
        raise LedgerFault("ledger.no-database", f"the ledger of {folder} lies in the folder itself, not in PostgreSQL.")
    return PostgresStore(named(folder), name)
