"""Caches: what was saved comes back, and whatever is doubtful is as if it had never been."""

from pathlib import Path

from tests.ledger.given import entry, opened


def test_a_cache_comes_back_after_a_restart_with_its_position(tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        ledger.append([entry(), entry()])
        ledger.save_cache("picture.units", 1, b"older")
        ledger.save_cache("picture.units", 2, b"rows")
    with opened(tmp_path) as ledger:
        assert ledger.load_cache("picture.units") == (2, b"rows")
        assert ledger.load_cache("picture.incidents") is None


def test_a_damaged_or_foreign_cache_is_none(tmp_path: Path) -> None:
    with opened(tmp_path / "one") as one, opened(tmp_path / "two") as two:
        one.append([entry(b"1")])
        two.append([entry(b"2")])
        one.save_cache("view", 1, b"rows")
        stored = (tmp_path / "one" / "cache" / "view.cache").read_bytes()
        (tmp_path / "two" / "cache").mkdir()
        copy = tmp_path / "two" / "cache" / "view.cache"
        copy.write_bytes(stored)
        assert two.load_cache("view") is None, "it was folded from another history"
        copy.write_bytes(stored[:-1])
        assert two.load_cache("view") is None
        (tmp_path / "one" / "cache" / "view.cache").write_bytes(stored[:-1] + b"S")
        assert one.load_cache("view") is None
