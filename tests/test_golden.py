"""The golden records of every released version open, verify, and say today what they said then; every kind of fact is in them or listed."""

import lzma
import tomllib
from pathlib import Path

import msgspec
import pytest

import tocsin
from tests.floor import StillClock
from tests.golden import EXPECTED, FOLDED, FOLDER, Expected, differences, facts_of, house_of, pictures_of, unpacked, versions
from tests.golden.drawn import Names, drawn
from tocsin.edges.web.people import People
from tocsin.house.audit import verify
from tocsin.house.figures import figures_at
from tocsin.kernel import FACTS

SINCE: dict[str, str] = tomllib.loads((FOLDER / "since.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("golden", versions(), ids=lambda path: path.name)
def test_golden_records_open_verify_and_say_what_they_said(golden: Path, tmp_path: Path) -> None:
    data, expected = unpacked(golden, tmp_path)
    report = verify(data / "ledger", expected.verifier, (expected.checkpoint,))
    assert report.sound, report.sentences()
    assert (report.size, report.root.hex()) == (expected.head, expected.root)
    counted, root = figures_at(data / "ledger", expected.head, name="floor")
    assert root.hex() == expected.root
    assert not differences(expected.figures, msgspec.to_builtins(counted), "figures")
    folded = msgspec.json.decode(lzma.decompress((golden / FOLDED).read_bytes()))
    with house_of(data, StillClock()) as house:
        assert house.ledger.root(expected.head).hex() == expected.root
        assert not differences(folded["facts"], msgspec.json.decode(msgspec.json.encode(facts_of(house, expected.head))), "facts")
        assert not differences(folded["pictures"], msgspec.json.decode(msgspec.json.encode(pictures_of(house, expected.head))), "pictures")
        names = [row for row, _ in zip(house.rows("incident"), range(1), strict=False)]
        assert names and house.ledger.vault.count(), "the keys open, and there is work in it"
    assert len(People(data, StillClock()))


def test_every_kind_of_fact_is_in_the_newest_golden_records_or_listed_with_the_reason() -> None:
    newest = versions()[-1]
    kinds = set(msgspec.json.decode((newest / EXPECTED).read_bytes(), type=Expected).kinds)
    missing = set(FACTS) - kinds - set(SINCE)
    assert not missing, f"{sorted(missing)}: list them in tests/golden/since.toml with the reason, or write {tocsin.__version__} again if it was never released"
    assert not set(SINCE) & kinds, "what is in the golden records needs no reason"
    assert not set(SINCE) - set(FACTS), "a kind that is not there any more"
    assert all(len(reason) > 20 for reason in SINCE.values()), "a reason is a sentence"
    assert kinds <= set(FACTS), "a kind that was kept once is readable for ever"


@pytest.mark.parametrize("kind", sorted(FACTS))
def test_a_fact_of_each_kind_can_be_drawn_and_reads_back(kind: str) -> None:
    made = drawn(FACTS[kind], Names("260304-0001", "E7", "2026-03-04D", StillClock().at))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(made), type=FACTS[kind]) == made


def test_a_changed_row_is_a_difference_and_a_new_field_is_none() -> None:
    kept = {"unit": {"E7": {"state": "available", "crew": [1, 2]}}}
    assert not differences(kept, {"unit": {"E7": {"state": "available", "crew": [1, 2], "since": 5}}, "task": {}})
    for now in ({"unit": {}}, {"unit": {"E7": {"state": "out", "crew": [1, 2]}}}, {"unit": {"E7": {"state": "available", "crew": [1]}}}, {}):
        assert differences(kept, now)
