"""What an answer may look at, now or as it was known at a past instant; it remembers which records' personal fields it opened."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tocsin.house.asker import Asker
from tocsin.house.envelope import opened
from tocsin.kernel import Instant, Kept, Row, Sealed
from tocsin.ledger import Vault


class Looking:
    """The kernel's Sight for one asker: rows, histories, the fleet and the time, as whoever made it has them."""

    def __init__(self, by: Asker, vault: Vault, rows: Callable[[str], Mapping[str, Row]], history: Callable[..., Sequence[Kept]],
                 look: Callable[[str], tuple[Any, ...]], now: Callable[[], Instant]) -> None:
        self.by, self._vault = by, vault
        self.roles: frozenset[str] = frozenset(by.roles)
        self.rows, self.history, self.look, self.now = rows, history, look, now
        self.records: set[str] = set()

    def opened(self, sealed: Sealed | None) -> str | None:
        """The text of a personal field; None where there is none or its key was destroyed."""
        text = opened(sealed, self._vault)
        if sealed is not None and text is not None:
            self.records.add(sealed.record)
        return text
