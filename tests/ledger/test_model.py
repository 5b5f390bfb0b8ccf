"""Any sequence of appends, guards, keys, retries, reads and restarts gives what a list in memory gives."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.ledger import given
from tests.ledger.given import entry, open_in
from tests.postgres import emptied
from tocsin.kernel import Entry
from tocsin.ledger import Appended, Moved, audit
from tocsin.ledger.copying import for_auditor
from tocsin.ledger.line import decode
from tocsin.ledger.proof import extends, includes
from tocsin.ledger.tree import hash_leaf

TAGS = st.lists(st.sampled_from(["incident:1", "incident:2", "unit:A7", "单元:七"]), max_size=4)
ONE = st.builds(lambda body, tags: entry(body, *tags), st.binary(max_size=20), TAGS)
ENTRIES = st.lists(ONE, min_size=1, max_size=5)
KEYS = st.sampled_from(["", "", "k1", "k2", "k3"])


class Model:
    """The ledger in ten lines: what it must do, without how."""

    def __init__(self) -> None:
        self.lines: list[Entry] = []
        self.keys: dict[str, tuple[int, int]] = {}

    def append(self, entries: list[Entry], guard: list[str], after: int, key: str) -> Appended | None:
        if key and key in self.keys:
            return Appended(*self.keys[key], repeated=True)
        if any(set(guard) & set(kept.tags) for kept in self.lines[after:]):
            return None
        first = len(self.lines) + 1
        self.lines += [Entry(**{name: getattr(one, name) for name in one.__struct_fields__} | {"key": key})
                       for one in entries]
        if key:
            self.keys[key] = (first, len(self.lines))
        return Appended(first, len(self.lines))

    def tagged(self, tags: list[str], after: int) -> list[tuple[int, Entry]]:
        return [(position, kept) for position, kept in enumerate(self.lines, 1)
                if position > after and set(tags) & set(kept.tags)]


class LedgerAgainstModel(RuleBasedStateMachine):
    """Runs both side by side; the listener's list is a third witness."""

    @initialize()
    def begin(self) -> None:
        self.home = tempfile.TemporaryDirectory()
        self.folder = Path(self.home.name)
        self.model = Model()
        self.heard: list[tuple[int, Entry]] = []
        self.roots = {0: hash_nothing()}
        self.open()

    def open(self) -> None:
        self.ledger = open_in(self.folder, "model")
        self.ledger.listen(self.heard.extend)

    @rule(entries=ENTRIES, guard=TAGS, behind=st.integers(0, 3), key=KEYS)
    def append(self, entries: list[Entry], guard: list[str], behind: int, key: str) -> None:
        after = max(0, len(self.model.lines) - behind)
        expected = self.model.append(entries, guard, after, key)
        try:
            got: Appended | None = self.ledger.append(entries, guard=guard, after=after, key=key)
        except Moved:
            got = None
        assert got == expected
        self.roots[self.ledger.head()] = self.ledger.root()

    @rule(several=st.lists(st.tuples(ENTRIES, TAGS, KEYS), min_size=2, max_size=4))
    def submit_several(self, several: list[tuple[list[Entry], list[str], str]]) -> None:
        after = len(self.model.lines)
        answers = [self.ledger.submit(entries, guard=guard, after=after, key=key) for entries, guard, key in several]
        for answer, (entries, guard, key) in zip(answers, several, strict=True):
            expected = self.model.append(entries, guard, after, key)
            if expected is None:
                assert isinstance(answer.exception(10), Moved)
            else:
                assert answer.result(10) == expected
        self.roots[self.ledger.head()] = self.ledger.root()

    @rule(tags=TAGS, after=st.integers(0, 30))
    def read_tags(self, tags: list[str], after: int) -> None:
        assert list(self.ledger.read_tags(tags, after)) == self.model.tagged(tags, after)

    @rule(after=st.integers(0, 30), limit=st.integers(0, 5))
    def read(self, after: int, limit: int) -> None:
        expected = list(enumerate(self.model.lines, 1))[after:after + limit]
        assert list(self.ledger.read(after, limit)) == expected

    @rule()
    def restart(self) -> None:
        self.ledger.close()
        audited = self.folder
        if given.DATABASE:
            audited = self.folder / "copy"
            assert for_auditor(self.folder, "model", audited, lambda done, of: None) == (len(self.model.lines), self.roots[len(self.model.lines)])
        report = audit.verify(audited, self.ledger.verifier)
        assert report.sound, report.sentences()
        assert report.signed == report.size == len(self.model.lines)
        self.open()

    @rule(data=st.data())
    def prove(self, data: st.DataObject) -> None:
        new = data.draw(st.sampled_from(sorted(self.roots)))
        old = data.draw(st.sampled_from([size for size in self.roots if size <= new]))
        assert extends(self.roots[old], old, self.roots[new], new, self.ledger.consistency(old, new))
        if new:
            position = data.draw(st.integers(1, new))
            [line] = self.ledger.lines(position - 1, 1)
            assert decode(line) == (position, self.model.lines[position - 1])
            leaf = hash_leaf(line)
            assert includes(self.roots[new], new, position, leaf, self.ledger.inclusion(position, new))

    @invariant()
    def head_listener_and_keys_agree(self) -> None:
        if hasattr(self, "model"):
            assert self.ledger.head() == len(self.model.lines)
            assert self.heard == list(enumerate(self.model.lines, 1))
            for key in ("k1", "k2"):
                kept = self.model.keys.get(key)
                assert self.ledger.by_key(key) == (None if kept is None else Appended(*kept, repeated=True))

    def teardown(self) -> None:
        if hasattr(self, "ledger"):
            self.ledger.close()
            self.home.cleanup()
            if given.DATABASE:
                emptied(given.DATABASE)


def hash_nothing() -> bytes:
    """The root of an empty ledger."""
    return bytes.fromhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")


@pytest.mark.usefixtures("store")
def test_the_ledger_is_its_model() -> None:
    run_state_machine_as_test(LedgerAgainstModel, settings=settings(max_examples=15 if given.DATABASE else 40, stateful_step_count=25))  # type: ignore[no-untyped-call]  # hypothesis's own
