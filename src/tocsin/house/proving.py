"""Whole histories for somebody outside: every entry with a tag, proved by the log's own signature to be all there are (ADR 30)."""

from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from pathlib import Path as FilePath
from threading import Lock

import msgspec

from tocsin.facts.proof import HistoriesRooted
from tocsin.house.envelope import enclose
from tocsin.kernel import Clock, Instant, Refused
from tocsin.ledger import Ledger
from tocsin.ledger.audit import raw_lines
from tocsin.ledger.grown import Proven
from tocsin.ledger.histories import Histories, Path, holds
from tocsin.ledger.line import Line, read_line
from tocsin.ledger.note import BadNote, Checkpoint, read, read_verifier
from tocsin.ledger.proof import includes
from tocsin.ledger.tree import hash_leaf

FORM = "tocsin/histories/1"
MOST_ENTRIES, MOST_TAGS = 10_000, 64
EVER: Instant = (1 << 63) - 1
_EVERY_US = 60_000_000
_BODY = msgspec.msgpack.Decoder(HistoriesRooted)


class BadProof(Exception):
    """A proof that does not hold, with the sentence that says where."""


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """An entry's bytes as they are hashed, and the path that proves its place under the checkpoint."""

    position: int
    line: bytes
    path: tuple[bytes, ...]


class History(msgspec.Struct, frozen=True, kw_only=True):
    """All positions of one tag, and those of its entries that are shown."""

    tag: str
    blind: bytes
    positions: tuple[int, ...]
    path: Path
    entries: tuple[Given, ...]


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """A document that proves itself to whoever has the ledger's verifier line; `since` and `until` are what was asked, by when it was kept."""

    form: str = FORM
    checkpoint: str
    rooted: Given
    """The fact that commits to all histories up to an entry; what was kept later is not covered."""
    since: Instant = 0
    until: Instant = EVER
    histories: tuple[History, ...]


class Checked(msgspec.Struct, frozen=True):
    """What a proof shows: of the tag's `positions`, the `entries` kept within the time, and `untold`, of which only the place is shown though
    they may lie within it."""

    tag: str
    size: int
    """The histories are whole up to this entry."""
    positions: tuple[int, ...]
    entries: tuple[Given, ...]
    untold: tuple[int, ...]

    @property
    def sentence(self) -> str:
        """In words."""
        last = f"{len(self.untold)} more may lie between and are not shown: {', '.join(map(str, self.untold[:20]))}." if self.untold else "None is missing."
        return f"{self.tag}: {len(self.entries):,} entries in this time, of {len(self.positions):,} among the first {self.size:,} of the log. {last}"


class Proving:
    """Keeps the tree over tags in step with the ledger, from when it is first asked for, and commits to it at most once a minute."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger, self._clock = ledger, clock
        self._lock = Lock()
        self._grown = ledger.grown()
        self._size, self._rooted, self._rooted_at = 0, 0, -_EVERY_US

    def proof_of(self, tags: Sequence[str], *, since: Instant = 0, until: Instant = EVER, withheld: Collection[int] = ()) -> Proof:
        """Every entry with these tags that was kept within a time, with the proof that there are no others.

        The entries just before and after the time are shown too, since they bound it. Those in `withheld` are proved to
        be there and not shown. Refused for more than can be given at once. What came since the last time is read, the
        whole ledger at first: not for a thread that others wait for.
        """
        assert 0 < len(tags) <= MOST_TAGS
        with self._lock:
            found = self._root(list(dict.fromkeys(tags)))
            rooted = self._rooted
        if sum(len(positions) for _, _, positions, _ in found) > MOST_ENTRIES:
            raise Refused("history_too_long", f"A proof has at most {MOST_ENTRIES:,} entries; ask for fewer tags, or fetch the log.",
                          f"一份证明最多 {MOST_ENTRIES:,} 条；请减少标签，或获取整个日志。", status=422)
        note = self._ledger.checkpoint()
        size = int(note.split("\n")[1])
        histories = tuple(
            History(tag=tag, blind=blind, positions=tuple(positions), path=path,
                    entries=tuple(self._given(at, size) for at in self._within(positions, since, until) if at not in withheld))
            for tag, blind, positions, path in found)
        return Proof(checkpoint=note, rooted=self._given(rooted, size), since=since, until=until, histories=histories)

    def close(self) -> None:
        """Let the tree go."""
        self._grown.close()

    def _root(self, tags: Sequence[str]) -> list[Proven]:
        """The ways to some tags; the tree as it stands is committed to first, unless that was done within the minute."""
        now = self._clock.now()
        recent = self._rooted and 0 <= now - self._rooted_at < _EVERY_US
        size = self._size if recent else self._ledger.head()
        root, histories, found = self._grown.prove(size, tags)
        if recent:
            return found
        fact = HistoriesRooted(size=size, root=root, histories=histories)
        kept = self._ledger.append(enclose([fact], self._ledger.vault, happened_at=now, known_at=now, by="house", purpose="oversight", cause=0, key=""))
        self._size, self._rooted, self._rooted_at = size, kept.first, now
        return found

    def _within(self, positions: Sequence[int], since: Instant, until: Instant) -> list[int]:
        """Those kept within the time, and their neighbours on both sides."""
        inside = [since <= read_line(self._ledger.lines(at - 1, 1)[0]).known_at <= until for at in positions]
        return [at for number, at in enumerate(positions) if any(inside[max(0, number - 1):number + 2])] or list(positions)

    def _given(self, position: int, size: int) -> Given:
        return Given(position=position, line=self._ledger.lines(position - 1, 1)[0], path=tuple(self._ledger.inclusion(position, size)))


def history_from_files(folder: FilePath, tags: Sequence[str], clock: Clock, *, name: str, since: Instant, until: Instant) -> Proof:
    """The same from the ledger's folder of a floor that is not running; the commitment is kept in it."""
    with Ledger.open(folder, clock, name=name) as ledger:
        proving = Proving(ledger, clock)
        try:
            return proving.proof_of(tags, since=since, until=until)
        finally:
            proving.close()


def check(proof: Proof, verifier: str) -> list[Checked]:
    """What a proof shows to somebody with the verifier line and nothing else; BadProof, with the reason, where it shows nothing."""
    if proof.form != FORM:
        raise BadProof(f"this is a proof of the form {proof.form[:40]!r}, not {FORM!r}")
    try:
        signed = read(proof.checkpoint, *read_verifier(verifier))
    except BadNote as error:
        raise BadProof(f"its checkpoint does not count: {error}") from error
    line = _read(proof.rooted, signed)
    try:
        rooted = _BODY.decode(line.body)
    except msgspec.DecodeError as error:
        raise BadProof(f"entry {proof.rooted.position:,} commits to no histories") from error
    if line.kind != HistoriesRooted.fact_kind or not 0 <= rooted.size < proof.rooted.position:
        raise BadProof(f"entry {proof.rooted.position:,} commits to no histories")
    return [_checked(history, proof, rooted, signed) for history in proof.histories]


def _checked(history: History, proof: Proof, rooted: HistoriesRooted, signed: Checkpoint) -> Checked:
    if not holds(rooted.root, history.tag, history.blind, history.positions, history.path):
        raise BadProof(f"the positions of {history.tag} are not those that entry {proof.rooted.position:,} commits to")
    known: dict[int, Instant] = {}
    for given in history.entries:
        line = _read(given, signed)
        if given.position not in history.positions or history.tag not in line.tags:
            raise BadProof(f"entry {given.position:,} does not belong to {history.tag}")
        known[given.position] = line.known_at
    # What was kept before an entry that is too early was too early, and likewise after one that is too late.
    after = max((at for at, when in known.items() if when < proof.since), default=0)
    before = min((at for at, when in known.items() if when > proof.until), default=EVER)
    return Checked(history.tag, rooted.size, history.positions,
                   tuple(given for given in history.entries if proof.since <= known[given.position] <= proof.until),
                   tuple(at for at in history.positions if after < at < before and at not in known))


def _read(given: Given, signed: Checkpoint) -> Line:
    try:
        line = read_line(given.line)
    except msgspec.DecodeError as error:
        raise BadProof(f"entry {given.position:,} cannot be read") from error
    if line.position != given.position or not includes(signed.root, signed.size, given.position, hash_leaf(given.line), given.path):
        raise BadProof(f"entry {given.position:,} is not in the log that was signed")
    return line


def wrong_histories(folder: FilePath) -> Iterator[int]:
    """The positions at which the house committed to histories that are not those of its entries, from the ledger's files alone."""
    grown, behind = Histories(), raw_lines(folder)
    for entry in raw_lines(folder):
        line = read_line(entry)
        if line.kind == HistoriesRooted.fact_kind:
            rooted = _BODY.decode(line.body)
            if not grown.size <= rooted.size < line.position:
                yield line.position
            else:
                grown.add(islice(behind, rooted.size - grown.size))
                if grown.root() != rooted.root or grown.tags != rooted.histories:
                    yield line.position
