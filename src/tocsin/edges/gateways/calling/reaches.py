"""How each of the staff can be reached, sealed in a paper of its own beside the people's: never in the ledger, opened to send alone."""

from collections.abc import Callable
from threading import RLock

import msgspec

from tocsin.edges.gateways.calling.senders import Reach, Subscription
from tocsin.edges.web.papers import Paper, Papers
from tocsin.edges.web.private import Sealing
from tocsin.kernel import Clock

PAPER = "reach.json"
MOST_PUSHES = 5
"""Browsers of one person; a further one takes the oldest's place."""
_BOUND_IN = "reach:"


class _Held(msgspec.Struct, frozen=True, kw_only=True):
    """One person's ways by name, and what they are, sealed."""

    ways: tuple[str, ...]
    sealed: str


class Reaches:
    """Gives, takes and forgets them. It may be asked from any thread."""

    def __init__(self, papers: Papers, sealing: Sealing, clock: Clock, let_in: Callable[[str], bool]) -> None:
        """`let_in` says whether somebody of this name may still sign in: of whoever may not, nothing is given."""
        self._lock, self._let_in, self._sealing = RLock(), let_in, sealing
        self._held: dict[str, _Held] = {}
        self._paper = Paper(papers, PAPER, clock, self._take)
        self._take()

    def ways(self, person: str) -> tuple[str, ...]:
        """The means by which somebody can be called; nothing is opened for it."""
        with self._lock:
            self._paper.keep_up()
            held = self._held.get(person)
            return held.ways if held is not None and self._let_in(person) else ()

    def of(self, person: str) -> Reach:
        """How somebody can be reached."""
        with self._lock:
            self._paper.keep_up()
            held = self._held.get(person)
            if held is None or not self._let_in(person):
                return Reach()
            return msgspec.json.decode(self._sealing.open(held.sealed, _BOUND_IN + person), type=Reach)

    def change(self, person: str, how: Callable[[Reach], Reach]) -> Reach:
        """Another reach for somebody from now on, on the disk before anything is believed of it; Refused where another node leads."""
        with self._lock:
            self._paper.begin()
            reach = how(self.of(person))
            self._held = {name: held for name, held in self._held.items() if name != person}
            if reach.ways():
                self._held[person] = _Held(ways=reach.ways(), sealed=self._sealing.seal(msgspec.json.encode(reach).decode(), _BOUND_IN + person))
            self._paper.write(msgspec.json.encode(self._held))
            return reach

    def forget(self, person: str) -> None:
        """Let go of somebody's ways, as their access ends: whoever has their name later must not be given them."""
        if person in self._held:
            self.change(person, lambda _: Reach())

    def subscribe(self, person: str, one: Subscription) -> None:
        """Push to this browser too; said again, with its newest keys."""
        self.change(person, lambda reach: msgspec.structs.replace(reach, pushes=(*_without(reach, one.endpoint), one)[-MOST_PUSHES:]))

    def unsubscribe(self, person: str, endpoint: str) -> None:
        """Push to this browser no more."""
        if any(one.endpoint == endpoint for one in self.of(person).pushes):
            self.change(person, lambda reach: msgspec.structs.replace(reach, pushes=_without(reach, endpoint)))

    def _take(self) -> None:
        held = self._paper.read()
        self._held = msgspec.json.decode(held, type=dict[str, _Held]) if held else {}


def _without(reach: Reach, endpoint: str) -> tuple[Subscription, ...]:
    return tuple(one for one in reach.pushes if one.endpoint != endpoint)
