"""A folder for another node: the keys that every node of a house must have, and where its ledger lies."""

from pathlib import Path

from tocsin.ledger import master, node
from tocsin.ledger.checkpoints import NEWEST
from tocsin.ledger.faults import LedgerFault, disk_faults
from tocsin.ledger.keys import load_marking_key, load_papers_key, load_trail_key, read_secret, sync_folder, write_secret
from tocsin.ledger.place import database_of, named, note

_CARRIED = ("signing.pem", master.KEY, "marks.key", "trail.key", "papers.key", node.KEY)


def lay_node(folder: Path, name: str, to: Path) -> None:
    """Lay the keys of the ledger in `folder`, which may be in use, into a new one; the address of the database last, since until it is there
    nothing can be opened. LedgerFault where the ledger lies in the folder itself, a rotation is under way, or the new folder is not empty."""
    database_of(folder, name)
    if to.exists() and any(to.iterdir()):
        raise LedgerFault("node.not-empty", f"{to} is not empty; a node's folder is made anew, and only once.")
    if (folder / "keys" / master.NEXT).exists():
        raise LedgerFault("vault.rotating", "the master key is being rotated; try again in a minute.")
    held = master.load(folder / "keys" / master.KEY, needed=True)
    assert held is not None, "a key that is needed is there, or a fault"
    with disk_faults():
        node.make(folder, held.epoch)
        for load in (load_marking_key, load_trail_key, load_papers_key):
            load(folder)
        (to / "keys").mkdir(mode=0o700, parents=True)
        to.chmod(0o700)
        for one in _CARRIED:
            write_secret(to / "keys" / one, read_secret(folder / "keys" / one))
        if (folder / NEWEST).exists():  # a database that is older than what was signed is noticed there too
            write_secret(to / NEWEST, (folder / NEWEST).read_bytes())
        note(to, named(folder))
        sync_folder(to)
