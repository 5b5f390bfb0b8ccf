"""The audit: needs a ledger's files and public key, recomputes everything, and says where it is not what was signed."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path

import apsw
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tocsin.ledger import indexes as indexes_of
from tocsin.ledger import sqlite
from tocsin.ledger.checkpoints import FORMER, WITNESSED, history
from tocsin.ledger.faults import LedgerFault
from tocsin.ledger.finding import Finding, Findings
from tocsin.ledger.forked import AT
from tocsin.ledger.ledger import OWN
from tocsin.ledger.note import BadNote, Checkpoint, Witness, cosigned_at, read, read_verifier, read_witness, verifier_key
from tocsin.ledger.place import named
from tocsin.ledger.tree import HASH, Growth, hash_leaf, levels_over

_BLOCK = 1_024
_LARGE_BYTES = 32 << 20
_Row = tuple[int, bytes, bytes]


class Begins(msgspec.Struct, frozen=True):
    """Where a fork's own entries begin: after entry `at` of a copy, with the tree over all before them."""

    at: int
    growth: Growth


class Report(msgspec.Struct, frozen=True):
    """What an audit found. `signed` is how many of the `size` entries the newest sound checkpoint covers; `vouched` says in words, witness
    by witness, how far each has seen."""

    size: int
    root: bytes
    signed: int
    checkpoints: int
    findings: tuple[Finding, ...]
    vouched: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether nothing at all was found."""
        return not self.findings

    def sentences(self) -> list[str]:
        """The report in words, one line each."""
        verdict = "Sound" if self.sound else f"NOT SOUND, {len(self.findings)} findings"
        lines = [f"{verdict}: {self.size:,} entries, root {self.root.hex()}, {self.checkpoints:,} checkpoints."]
        lines += [finding.sentence for finding in self.findings]
        if self.signed < self.size:
            lines.append(f"Entries {self.signed + 1:,} to {self.size:,} are newer than the newest checkpoint.")
        return [*lines, *self.vouched]


def verify(folder: Path, public_key: str, witnessed: Iterable[str] = (), former: Iterable[str] = (),
           witnesses: Iterable[str] = (), *, begins: Begins | None = None) -> Report:
    """Audit the ledger in `folder` against a C2SP verifier line; `witnessed` are checkpoints that somebody else kept.

    Every entry is hashed again from its bytes; stored tree, tag index and key index are compared with what the entries
    say, in two passes that run beside each other where the file is large; each signed checkpoint is compared with the
    root at its size. Without a witnessed checkpoint, one who holds the signing key and replaces every file cannot be
    found out, which is why checkpoints are given away. `former` are the verifier lines of keys that were lost: what
    they signed counts too, in the folder as well as witnessed. `witnesses` are the lines of those who should have
    cosigned. `begins` is where a fork's entries begin (`audit_fork`). Raises BadNote for a public key that is none,
    LedgerFault where the entries lie elsewhere or stand upon others. Nothing is written, and the ledger may be in use.
    """
    if named(folder):
        raise LedgerFault("audit.elsewhere", f"the entries of {folder} lie in PostgreSQL; copy them with `tocsin ledger copy --to DIR` and audit that.")
    if begins is None and (folder / AT).exists():
        raise LedgerFault("audit.fork", f"{folder} is what a site did by itself, upon a copy of its floor's ledger; name both: "
                          "tocsin audit verify DIR --key DIR/verifier --upon SITE/ledger --floor LINE.")
    keys = [read_verifier(public_key), *map(read_verifier, former)]
    findings = Findings()
    notes = [*witnessed, *_cosigned(folder)]
    signed = _checkpoints(folder, keys, notes, findings)
    at = begins.at if begins is not None else 0
    walk = _Walk(findings, signed, begins)
    path = folder / sqlite.FILE
    with _beside(path, at, copied=(folder / OWN).is_dir()) as indexes:
        try:
            connection = indexes_of.open_still(path)
            try:
                with connection:  # one read transaction: a ledger in use is seen as it was at one moment
                    _check_schema(connection, findings)
                    walk.entries(connection)
            finally:
                connection.close()
        except apsw.Error as error:
            size = walk.growth.size
            findings.note("unreadable", size + 1, f"The file cannot be read after entry {size:,}: {error}.")
        findings += indexes()
    for checkpoint in signed:
        if checkpoint.size > walk.growth.size:
            findings.note("cut-short", walk.growth.size + 1, f"One checkpoint signs {checkpoint.size:,} entries, and "
                          f"there are {walk.growth.size:,}: the end was removed.")
            break
    if walk.growth.size > at and not signed:
        findings.note("unsigned", 0, "There is no sound checkpoint: nothing says what these entries should be.")
    covered = max((checkpoint.size for checkpoint in signed if checkpoint.size <= walk.growth.size), default=at)
    return Report(walk.growth.size, walk.growth.root(), covered, len(signed), tuple(findings),
                  _vouched(notes, keys, [read_witness(line) for line in witnesses]))


def raw_lines(folder: Path) -> Iterator[bytes]:
    """Every entry's bytes, from the file alone, as it was at one moment."""
    connection = indexes_of.open_still(folder / sqlite.FILE)
    try:
        for (line,) in connection.execute("SELECT line FROM entries ORDER BY position"):
            yield line
    finally:
        connection.close()


@contextmanager
def _beside(path: Path, at: int, *, copied: bool) -> Iterator[Callable[[], Findings]]:
    """The second pass: for a large file in a process of its own meanwhile, else when it is asked for."""
    if not path.is_file() or path.stat().st_size < _LARGE_BYTES:
        yield lambda: indexes_of.compare(path, at, copied=copied)
        return
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        yield pool.submit(partial(indexes_of.compare, path, at, copied=copied)).result


class _Walk:
    """The first pass: the entries in order against the stored tree and what was signed.

    Entries are taken in blocks of 1,024, and a block whose hashes are all as stored is done with; one in which anything
    is not as it should be is gone through again entry by entry, to say where.
    """

    def __init__(self, findings: Findings, signed: list[Checkpoint], begins: Begins | None) -> None:
        self.growth, self._at = (Growth(), 0) if begins is None else (begins.growth.copy(), begins.at)
        self._stored: Growth | None = None
        self._findings = findings
        self._roots: dict[int, set[bytes]] = {}
        for checkpoint in signed:
            self._roots.setdefault(checkpoint.size, set()).add(checkpoint.root)
        self._sizes = sorted(self._roots)
        self._agreed = self._expected = self._at
        self._failed = False
        if self._at in self._roots:
            self._compare_root(self._at)

    def entries(self, connection: apsw.Connection) -> None:
        """Hash every line again and compare it with its place, the stored tree and the signed roots."""
        rows: Iterator[_Row] = connection.execute("SELECT position + ?, nodes, line FROM entries ORDER BY position", (self._at,))
        while block := list(islice(rows, _BLOCK)):
            if not self._whole(block):
                for row in block:
                    self._one(*row)

    def _whole(self, block: list[_Row]) -> bool:
        """Whether a block of entries is as stored, in its place and as signed; nothing is noted where it is not."""
        start = self.growth.size
        if len(block) != _BLOCK or self._stored is not None or start % _BLOCK or self._expected != start:
            return False
        positions, nodes, lines = zip(*block, strict=True)
        if positions != tuple(range(start + 1, start + _BLOCK + 1)):
            return False
        levels, grown = levels_over([sha256(b"\0" + line).digest() for line in lines]), self.growth.copy()
        if grown.add_block(levels) != list(nodes):
            return False
        inside = self._sizes[bisect_right(self._sizes, start):bisect_right(self._sizes, start + _BLOCK)]
        if any(self._roots[size] != {self.growth.root_within(levels, size - start)} for size in inside):
            return False
        self._agreed = inside[-1] if inside and not self._failed else self._agreed
        self.growth, self._expected = grown, grown.size
        return True

    def _one(self, position: int, nodes: bytes, line: bytes) -> None:
        self._expected += 1
        if position != self._expected:
            self._findings.note("removed", self._expected, f"Entries {self._expected:,} to {position - 1:,} are missing.")
            self._expected = position
        self._grow(position, hash_leaf(line), nodes)
        if self.growth.size in self._roots:
            self._compare_root(self.growth.size)

    def _grow(self, position: int, leaf: bytes, nodes: bytes) -> None:
        """Add a leaf; compare the stored hashes with what follows from stored leaves, so one edit is one finding."""
        kept = nodes[:HASH]
        if leaf != kept:
            self._findings.note("changed", position, f"Entry {position:,} was changed.")
            self._stored = self._stored or self.growth.copy()
        done = self.growth.add(leaf)
        if (self._stored.add(kept) if self._stored else done) != nodes:
            self._findings.note("changed", position, f"The hashes stored with entry {position:,} were changed.")

    def _compare_root(self, size: int) -> None:
        if self._roots[size] == {self.growth.root()}:
            self._agreed = size
        elif not self._failed:
            self._failed = True
            self._findings.note("not-as-signed", self._agreed + 1, f"The first {size:,} entries are not those that "
                                f"were signed: something between {self._agreed + 1:,} and {size:,} was changed.")


def _checkpoints(folder: Path, keys: list[tuple[str, Ed25519PublicKey]], witnessed: Iterable[str], findings: Findings) -> list[Checkpoint]:
    """The checkpoints in the folder and from witnesses whose signatures hold; the others are findings."""
    sound: dict[tuple[int, bytes], Checkpoint] = {}
    older = (history(folder / FORMER / verifier_key(*found).split("+")[1]) for found in keys[1:])
    for note in chain(history(folder), *older, witnessed):
        try:
            checkpoint = _read(note, keys)
        except BadNote as error:
            findings.note("bad-checkpoint", 0, f"A checkpoint does not count: {error}.")
        else:
            sound[checkpoint.size, checkpoint.root] = checkpoint
    return list(sound.values())


def _cosigned(folder: Path) -> list[str]:
    """The newest checkpoint in the folder that witnesses cosigned."""
    path = folder / WITNESSED
    return [path.read_text(errors="replace")] if path.exists() else []


def _vouched(notes: list[str], keys: list[tuple[str, Ed25519PublicKey]], witnesses: list[Witness]) -> tuple[str, ...]:
    """How far each witness has seen, by the notes at hand."""
    if not witnesses:
        return ("No witness is named, so nobody outside vouches for these entries.",)
    sentences = []
    for witness in witnesses:
        said = []
        for note in notes:
            with suppress(BadNote):
                at_s = cosigned_at(note, witness)
                if at_s is not None:
                    said.append((_read(note, keys).size, at_s))
        if said:
            size, at_s = max(said)
            sentences.append(f"{witness.name} cosigned the first {size:,} entries at {datetime.fromtimestamp(at_s, UTC):%Y-%m-%d %H:%M:%S} UTC.")
        else:
            sentences.append(f"{witness.name} has cosigned nothing that is here.")
    return tuple(sentences)


def _read(note: str, keys: list[tuple[str, Ed25519PublicKey]]) -> Checkpoint:
    for origin, key in keys[:-1]:
        with suppress(BadNote):
            return read(note, origin, key)
    return read(note, *keys[-1])


def _check_schema(connection: apsw.Connection, findings: Findings) -> None:
    kept = dict(connection.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL"))
    for name, statement in sqlite.SCHEMA.items():
        if kept.get(name) != statement:
            findings.note("schema", 0, f"The table or trigger {name} is not as the ledger made it.")
    for (said,) in connection.execute("PRAGMA quick_check(5)"):
        if said != "ok":
            findings.note("unreadable", 0, f"The file's structure is damaged: {said}.")
