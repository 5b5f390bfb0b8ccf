"""The audit of a fork: the copy against the floor's key, its own part against the site's, and each edit found where it was made."""

import shutil
from pathlib import Path

import pytest

from tests.ledger.given import Ticking, entry
from tests.ledger.test_audit import edit
from tocsin.cli import main
from tocsin.ledger import Ledger, LedgerFault
from tocsin.ledger.audit import verify
from tocsin.ledger.audit_fork import verify_fork
from tocsin.ledger.forked import AT, begin_fork

_AT, _COPIED, _OWN = 9, 14, 3


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A floor's ledger, a site's copy of all of it, and a fork that began before its end."""
    root = tmp_path_factory.mktemp("site")
    with Ledger.open(root / "floor", Ticking(), name="floor") as floor:
        for number in range(7):
            floor.append([entry(b"%d" % number, f"incident:{number % 3}"), entry(b"x", "unit:E7")], key=f"k{number}")
        with Ledger.open(root / "ledger", Ticking(), name="floor", copies=floor.verifier) as copy:
            copy.follow(0)
            copy.take(floor.lines(0, _AT), floor.note_at(_AT))
            begin_fork(root / "fork", _AT)
            with Ledger.open(root / "fork", Ticking(), name="floor.north.1", upon=copy.folder) as fork:
                fork.append([entry(b"a", "incident:0", "new"), entry(b"b", "new")], guard=["incident:0"], after=7, key="site")
                fork.append([entry(b"c", "incident:0")], key="more")
            copy.take(floor.lines(_AT, _COPIED - _AT), floor.note_at(_COPIED))
    return root


def line(root: Path, whose: str) -> str:
    return (root / whose / "verifier").read_text().strip()


def audited(root: Path) -> tuple[set[tuple[str, int]], set[tuple[str, int]]]:
    """What is found in the copy, and in the fork."""
    reports = verify_fork(root / "fork", line(root, "fork"), root / "ledger", line(root, "floor"))
    return tuple({(finding.code, finding.position) for finding in report.findings} for report in reports)  # type: ignore[return-value]  # two of them


def test_a_sound_fork_upon_a_sound_copy_is_sound(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    beneath, own = verify_fork(site / "fork", line(site, "fork"), site / "ledger", line(site, "floor"))
    assert beneath.sound and own.sound, (beneath.findings, own.findings)
    assert (beneath.size, beneath.signed, own.size, own.signed) == (_COPIED, _COPIED, _AT + _OWN, _AT + _OWN) and own.checkpoints
    assert verify(site / "ledger", line(site, "floor")).sound, "the copy alone is audited as any ledger, with the floor's key"
    words = ["audit", "verify", str(site / "fork"), "--key", str(site / "fork" / "verifier")]
    assert main([*words, "--upon", str(site / "ledger"), "--floor", line(site, "floor")]) == 0
    said = capsys.readouterr().out
    assert "The floor's copy beneath it: Sound: 14 entries" in said and "With what the site did by itself: Sound: 12 entries" in said
    assert main(words) == 2
    assert "audit.fork" in (no := capsys.readouterr().err) and "--upon SITE/ledger --floor LINE" in no
    assert main([*words, "--upon", str(site / "ledger")]) == 2 and "give both" in capsys.readouterr().err
    assert main([*words, "--upon", str(site / "ledger"), "--floor", line(site, "fork")]) == 1, "the site's key signed nothing of the floor's"


@pytest.mark.parametrize(("folder", "statements", "expected"), [
    ("fork", ["UPDATE entries SET line = CAST(line || 'x' AS BLOB) WHERE position = 1"], (set(), {("changed", _AT + 1)})),
    ("fork", ["DELETE FROM entries WHERE position = 2"], (set(), {("removed", _AT + 2)})),
    ("fork", ["DELETE FROM entries WHERE position = 3"], (set(), {("cut-short", _AT + 3)})),
    ("fork", ["UPDATE keys SET last = 1 WHERE key = 'site'"], (set(), {("index", _AT + 1)})),
    ("fork", ["DELETE FROM marks WHERE position = 3"], (set(), {("index", _AT + 3)})),
    ("ledger", ["UPDATE entries SET line = CAST(line || 'x' AS BLOB) WHERE position = 3"], ({("changed", 3)}, set())),
])
def test_each_edit_is_found_where_it_was_made(site: Path, tmp_path: Path, folder: str, statements: list[str], expected: tuple[set[tuple[str, int]], ...]) -> None:
    shutil.copytree(site, tmp_path / "site")
    edit(tmp_path / "site" / folder, *statements)
    for found, wanted in zip(audited(tmp_path / "site"), expected, strict=True):
        assert wanted <= found and bool(wanted) == bool(found), found


def test_a_copy_on_which_it_did_not_stand_is_no_ground(site: Path, tmp_path: Path) -> None:
    root = tmp_path / "site"
    shutil.copytree(site, root)
    (root / "fork" / AT).write_text("99\n")
    with pytest.raises(LedgerFault, match=r"audit\.short-copy"):
        audited(root)
    (root / "fork" / AT).write_text("8\n")  # one entry earlier than it was
    beneath, own = audited(root)
    assert not beneath and own
    with pytest.raises(LedgerFault, match=r"ledger\.no-fork"):
        verify_fork(root / "floor", line(root, "floor"), root / "ledger", line(root, "floor"))
