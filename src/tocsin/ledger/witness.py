"""A witness of a log: it sees that the log only ever grows, keeps what it saw before it says so, and cosigns. It trusts one line."""

from pathlib import Path
from typing import Literal

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tocsin.kernel import Clock
from tocsin.ledger.durable import replace_text
from tocsin.ledger.keys import load_signing_key
from tocsin.ledger.note import BadNote, Checkpoint, Witness, cosign, lines_of, read, read_verifier, text_of
from tocsin.ledger.proof import extends
from tocsin.ledger.tiles import Fetch, TileMissing, nodes_of
from tocsin.ledger.tree import consistency_path

SEEN, EVIDENCE = "seen", "evidence"
_US = 1_000_000

Verdict = Literal["cosigned", "same", "rolled_back", "split", "not_grown", "unreadable"]
"""`cosigned`: it grew as it must. `same`: nothing new. The rest is not cosigned: the log is shorter than it was (`rolled_back`), shows
another tree of the same size (`split`) or one that does not begin with what was seen (`not_grown`), or cannot be read (`unreadable`)."""


class Saw(msgspec.Struct, frozen=True):
    """What one look at the log came to. `note` is the checkpoint with the witness's own line, where it was cosigned."""

    verdict: Verdict
    size: int
    sentence: str
    note: str = ""

    @property
    def wrong(self) -> bool:
        """Whether the log showed something that no honest log shows; the evidence is kept."""
        return self.verdict in ("rolled_back", "split", "not_grown")


class Witnessing:
    """One witness in its own folder: its key (`keys/signing.pem`), the last checkpoint it cosigned (`seen`), and `evidence`."""

    def __init__(self, folder: Path, name: str, log: str, clock: Clock, *, former: str = "") -> None:
        """`log` is the log's verifier line; raises BadNote where it is none, and where this folder watches another log.

        `former` is the line of a key that the log lost, where what was seen last is signed by that: the log under its
        new key must begin with what was seen all the same.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._name, self._clock = folder, name, clock
        self._origin, self._log = read_verifier(log)
        self._former = read_verifier(former) if former else None
        self._key: Ed25519PrivateKey = load_signing_key(folder, create=not (folder / SEEN).exists())
        self.witness = Witness(name, self._key.public_key())
        self.seen = self._read_seen()

    def look(self, fetch: Fetch) -> Saw:
        """Fetch the newest checkpoint, hold it against what was seen before by the log's own tiles, keep it, cosign it."""
        try:
            note = fetch("checkpoint/newest").decode()
            found = read(note, self._origin, self._log)
        except (BadNote, TileMissing, UnicodeDecodeError, OSError) as error:
            return Saw("unreadable", 0, f"No checkpoint of this log could be read: {error}.")
        seen = self.seen
        if seen is not None and found.size == seen.size and found.root == seen.root:
            return Saw("same", found.size, f"{found.size:,} entries, nothing new.", self._cosigned(note))
        if seen is not None and found.size < seen.size:
            return self._against("rolled_back", note, found, f"The log has {found.size:,} entries and had {seen.size:,}: its end was taken away.")
        if seen is not None and found.size == seen.size:
            return self._against("split", note, found, f"The log shows two different trees of {found.size:,} entries.")
        if seen is not None and seen.size:
            try:
                path = consistency_path(seen.size, found.size, nodes_of(found.size, fetch))
            except (TileMissing, OSError) as error:
                return Saw("unreadable", found.size, f"The tiles of the log could not be read: {error}.")
            if not extends(seen.root, seen.size, found.root, found.size, path):
                return self._against("not_grown", note, found, f"The log of {found.size:,} entries does not begin with the {seen.size:,} that were seen: "
                                     "something in it was changed.")
        return self._grown(note, found)

    def _grown(self, note: str, found: Checkpoint) -> Saw:
        whole = self._cosigned(note)
        replace_text(self._folder / SEEN, whole)  # durable before anybody is told, or a crash could let it cosign two histories
        self.seen = found
        return Saw("cosigned", found.size, f"{found.size:,} entries, grown as it must; cosigned.", whole)

    def _cosigned(self, note: str) -> str:
        others = [line for line in lines_of(note) if not line.startswith(f"\u2014 {self._name} ")]
        return f"{text_of(note)}\n{''.join(others)}" + cosign(note, self._name, self._key, self._clock.now() // _US)

    def _against(self, verdict: Verdict, note: str, found: Checkpoint, sentence: str) -> Saw:
        """Keep both notes: together they prove it to anybody who has the log's public key."""
        folder = self._folder / EVIDENCE
        folder.mkdir(exist_ok=True)
        path = folder / f"{verdict}-{found.size}-{found.root.hex()[:16]}"
        if not path.exists():
            replace_text(path, note + "\n\n\n" + (self._folder / SEEN).read_text())
        return Saw(verdict, found.size, sentence)

    def _read_seen(self) -> Checkpoint | None:
        path = self._folder / SEEN
        if not path.exists():
            return None
        try:
            return read(path.read_text(), self._origin, self._log)
        except BadNote:
            if self._former is None or self._former[0] != self._origin:
                raise
            return read(path.read_text(), *self._former)
