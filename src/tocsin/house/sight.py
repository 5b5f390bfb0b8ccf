"""What an answer may look at, now or as it was known at a past instant; it remembers which records' personal fields it opened."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tocsin.engines.own_use import OwnKind
from tocsin.house.asker import Asker
from tocsin.house.envelope import opened
from tocsin.house.showing import Showing
from tocsin.kernel import WITHHELD, Field, Instant, Kept, Row, Sealed
from tocsin.ledger import Vault


class Looking:
    """The kernel's Sight for one asker: rows, histories, the fleet and the time, as whoever made it has them."""

    def __init__(self, by: Asker, showing: Showing, vault: Vault, rows: Callable[[str], Mapping[str, Row]], history: Callable[..., Sequence[Kept]],
                 look: Callable[[str], tuple[Any, ...]], now: Callable[[], Instant]) -> None:
        self.by, self._showing, self._vault = by, showing, vault
        self.roles: frozenset[str] = frozenset(by.roles)
        self.rows, self.history, self.look, self.now = rows, history, look, now
        self.shown: dict[str, set[Field]] = {}
        """By record: the classes of field that were opened."""
        self.own: dict[str, set[OwnKind]] = {}
        """By record: which of the asker's own details stood in what was opened."""

    def opened(self, sealed: Sealed | None, field: Field = "words") -> str | None:
        """The text of a personal field; None where there is none or its key was destroyed, WITHHELD where it is not for this purpose."""
        text = opened(sealed, self._vault)
        if sealed is None or text is None:
            return WITHHELD if sealed is not None and self._vault.elsewhere else None
        if self._showing.no is not None:
            raise self._showing.no
        if field not in self._showing.fields:
            return WITHHELD
        self.shown.setdefault(sealed.record, set()).add(field)
        if self.by.own is not None and (own := self.by.own.found(text)):
            self.own.setdefault(sealed.record, set()).update(own)
        return text
