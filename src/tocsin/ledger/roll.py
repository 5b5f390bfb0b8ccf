"""The roll of a house's nodes: once a second each writes down where it stands, and hears of all the others.

The table is not logged: what it says is of this second, so it costs the disk nothing, and a database that crashed or failed over begins it anew.
It is no part of the schema's version either: whichever node comes first lays it, so nodes of an older program go on beside it.
"""

from typing import LiteralString

import msgspec

from tocsin.ledger.nodes import Node
from tocsin.ledger.postgres import PostgresStore
from tocsin.ledger.postgres_side import Side

FORGOTTEN_S = 86_400.0
"""A node that was silent for so long stands on the roll no more: it was taken away, or has another name."""


class Stand(msgspec.Struct, frozen=True):
    """Where a node stands, as it last said: how far it has read, how many entries the leader had more at that moment, for how many seconds
    it has been silent by the database's clock, and how far that clock is before its own (None: it did not know)."""

    node: Node
    leads: bool
    head: int
    behind: int
    silent_s: float
    ahead_s: float | None


class Roll:
    """Any node writes its own row here, and only that: nothing is decided by it."""

    def __init__(self, store: PostgresStore) -> None:
        self._node, self._side = store.node, Side(store, patient=False)
        self._laid = False

    def call(self, head: int, ahead_s: float | None) -> tuple[Stand, ...]:
        """Say where this node stands, and hear where all do, by name, in one round trip: of itself a node hears what it said the last time.
        Unreadable where the database does not answer, LedgerFull or DiskFailed where the table cannot be laid."""
        node, laid = self._node, self._laid
        self._laid = False
        if not laid:
            self._side.write(lambda writes: writes.do(_LAID), fenced=False)
        said = self._side.ask(_CALL, node.name, node.address, node.program, head, head, ahead_s, FORGOTTEN_S)
        self._laid = True
        return tuple(Stand(Node(name, address, program), leads, reached, behind, max(silent_s, 0.0), ahead) for name, address, program, leads, reached, behind, silent_s, ahead
                     in said)

    def close(self) -> None:
        """Let the connection go. The row stays: whoever looks sees since when this node is silent."""
        self._side.close()


_LAID: LiteralString = """CREATE UNLOGGED TABLE IF NOT EXISTS {s}.nodes (name text COLLATE "C" PRIMARY KEY, address text NOT NULL, program text NOT NULL,
    head bigint NOT NULL, behind bigint NOT NULL, ahead_s float8, heard timestamptz NOT NULL)"""
_CALL: LiteralString = """WITH said AS (INSERT INTO {s}.nodes
        SELECT %s::text, %s::text, %s::text, %s::bigint, greatest(head - %s::bigint, 0), %s::float8, clock_timestamp() FROM {s}.leader ON CONFLICT (name) DO UPDATE
        SET address = excluded.address, program = excluded.program, head = excluded.head, behind = excluded.behind, ahead_s = excluded.ahead_s, heard = excluded.heard),
    gone AS (DELETE FROM {s}.nodes WHERE heard < clock_timestamp() - make_interval(secs => %s))
    SELECT n.name, n.address, n.program, n.name = l.node, n.head, n.behind, extract(epoch FROM clock_timestamp() - n.heard)::float8, n.ahead_s
    FROM {s}.nodes n, {s}.leader l ORDER BY n.name"""
