"""What lies beside a ledger's entries, in its folder or in its database with them: the vault with its rotation, files, papers."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tocsin.kernel import Refused
from tocsin.ledger.boxes import FILES, BoxFolder, BoxTable
from tocsin.ledger.carrying import bring_papers
from tocsin.ledger.faults import LedgerFault
from tocsin.ledger.files import Boxes, FileStore
from tocsin.ledger.master import masters
from tocsin.ledger.nodes import ALONE
from tocsin.ledger.papers import PaperTable
from tocsin.ledger.postgres import PostgresStore
from tocsin.ledger.rewrap import Rotation, take_newer
from tocsin.ledger.roll import Roll
from tocsin.ledger.store import Store
from tocsin.ledger.vault import Vault
from tocsin.ledger.wrapped import Wrapped
from tocsin.ledger.wrapped_postgres import WrappedTables
from tocsin.ledger.wrapped_sqlite import VAULT, WrappedFile

_LOG = logging.getLogger("tocsin.ledger")


class Beside:
    """The vault, files and papers of one ledger."""

    def __init__(self, folder: Path, store: Store, *, create: bool, begin: int, leads: Callable[[], bool], elsewhere: bool = False) -> None:
        """Open what is there; a vault that is missing is made only with `create`, and `begin` is the number of one that is begun after a loss.
        `leads` tells whether this node is the one that writes."""
        self._folder, self._store = folder, store
        held, shared = masters(folder, create=create), isinstance(store, PostgresStore)
        if shared and (folder / VAULT).exists():
            raise LedgerFault("vault.two-places", f"{folder / VAULT} is there, and the ledger's vault is in {store.words}; bring it there with `tocsin ledger migrate`.")
        place: Wrapped = WrappedTables(store) if isinstance(store, PostgresStore) else WrappedFile(folder / VAULT)
        if shared and not begin:
            with _closed_where_it_fails(place):
                held = dict(take_newer(folder, place))
        boxes: Boxes = BoxTable(store) if isinstance(store, PostgresStore) else BoxFolder(folder / FILES)
        self.vault = Vault(place, held, create=create, begin=begin, newer=partial(take_newer, folder, place), elsewhere=elsewhere)
        with _closed_where_it_fails(place):
            self.rotation = Rotation(self.vault, folder, shared=shared)
        self.files = FileStore(boxes, self.vault)
        self.papers = PaperTable(store, folder, leads) if isinstance(store, PostgresStore) else None
        """The papers of the house where they lie in the database; None where they are files of its data folder."""
        self.roll = Roll(store) if isinstance(store, PostgresStore) and store.node is not ALONE else None
        """Where each of several nodes stands; None for one that is alone."""

    def look_again(self) -> None:
        """Where another node leads: see what it changed. Whatever fails is tried again at the next look; what needs it says so until then."""
        try:
            self.rotation.look_again()
        except (Refused, LedgerFault) as error:
            _LOG.warning("what the leader changed beside the entries could not be taken over: %s", error)

    def follow(self) -> None:
        """Another node took the lead from this one: nothing is written here any more."""
        if isinstance(self._store, PostgresStore):
            self._store.follow()
        self.vault.follow()

    def lead(self) -> None:
        """The lead fell to this node: see what the one before it changed last, and go on with what that one had begun."""
        self.rotation.look_again()
        self.vault.lead()
        self.rotation.resume()
        if self.papers is not None:
            self.papers.look()

    def begin_to_lead(self) -> None:
        """At the start of one that leads at once."""
        if self.papers is not None:
            bring_papers(self._folder, self.papers)

    def close(self) -> None:
        """Let go of all of it."""
        self.vault.close()
        self.files.close()
        if self.papers is not None:
            self.papers.close()
        if self.roll is not None:
            self.roll.close()


@contextmanager
def _closed_where_it_fails(place: Wrapped) -> Iterator[None]:
    try:
        yield
    except BaseException:
        place.close()
        raise
