"""Several houses on one ledger: who a node is, what the leader's row says, and what a store gives on which more than one house can stand."""

from typing import Protocol, runtime_checkable

import msgspec

from tocsin.kernel import Refused
from tocsin.ledger.store import Store, Writing

SILENT_S = 8.0
"""A leader of which nothing was heard for so long is taken to be frozen or cut off, and its session is ended. It says something each second."""


class Node(msgspec.Struct, frozen=True):
    """One house of several: its name, the address at which the others hand it what they may not do, and the version of its program."""

    name: str
    address: str
    program: str


ALONE = Node("", "", "")
"""A house that stands on its ledger alone; while it does, no other may."""


class Leader(msgspec.Struct, frozen=True):
    """What is known of the leader: the node, its epoch, how far it got, and for how many seconds it has been silent by the database's clock."""

    node: Node
    epoch: int
    head: int
    silent_s: float


class News(Protocol):
    """A follower's connection: it hears of each batch, and becomes the leader's when the lead is free. Everything may raise StoreFailed."""

    def wait(self, most_s: float) -> None:
        """Come back when something was kept, or after so many seconds."""

    def lines(self, after: int, limit: int) -> list[bytes]:
        """The lines after a position in order, at most so many."""

    def leader(self) -> Leader | None:
        """Who leads, or led last; None where nobody ever did."""

    def unseat(self) -> None:
        """End the session that holds the lead."""

    def take(self) -> Writing | None:
        """The lead, where it is free: this connection is the leader's from then on. None where it is not."""

    def close(self) -> None:
        """Let it go, whatever state it is in."""


@runtime_checkable
class Shared(Store, Protocol):
    """A store on which several houses can stand."""

    def news(self) -> News:
        """A connection for one that follows."""


class Follows(Refused):
    """This node does not lead: it keeps nothing itself, and whoever stands before it hands the whole request to the leader."""

    def __init__(self) -> None:
        super().__init__("ledger.follows", "This node follows another and keeps nothing itself: this was not kept. Ask the node that leads.",
                         "本节点跟随主节点，不单独保存：本次未保存。请向主节点提交。", status=503)
