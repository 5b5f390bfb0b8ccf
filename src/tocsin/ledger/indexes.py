"""The audit's second pass: every line decoded, and the tag and key indexes compared with what the lines say."""

import gc
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import apsw
import msgspec

from tocsin.ledger.finding import Findings
from tocsin.ledger.line import read_line

_MARKS = "SELECT tag, group_concat(position) FROM (SELECT tag, position + ? AS position FROM marks ORDER BY tag, marks.position) GROUP BY tag"


def open_still(path: Path) -> apsw.Connection:
    """The file for reading only. Without a log beside it nobody has it open, and nothing is laid beside it."""
    still = "" if path.with_name(path.name + "-wal").exists() else "?immutable=1"
    return apsw.Connection(path.absolute().as_uri() + still, flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)


def compare(path: Path, at: int = 0, *, copied: bool = False) -> Findings:
    """What is wrong with the indexes of a ledger's file: an entry hidden from its history is as bad as one removed.

    `at` is the entry after which a fork's own begin. In a copy (`copied`) a key stands with those of its entries that came first. It needs nothing of the first pass, so that both can run at once, each in a process of its own. Its lists are many and
    long-lived, so Python's search for cycles among them is put off meanwhile.
    """
    findings = Findings()
    searching = gc.isenabled()
    gc.disable()
    try:
        connection = open_still(path)
        try:
            with connection:  # one read transaction: a ledger in use is seen as it was at one moment
                _Told(findings, connection, at).compare(connection, copied=copied)
        finally:
            connection.close()
    except apsw.Error as error:
        findings.note("unreadable", 0, f"The indexes cannot be read: {error}.")
    finally:
        if searching:
            gc.enable()
    return findings


class _Told:
    """What the lines say: the positions of each tag, and the first and last of each key."""

    def __init__(self, findings: Findings, connection: apsw.Connection, at: int) -> None:
        self._findings, self._at = findings, at
        self._tags: defaultdict[str, list[str]] = defaultdict(list)  # positions as text, as the index gives them
        self._keys: dict[str, tuple[int, int]] = {}
        tags, keys = self._tags, self._keys
        for position, line in connection.execute("SELECT position + ?, line FROM entries ORDER BY position", (at,)):
            try:
                said = read_line(line)
            except (msgspec.DecodeError, ValueError):
                findings.note("changed", position, f"Entry {position:,} cannot be decoded.")
                continue
            if said.position != position:
                findings.note("moved", position, f"At position {position:,} stands the entry kept as {said.position:,}.")
            place = str(position)
            for tag in said.tags:  # one that is named twice in a line disagrees with the index until it is looked at closely
                tags[tag].append(place)
            if said.key:
                keys[said.key] = (keys.get(said.key, (position, 0))[0], position)

    def compare(self, connection: apsw.Connection, *, copied: bool) -> None:
        kept = dict(connection.execute("SELECT name, id FROM tags"))
        numbers = {number: name for name, number in kept.items()}
        if len(numbers) != len(kept):
            self._findings.note("index", 0, "Two tags share one number in the index.")
        for number, positions in connection.execute(_MARKS, (self._at,)):
            name = numbers.get(number)
            told = self._tags.pop(name, []) if name is not None else []
            if ",".join(told) != positions:
                self._disagree(name, set(map(int, told)), connection.execute("SELECT position + ? FROM marks WHERE tag = ? ORDER BY position", (self._at, number)))
        for name, told in self._tags.items():
            self._findings.note("index", int(told[0]), f"The tag index does not know the tag {name!r} of entry {int(told[0]):,}.")
        for row in connection.execute("SELECT key, first + ?1, last + ?1 FROM keys", (self._at,)):
            told_of = self._keys.pop(str(row[0]), None)
            if told_of != row[1:] and not (copied and told_of is not None and told_of[0] == row[1] <= row[2] <= told_of[1]):
                self._findings.note("index", row[1], f"The key index is wrong about the key {row[0]!r}.")
        for name, (first, _) in self._keys.items():
            self._findings.note("index", first, f"The key index does not know the key {name!r} of entry {first:,}.")

    def _disagree(self, name: str | None, told: set[int], rows: Iterable[tuple[int]]) -> None:
        differing = told.symmetric_difference(position for (position,) in rows)
        if differing:
            first = min(differing)
            self._findings.note("index", first, f"The tag index and entry {first:,} disagree on the tag {name!r}.")
