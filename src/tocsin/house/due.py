"""What the rooms' reactions still ask to be done: noted as facts are kept, claimed by one thread, gone when it is kept that they are done."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Condition, Lock

from tocsin.kernel import Command, Kept, Room


class Due:
    """Reactions that are due, by key, in order: the position that caused it, the room, the command."""

    def __init__(self, rooms: Sequence[Room]) -> None:
        self._rooms = rooms
        self._due: dict[str, tuple[int, str, Command]] = {}
        self._claimed: set[str] = set()
        self._lock = Lock()
        self._done = Condition(self._lock)

    def heard(self, batch: Sequence[Kept]) -> None:
        """Take in kept facts: what they cause is due, and what they say is done is not."""
        with self._lock:
            for kept in batch:
                if kept.entry.cause and self._due.pop(kept.entry.key, None) is not None:
                    self._done.notify_all()
                for room in self._rooms:
                    asked = [command for reaction in room.reactions for command in reaction(kept)]
                    self._due |= {f"{kept.position}/{room.name}/{n}": (kept.position, room.name, command) for n, command in enumerate(asked)}

    def do(self, act: Callable[[Command, str, int, str], None], upto: int = 0) -> None:
        """Do what the rooms' reactions ask, in order, and come back when all that positions up to `upto` caused is done.

        Each is claimed by one thread, so that a crowd of commands does not do the same reaction a crowd of times; each also
        carries its own key, so that doing it again after a crash is harmless.
        """
        while True:
            with self._lock:
                key = next((key for key in self._due if key not in self._claimed), "")
                if not key:
                    # What others have claimed is theirs to finish; one they give up on is unclaimed again, and then ours.
                    self._done.wait_for(lambda: not any(cause <= upto for cause, _, _ in self._due.values())
                                        or any(key not in self._claimed for key in self._due))
                    if all(key in self._claimed for key in self._due):
                        return
                    continue
                self._claimed.add(key)
                cause, room, command = self._due[key]
            try:
                act(command, room, cause, key)
                with self._lock:
                    self._due.pop(key, None)
            finally:
                with self._lock:
                    self._claimed.discard(key)
                    self._done.notify_all()

    @contextmanager
    def none_upto(self, position: int) -> Iterator[bool]:
        """Whether nothing that positions up to this one caused is due; nothing becomes so while it is held."""
        with self._lock:
            yield not any(cause <= position for cause, _, _ in self._due.values())
