"""Rotation: every living key is wrapped anew under a new master key, and the old one is destroyed, so that older copies of the vault open
with nothing that exists.

Each wrapped key names the epoch of its master. So the order alone makes a stop at any moment harmless: the next master is on the
disk before the vault names its epoch; both are there while keys are wrapped anew, a batch at a time; the old one is overwritten once
no wrapped key names it. Whatever was begun goes on at the next start, and where the vault is in a database, at whichever node leads.
"""

from collections.abc import Mapping
from pathlib import Path

from tocsin.ledger import master, node
from tocsin.ledger.vault import Vault
from tocsin.ledger.wrapped import Wrapped

AT_ONCE = 1_000
"""Keys wrapped anew in one transaction: sealing waits for no more than one of these."""


class Rotation:
    """The rotations of one vault, whose master keys stand in the ledger's folder; `shared` where other nodes' folders have them too."""

    def __init__(self, vault: Vault, folder: Path, *, shared: bool = False) -> None:
        self._vault, self._folder, self._shared = vault, folder, shared
        self.under_way = False
        self.resume()

    def resume(self) -> None:
        """Go on from what the folder and the vault say: at the start, and when a node that followed has come to lead."""
        following = master.load(self._folder / "keys" / master.NEXT, needed=False)
        self.under_way = following is not None and following.epoch == self._vault.epoch
        if not self.under_way and (self._folder / "keys" / master.NEXT).exists():
            master.scrap_next(self._folder)  # the vault never came to name it
            self._vault.disown(self._vault.epoch + 1)
        if self._shared:
            node.make(self._folder, self._vault.epoch)
            if not self.under_way:
                node.move_on(self._folder, self._vault.epoch)

    def begin(self) -> None:
        """Begin one, unless one is under way."""
        if not self.under_way:
            following = master.make(self._vault.epoch + 1)
            master.begin_next(self._folder, following)
            self._vault.adopt(following.epoch, following.secret, node.seal(self._folder, following) if self._shared else b"")
            self.under_way = True

    def go_on(self, keys: int) -> bool:
        """Wrap about so many keys anew; True once none is left under the old master, and that is destroyed."""
        if not self.under_way:
            return True
        for _ in range(max(1, keys // AT_ONCE)):
            if self._vault.rewrap(AT_ONCE) == 0:
                if not self._vault.settled():
                    return False  # a reader holds the old pages; the next time
                self._end()
                return True
        return False

    def look_again(self) -> None:
        """Where another node rotates: destroy our copy of the old master as well, once nothing is wrapped under it."""
        self._vault.look_again()
        following = master.load(self._folder / "keys" / master.NEXT, needed=False)
        self.under_way = following is not None
        if following is not None and self._vault.settled_epoch >= following.epoch:
            self._end()

    def _end(self) -> None:
        master.end_old(self._folder)
        if self._shared:
            node.move_on(self._folder, self._vault.epoch)
        self._vault.disown(*range(1, self._vault.epoch))
        self.under_way = False


def take_newer(folder: Path, place: Wrapped) -> Mapping[int, bytes]:
    """Lay the master keys that another node made since beside ours, as that one did; all that are here now, by epoch.

    Of more than one the newest two are kept: whatever is older wraps nothing any more. One of ours that another node's took the place
    of never came into use.
    """
    keys = folder / "keys"
    current = master.load(keys / master.KEY, needed=False)
    for epoch, sealed in place.masters(current.epoch if current is not None else 0):
        newer, following = node.open_sealed(folder, epoch, sealed), master.load(keys / master.NEXT, needed=False)
        if following is not None and following.epoch < epoch:
            master.end_old(folder)
        if following != newer:
            master.begin_next(folder, newer)
    return master.masters(folder, create=False)
