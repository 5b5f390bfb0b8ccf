"""The audit: needs a ledger's files and public key, recomputes everything, and says where it is not what was signed."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import chain, islice
from pathlib import Path

import apsw
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tocsin.ledger import store
from tocsin.ledger.checkpoints import history
from tocsin.ledger.line import Line, read_line
from tocsin.ledger.note import BadNote, Checkpoint, read, read_verifier
from tocsin.ledger.tree import HASH, Growth, hash_leaf, levels_over

MAX_FINDINGS = 50
_BLOCK = 1_024
_MARKS = "SELECT tag, group_concat(position) FROM (SELECT tag, position FROM marks ORDER BY tag, position) GROUP BY tag"
_Row = tuple[int, bytes, bytes]


class Finding(msgspec.Struct, frozen=True):
    """One thing that is not as it was: a stable code, the position where that is known (else 0), and a sentence."""

    code: str
    position: int
    sentence: str


class Report(msgspec.Struct, frozen=True):
    """What an audit found. `signed` is how many of the `size` entries the newest sound checkpoint covers."""

    size: int
    root: bytes
    signed: int
    checkpoints: int
    findings: tuple[Finding, ...]

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
        return lines


class _Findings(list[Finding]):
    """The first findings of each kind; a file that is wholly wrong need not be listed line by line."""

    def note(self, code: str, position: int, sentence: str) -> None:
        if sum(finding.code == code for finding in self) < MAX_FINDINGS:
            self.append(Finding(code, position, sentence))


def verify(folder: Path, public_key: str, witnessed: Iterable[str] = ()) -> Report:
    """Audit the ledger in `folder` against a C2SP verifier line; `witnessed` are checkpoints that somebody else kept.

    Every entry is hashed again from its bytes; stored tree, tag index and key index are compared with what the entries
    say; each signed checkpoint is compared with the root at its size. Without a witnessed checkpoint, one who holds the
    signing key and replaces every file cannot be found out, which is why checkpoints are given away. Raises BadNote for
    a public key that is none. Nothing is written, and the ledger may be in use.
    """
    origin, key = read_verifier(public_key)
    findings = _Findings()
    signed = _checkpoints(folder, origin, key, witnessed, findings)
    walk = _Walk(findings, signed)
    try:
        connection = _open(folder / "ledger.sqlite")
        try:
            with connection:  # one read transaction: a ledger in use is seen as it was at one moment
                _check_schema(connection, findings)
                walk.entries(connection)
                walk.indexes(connection)
        finally:
            connection.close()
    except apsw.Error as error:
        size = walk.growth.size
        findings.note("unreadable", size + 1, f"The file cannot be read after entry {size:,}: {error}.")
    for checkpoint in signed:
        if checkpoint.size > walk.growth.size:
            findings.note("cut-short", walk.growth.size + 1, f"One checkpoint signs {checkpoint.size:,} entries, and "
                          f"there are {walk.growth.size:,}: the end was removed.")
            break
    if walk.growth.size and not signed:
        findings.note("unsigned", 0, "There is no sound checkpoint: nothing says what these entries should be.")
    covered = max((checkpoint.size for checkpoint in signed if checkpoint.size <= walk.growth.size), default=0)
    return Report(walk.growth.size, walk.growth.root(), covered, len(signed), tuple(findings))


class _Walk:
    """One pass over the entries in order, and what it gathers to compare the indexes with.

    Entries are taken in blocks of 1,024, and a block whose hashes are all as stored is done with; one in which anything
    is not as it should be is gone through again entry by entry, to say where.
    """

    def __init__(self, findings: _Findings, signed: list[Checkpoint]) -> None:
        self.growth = Growth()
        self._stored: Growth | None = None
        self._findings = findings
        self._roots: dict[int, set[bytes]] = {}
        for checkpoint in signed:
            self._roots.setdefault(checkpoint.size, set()).add(checkpoint.root)
        self._sizes = sorted(self._roots)
        self._agreed = 0
        self._failed = False
        self._tags: defaultdict[str, list[int]] = defaultdict(list)
        self._keys: dict[str, tuple[int, int]] = {}
        self._expected = 0

    def entries(self, connection: apsw.Connection) -> None:
        """Hash every line again and compare it with its place, the stored tree and the signed roots."""
        rows: Iterator[_Row] = connection.execute("SELECT position, nodes, line FROM entries ORDER BY position")
        while block := list(islice(rows, _BLOCK)):
            if not self._whole(block):
                for row in block:
                    self._one(*row)

    def indexes(self, connection: apsw.Connection) -> None:
        """Compare the tag and key indexes with the entries: one hidden from its history is as bad as one removed."""
        kept = dict(connection.execute("SELECT name, id FROM tags"))
        numbers = {number: name for name, number in kept.items()}
        if len(numbers) != len(kept):
            self._findings.note("index", 0, "Two tags share one number in the index.")
        for number, positions in connection.execute(_MARKS):
            name = numbers.get(number)
            told = self._tags.pop(name, []) if name is not None else []
            if ",".join(map(str, told)) != positions:
                self._disagree(name, told, connection.execute("SELECT position FROM marks WHERE tag = ? ORDER BY position", (number,)))
        for name, told in self._tags.items():
            self._findings.note("index", told[0], f"The tag index does not know the tag {name!r} of entry {told[0]:,}.")
        for row in connection.execute("SELECT key, first, last FROM keys"):
            if self._keys.pop(str(row[0]), None) != row[1:]:
                self._findings.note("index", row[1], f"The key index is wrong about the key {row[0]!r}.")
        for name, (first, _) in self._keys.items():
            self._findings.note("index", first, f"The key index does not know the key {name!r} of entry {first:,}.")

    def _disagree(self, name: str | None, told: list[int], rows: Iterable[tuple[int]]) -> None:
        differing = set(told).symmetric_difference(position for (position,) in rows)
        if differing:
            first = min(differing)
            self._findings.note("index", first, f"The tag index and entry {first:,} disagree on the tag {name!r}.")

    def _whole(self, block: list[_Row]) -> bool:
        """Whether a block of entries is as stored, in its place and as signed; nothing is noted where it is not."""
        start = self.growth.size
        if len(block) != _BLOCK or self._stored is not None or start % _BLOCK or self._expected != start:
            return False
        positions, nodes, lines = zip(*block, strict=True)
        if positions != tuple(range(start + 1, start + _BLOCK + 1)):
            return False
        try:
            said = list(map(read_line, lines))
        except (msgspec.DecodeError, ValueError):
            return False
        levels, grown = levels_over([sha256(b"\0" + line).digest() for line in lines]), self.growth.copy()
        if grown.add_block(levels) != list(nodes) or any(line.position != at for line, at in zip(said, positions, strict=True)):
            return False
        inside = self._sizes[bisect_right(self._sizes, start):bisect_right(self._sizes, start + _BLOCK)]
        if any(self._roots[size] != {self.growth.root_within(levels, size - start)} for size in inside):
            return False
        self._agreed = inside[-1] if inside and not self._failed else self._agreed
        self.growth, self._expected = grown, grown.size
        for line in said:
            self._mark(line)
        return True

    def _one(self, position: int, nodes: bytes, line: bytes) -> None:
        self._expected += 1
        if position != self._expected:
            self._findings.note("removed", self._expected, f"Entries {self._expected:,} to {position - 1:,} are missing.")
            self._expected = position
        self._grow(position, hash_leaf(line), nodes)
        try:
            said = read_line(line)
        except (msgspec.DecodeError, ValueError):
            self._findings.note("changed", position, f"Entry {position:,} cannot be decoded.")
        else:
            if said.position != position:
                self._findings.note("moved", position, f"At position {position:,} stands the entry kept as {said.position:,}.")
            self._mark(said, position)
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

    def _mark(self, said: Line, at: int = 0) -> None:
        position, tags = at or said.position, said.tags
        for tag in tags if len(set(tags)) == len(tags) else dict.fromkeys(tags):
            self._tags[tag].append(position)
        if said.key:
            self._keys[said.key] = (self._keys.get(said.key, (position, 0))[0], position)

    def _compare_root(self, size: int) -> None:
        if self._roots[size] == {self.growth.root()}:
            self._agreed = size
        elif not self._failed:
            self._failed = True
            self._findings.note("not-as-signed", self._agreed + 1, f"The first {size:,} entries are not those that "
                                f"were signed: something between {self._agreed + 1:,} and {size:,} was changed.")


def _checkpoints(folder: Path, origin: str, key: Ed25519PublicKey, witnessed: Iterable[str],
                 findings: _Findings) -> list[Checkpoint]:
    """The checkpoints in the folder and from witnesses whose signatures hold; the others are findings."""
    sound: dict[tuple[int, bytes], Checkpoint] = {}
    for note in chain(history(folder), witnessed):
        try:
            checkpoint = read(note, origin, key)
        except BadNote as error:
            findings.note("bad-checkpoint", 0, f"A checkpoint does not count: {error}.")
        else:
            sound[checkpoint.size, checkpoint.root] = checkpoint
    return list(sound.values())


def _open(path: Path) -> apsw.Connection:
    """The file for reading only. Without a log beside it nobody has it open, and nothing is laid beside it."""
    still = "" if path.with_name(path.name + "-wal").exists() else "?immutable=1"
    return apsw.Connection(path.absolute().as_uri() + still, flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)


def _check_schema(connection: apsw.Connection, findings: _Findings) -> None:
    kept = dict(connection.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL"))
    for name, statement in store.SCHEMA.items():
        if kept.get(name) != statement:
            findings.note("schema", 0, f"The table or trigger {name} is not as the ledger made it.")
    for (said,) in connection.execute("PRAGMA quick_check(5)"):
        if said != "ok":
            findings.note("unreadable", 0, f"The file's structure is damaged: {said}.")
