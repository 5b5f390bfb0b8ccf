"""The audit of a fork: the copy beneath it against what the floor signed, and what the site did by itself against what the site signed."""

from collections.abc import Iterable
from pathlib import Path

from tocsin.ledger.audit import Begins, Report, verify
from tocsin.ledger.faults import LedgerFault
from tocsin.ledger.forked import forked_at
from tocsin.ledger.indexes import open_still
from tocsin.ledger.sqlite import FILE, SqliteReading
from tocsin.ledger.store import with_nodes
from tocsin.ledger.tree import Growth


def verify_fork(folder: Path, public_key: str, copy: Path, floor_key: str, witnessed: Iterable[str] = (), former: Iterable[str] = (),
                witnesses: Iterable[str] = ()) -> tuple[Report, Report]:
    """Audit a fork's folder against its own verifier line, upon the copy in `copy` against the floor's: what was found in the copy, and in the
    fork. `witnessed`, `former` and `witnesses` are the floor's, as in `verify`. Both must be sound for the fork to be: its tree goes on from
    the copy's. Raises BadNote, and LedgerFault where the folder is no fork or the copy is shorter than what it stands on.
    """
    at = forked_at(folder)
    beneath = verify(copy, floor_key, witnessed, former, witnesses)
    if beneath.size < at:
        raise LedgerFault("audit.short-copy", f"{folder} begins after entry {at:,}, and the copy in {copy} holds {beneath.size:,}; name the copy on which it stood.")
    connection = open_still(copy / FILE)
    try:
        reading = SqliteReading(connection)
        growth = with_nodes(reading, lambda node: Growth.resume(at, node))
    finally:
        connection.close()
    return beneath, verify(folder, public_key, begins=Begins(at, growth))
