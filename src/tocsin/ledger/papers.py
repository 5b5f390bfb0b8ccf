"""Papers of a house in its ledger's database: who may come in, who is signed in. Sealed under a key that only the nodes have, read by all, written by the one that leads."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tocsin.ledger.faults import LedgerFault, disk_faults
from tocsin.ledger.keys import load_papers_key
from tocsin.ledger.nodes import Follows
from tocsin.ledger.postgres import PostgresStore
from tocsin.ledger.postgres_side import Side, Writes

_NONCE = 12
MOST_SEEN = 10_000
"""Notes of when somebody was last seen that are given or taken at once; more than there can be sessions."""


class PaperTable:
    """Papers by name, each with a version that grows with every writing. Any thread may ask; Refused where the database does not answer.

    Whoever can write to the database can take a paper away or bring an older one back, and cannot make one: its name and version are
    bound into what is sealed.
    """

    shared = True

    def __init__(self, store: PostgresStore, folder: Path, leads: Callable[[], bool]) -> None:
        self._side, self._folder, self._leads = Side(store, patient=False), folder, leads
        self._looked: dict[str, int] = {}

    @property
    def leads(self) -> bool:
        """Whether this node is the one that writes."""
        return self._leads()

    def must_lead(self) -> None:
        """Follows, where another node is the one that writes."""
        if not self._leads():
            raise Follows

    def read(self, name: str) -> tuple[int, bytes] | None:
        """The version and content of a paper; None where there is none."""
        found = self._side.ask("SELECT version, content FROM {s}.papers WHERE name = %s", name)
        if not found:
            return None
        version, sealed = int(found[0][0]), bytes(found[0][1])
        try:
            content = self._box().decrypt(sealed[:_NONCE], sealed[_NONCE:], _about(name, version))
        except InvalidTag as error:
            raise LedgerFault("papers.bad-key", f"{name} in {self._side.store.words} does not open with keys/papers.key, or was altered; lay the other nodes' keys here "
                              "with `tocsin node keys`, or restore a copy.") from error
        self._looked[name] = max(version, self._looked.get(name, 0))
        return version, content

    def write(self, name: str, content: bytes) -> int:
        """Put a paper in the place of the one before it, durably; its version."""
        def written(writes: Writes) -> int:
            held = writes.ask("SELECT version FROM {s}.papers WHERE name = %s FOR UPDATE", name)
            version, nonce = int(held[0][0]) + 1 if held else 1, os.urandom(_NONCE)
            writes.do("INSERT INTO {s}.papers VALUES (%s, %s, %s) ON CONFLICT (name) DO UPDATE SET version = excluded.version, content = excluded.content",
                      name, version, nonce + self._box().encrypt(nonce, content, _about(name, version)))
            return version

        self.must_lead()
        version = self._looked[name] = self._side.write(written)
        return version

    def version(self, name: str) -> int:
        """The version of a paper now, 0 where there is none; the database is asked."""
        found = self._side.ask("SELECT version FROM {s}.papers WHERE name = %s", name)
        version = self._looked[name] = int(found[0][0]) if found else 0
        return version

    def look(self) -> None:
        """See which papers there are and how new they are; asked once a second, so that nobody else has to."""
        self._looked = {str(name): int(version) for name, version in self._side.ask("SELECT name, version FROM {s}.papers")}

    def looked(self, name: str) -> int:
        """The version of a paper as it was last seen; nothing is asked."""
        return self._looked.get(name, 0)

    def saw(self, times: Mapping[str, int]) -> dict[str, int]:
        """Note when sessions were last seen at this node, and hear when they were at any. The one thing that a node writes which does not lead:
        a time only ever grows, so it matters neither who comes first nor who leads."""
        given = sorted(times.items())[:MOST_SEEN]
        self._side.write(lambda writes: writes.do(
            "INSERT INTO {s}.seen AS held SELECT * FROM unnest(%s::text[], %s::bigint[]) ON CONFLICT (session) DO UPDATE SET at = greatest(held.at, excluded.at)",
            [name for name, _ in given], [at for _, at in given]) if given else 0, fenced=False)
        return {str(name): int(at) for name, at in self._side.ask("SELECT session, at FROM {s}.seen ORDER BY at DESC LIMIT %s", MOST_SEEN)}

    def forget_seen(self, before: int) -> None:
        """Sessions that nobody was seen in since then are over; what was noted of them goes."""
        self._side.write(lambda writes: writes.do("DELETE FROM {s}.seen WHERE at < %s", before))

    def close(self) -> None:
        """Let the connection go."""
        self._side.close()

    def _box(self) -> AESGCM:
        with disk_faults():
            return AESGCM(load_papers_key(self._folder))


def _about(name: str, version: int) -> bytes:
    return f"tocsin paper {name} {version}".encode()
