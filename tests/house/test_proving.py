"""A whole history is proved to somebody who holds the verifier line and a document, and a document that leaves something out is not believed."""

from pathlib import Path

import msgspec
import pytest

from tests.floor import StillClock
from tocsin.house.proving import BadProof, Checked, Given, Proof, Proving, check, wrong_histories
from tocsin.kernel import Entry, Refused
from tocsin.ledger import Ledger
from tocsin.ledger.grown import Proven
from tocsin.ledger.histories import Histories

HOUR_US = 3_600_000_000


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


def fill(ledger: Ledger, clock: StillClock, hours: int = 8) -> None:
    """Each hour: one entry of each of five records, and one of record 0 alone."""
    for _ in range(hours):
        for number in (0, 1, 2, 3, 4, 0):
            now = clock.now()
            ledger.append([Entry(kind="access.record-shown", body=b"x", tags=(f"record:{number}",), happened_at=now, known_at=now, by="desk 1")])
        clock.pass_s(3_600)


def handed_over(proof: Proof) -> Proof:
    """The document as it comes out of a file."""
    return msgspec.json.decode(msgspec.json.encode(proof), type=Proof)


def first(proof: Proof, verifier: str) -> Checked:
    return check(handed_over(proof), verifier)[0]


def test_a_history_within_a_time_is_whole(tmp_path: Path, clock: StillClock) -> None:
    with Ledger.open(tmp_path, clock, name="test") as ledger:
        begun = clock.now()
        fill(ledger, clock)
        proof = Proving(ledger, clock).proof_of(["record:0", "record:9"], since=begun + 2 * HOUR_US, until=begun + 4 * HOUR_US)
        seen, none = check(handed_over(proof), ledger.verifier)
        assert [given.position for given in seen.entries] == [13, 18, 19, 24, 25, 30]
        assert (len(seen.positions), seen.untold, seen.size) == (16, (), 48)
        assert "None is missing" in seen.sentence
        assert (none.positions, none.entries, none.untold) == ((), (), ())
        assert len(msgspec.json.encode(proof)) < 20_000


def test_what_is_withheld_is_seen_to_be_withheld(tmp_path: Path, clock: StillClock) -> None:
    with Ledger.open(tmp_path, clock, name="test") as ledger:
        begun = clock.now()
        fill(ledger, clock)
        proof = Proving(ledger, clock).proof_of(["record:0"], since=begun, until=begun + 2 * HOUR_US, withheld={6})
        seen = first(proof, ledger.verifier)
        assert seen.untold == (6,)
        assert 6 not in [given.position for given in seen.entries]
        assert "1 more may lie between" in seen.sentence


def _without(proof: Proof, *positions: int) -> Proof:
    history = proof.histories[0]
    kept = tuple(given for given in history.entries if given.position not in positions)
    return msgspec.structs.replace(proof, histories=(msgspec.structs.replace(history, entries=kept),))


def test_a_dropped_entry_never_passes_as_none_missing(tmp_path: Path, clock: StillClock) -> None:
    """Whichever entries are left out of the document, each that lies in the time is shown or said to be untold."""
    with Ledger.open(tmp_path, clock, name="test") as ledger:
        begun = clock.now()
        fill(ledger, clock, 5)
        proof = Proving(ledger, clock).proof_of(["record:0"], since=begun + HOUR_US, until=begun + 3 * HOUR_US)
        true = {given.position for given in first(proof, ledger.verifier).entries}
        shown = [given.position for given in proof.histories[0].entries]
        for mask in range(1 << len(shown)):
            seen = first(_without(proof, *(at for number, at in enumerate(shown) if mask >> number & 1)), ledger.verifier)
            assert true <= {given.position for given in seen.entries} | set(seen.untold)


def test_an_altered_document_is_not_believed(tmp_path: Path, clock: StillClock) -> None:
    with Ledger.open(tmp_path / "one", clock, name="test") as ledger, Ledger.open(tmp_path / "two", clock, name="test") as other:
        fill(ledger, clock)
        fill(other, clock)
        proof, foreign = Proving(ledger, clock).proof_of(["record:1"]), Proving(other, clock).proof_of(["record:1"])
        history = proof.histories[0]
        given = history.entries[0]

        def with_history(**changed: object) -> Proof:
            return msgspec.structs.replace(proof, histories=(msgspec.structs.replace(history, **changed),))

        assert first(proof, ledger.verifier).untold == ()
        for wrong in (
            with_history(positions=history.positions[1:]), with_history(positions=()), with_history(tag="record:2"), with_history(blind=b""),
            with_history(entries=(msgspec.structs.replace(given, line=given.line + b"x"), *history.entries[1:])),
            with_history(entries=(msgspec.structs.replace(given, path=given.path[1:]),)),
            with_history(entries=foreign.histories[0].entries),
            msgspec.structs.replace(proof, rooted=given), msgspec.structs.replace(proof, rooted=foreign.rooted),
            msgspec.structs.replace(proof, checkpoint=foreign.checkpoint), msgspec.structs.replace(proof, form="another"),
        ):
            with pytest.raises(BadProof):
                check(handed_over(wrong), ledger.verifier)
        with pytest.raises(BadProof):
            check(proof, other.verifier)


def test_histories_are_rooted_once_a_minute_and_grow_on(tmp_path: Path, clock: StillClock) -> None:
    with Ledger.open(tmp_path, clock, name="test") as ledger:
        fill(ledger, clock, 1)
        proving = Proving(ledger, clock)
        assert proving.proof_of(["record:0"]).rooted.position == proving.proof_of(["record:1"]).rooted.position == 7
        fill(ledger, clock, 1)
        clock.pass_s(61)
        assert proving.proof_of(["record:0"]).rooted.position == 14
        assert Proving(ledger, clock).proof_of(["record:0"]).histories == proving.proof_of(["record:0"]).histories


def test_a_house_that_commits_to_false_histories_is_found_by_whoever_holds_the_entries(tmp_path: Path, clock: StillClock) -> None:
    with Ledger.open(tmp_path, clock, name="test") as ledger:
        fill(ledger, clock, 1)
        Proving(ledger, clock).proof_of(["record:0"])
        assert list(wrong_histories(tmp_path)) == []
        lying = Proving(ledger, clock)
        lying._grown = _Hiding(ledger, 6)  # type: ignore[assignment] -- the house as its operator would change it: blind to one entry
        proof = lying.proof_of(["record:0"])
        assert first(proof, ledger.verifier).positions == (1,), "nobody who holds this document alone can tell"
        assert list(wrong_histories(tmp_path)) == [8]


def test_too_long_a_history_is_refused(tmp_path: Path, clock: StillClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tocsin.house.proving.MOST_ENTRIES", 3)
    with Ledger.open(tmp_path, clock, name="test") as ledger:
        fill(ledger, clock, 2)
        with pytest.raises(Refused, match="history_too_long"):
            Proving(ledger, clock).proof_of(["record:0"])


class _Hiding:
    """A tree over tags that is grown with another tag in place of one entry's own."""

    def __init__(self, ledger: Ledger, hidden: int) -> None:
        self._ledger, self._hidden = ledger, hidden

    def prove(self, size: int, tags: list[str]) -> tuple[bytes, int, list[Proven]]:
        grown = Histories()
        lines = self._ledger.lines(0, size)
        grown.add(line.replace(b"record:0", b"record:x") if number == self._hidden else line for number, line in enumerate(lines, 1))
        return grown.root(), grown.tags, [(tag, *grown.prove(tag)) for tag in tags]


def test_given_is_what_is_hashed() -> None:
    """A document's bytes survive JSON."""
    given = Given(position=1, line=bytes(range(256)), path=(bytes(32),))
    assert msgspec.json.decode(msgspec.json.encode(given), type=Given) == given
