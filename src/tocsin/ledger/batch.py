"""One batch: which of the waiting submissions are kept together, and the rows that keep them."""

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

import msgspec

from tocsin.kernel import Entry
from tocsin.ledger.faults import Moved
from tocsin.ledger.line import SALT, encode
from tocsin.ledger.store import Rows, Writing
from tocsin.ledger.tree import Growth, hash_leaf

MAX_REMEMBERED = 200_000


class Appended(msgspec.Struct, frozen=True):
    """Where a submission stands in the ledger, first to last; `repeated` when its key had been kept before."""

    first: int
    last: int
    repeated: bool = False


@dataclass(slots=True)
class Submission:
    """What one caller wants kept, whole or not at all, and where the answer goes."""

    entries: Sequence[Entry]
    guard: Sequence[str]
    after: int
    key: str
    weight: int
    answer: Future[Appended] = field(default_factory=Future)

    def tags(self) -> Iterator[str]:
        """Every tag that it guards or carries; some more than once."""
        yield from self.guard
        for entry in self.entries:
            yield from entry.tags


class Tags:
    """What is known of tags: the id and the last position of each, read from the store once (`know`) and then kept in step."""

    def __init__(self, writing: Writing) -> None:
        self._writing = writing
        self._known: dict[str, tuple[int, int]] = {}
        self._next = writing.last_tag() + 1

    def trim(self) -> None:
        """Forget what can be read again when it has become much; only between batches."""
        if len(self._known) > MAX_REMEMBERED:
            self._known.clear()

    def forget(self) -> None:
        """Forget everything, after a batch that noted tags and was then not kept."""
        self._known.clear()

    def know(self, names: Iterable[str]) -> None:
        """Read at once what is not known yet of these tags, before they are looked up or marked: one question to the store, however many they are."""
        names = {name for name in names if name not in self._known}
        if names:
            self._known |= dict.fromkeys(names, (0, 0)) | dict(self._writing.tags(sorted(names)))

    def latest(self, name: str) -> int:
        """The last position that carries the tag, 0 when none does."""
        return self._known[name][1]

    def mark(self, name: str, position: int) -> tuple[int, bool]:
        """Note that the entry at `position` carries the tag; gives the tag's id and whether it is new."""
        number, _ = self._known[name]
        new = number == 0
        if new:
            number, self._next = self._next, self._next + 1
        self._known[name] = (number, position)
        return number, new


class Batch:
    """The rows of submissions taken together, each checked against the store and those before it in the batch."""

    def __init__(self, writing: Writing, tags: Tags, growth: Growth, taken: Sequence[Submission]) -> None:
        """What the store must be asked of tags and keys is asked here, once for all."""
        tags.know(name for one in taken for name in one.tags())
        self._before = writing.keys([one.key for one in taken if one.key])
        self._writing, self._tags, self.growth = writing, tags, growth.copy()
        self.head = growth.size
        self.kept: list[tuple[int, Entry]] = []
        self.answers: list[tuple[Submission, Appended]] = []
        self.refusals: list[tuple[Submission, Moved]] = []
        self._entry_rows: list[tuple[int, bytes, bytes]] = []
        self._tag_rows: list[tuple[str, int]] = []
        self._mark_rows: list[tuple[int, int]] = []
        self._keys: dict[str, tuple[int, int]] = {}
        for one in taken:
            self._take(one)

    def _take(self, submission: Submission) -> None:
        """Decide one submission: kept at the next positions, answered by its key, or refused because a guard moved."""
        repeated = self._by_key(submission.key) if submission.key else None
        if repeated is not None:
            self.answers.append((submission, repeated))
            return
        for tag in submission.guard:
            latest = self._tags.latest(tag)
            if latest > submission.after:
                self.refusals.append((submission, Moved(tag, submission.after, latest)))
                return
        first = self.head + 1
        for entry in submission.entries:
            self._add(entry, submission.key)
        if submission.key:
            self._keys[submission.key] = (first, self.head)
        self.answers.append((submission, Appended(first, self.head)))

    def write(self) -> None:
        """Keep every row, or none."""
        keys = [(key, first, last) for key, (first, last) in self._keys.items()]
        self._writing.keep(Rows(self._entry_rows, self._tag_rows, self._mark_rows, keys))

    def _add(self, entry: Entry, key: str) -> None:
        self.head = position = self.head + 1
        if key and entry.key != key:
            entry = msgspec.structs.replace(entry, key=key)
        line = encode(position, entry, os.urandom(SALT))
        self._entry_rows.append((position, self.growth.add(hash_leaf(line)), line))
        for name in dict.fromkeys(entry.tags):
            number, new = self._tags.mark(name, position)
            if new:
                self._tag_rows.append((name, number))
            self._mark_rows.append((number, position))
        self.kept.append((position, entry))

    def _by_key(self, key: str) -> Appended | None:
        found = self._keys.get(key) or self._before.get(key)
        return None if found is None else Appended(*found, repeated=True)
