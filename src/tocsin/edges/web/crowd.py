"""Connections by whom they count towards: an address while nobody knows whose they are, the key or session once that was shown. So many each, so many in all."""

from collections import OrderedDict
from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T", bound=Hashable)


class Crowd(Generic[T]):
    """In the order in which they came. One more names the one that has to go for it: the first of its own where those are too many, else the first of all.
    So nobody is kept out by those who hold their places and do nothing with them, and whoever has many loses their own first."""

    def __init__(self) -> None:
        self._whose: OrderedDict[T, str] = OrderedDict()
        self._of: dict[str, OrderedDict[T, None]] = {}

    def __len__(self) -> int:
        return len(self._whose)

    def __iter__(self) -> Iterator[T]:
        return iter(self._whose)

    def come(self, one: T, whose: str, *, most: int, each: int) -> T | None:
        """Take one in, as the last; the one that has to go, which is out already."""
        self.leave(one)
        self._whose[one] = whose
        own = self._of.setdefault(whose, OrderedDict())
        own[one] = None
        gone = next(iter(own)) if len(own) > each else next(iter(self._whose)) if len(self._whose) > most else None
        if gone is not None:
            self.leave(gone)
        return gone

    def leave(self, one: T) -> None:
        """Let one out; nothing where it is not in."""
        whose = self._whose.pop(one, None)
        if whose is not None:
            own = self._of[whose]
            del own[one]
            if not own:
                del self._of[whose]
