"""Rotation: every living key is wrapped anew under a new master key, and the old one is destroyed, so that older copies of the vault open
with nothing that exists.

Each wrapped key names the epoch of its master. So the order alone makes a stop at any moment harmless: the next master is on the
disk before the vault names its epoch; both are there while keys are wrapped anew, a batch at a time; the old one is overwritten once
no wrapped key names it. Whatever was begun goes on at the next start.
"""

from pathlib import Path

from tocsin.ledger import master
from tocsin.ledger.vault import Vault

AT_ONCE = 1_000
"""Keys wrapped anew in one transaction: sealing waits for no more than one of these."""


class Rotation:
    """The rotations of one vault, whose master keys stand in the ledger's folder."""

    def __init__(self, vault: Vault, folder: Path) -> None:
        self._vault, self._folder = vault, folder
        following = master.load(folder / "keys" / master.NEXT, needed=False)
        self.under_way = following is not None and following.epoch == vault.epoch
        if not self.under_way and (folder / "keys" / master.NEXT).exists():
            master.scrap_next(folder)  # the vault never came to name it
            vault.disown(vault.epoch + 1)

    def begin(self) -> None:
        """Begin one, unless one is under way."""
        if not self.under_way:
            following = master.make(self._vault.epoch + 1)
            master.begin_next(self._folder, following)
            self._vault.adopt(following.epoch, following.secret)
            self.under_way = True

    def go_on(self, keys: int) -> bool:
        """Wrap about so many keys anew; True once none is left under the old master, and that is destroyed."""
        if not self.under_way:
            return True
        for _ in range(max(1, keys // AT_ONCE)):
            if self._vault.rewrap(AT_ONCE) == 0:
                if not self._vault.settled():
                    return False  # a reader holds the old pages; the next time
                master.end_old(self._folder)
                self._vault.disown(*range(1, self._vault.epoch))
                self.under_way = False
                return True
        return False
