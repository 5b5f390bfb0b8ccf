"""A release: its digests signed, found out when a byte of it changes, made twice with the same bytes; and packages held against advisories."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.shared import ROOT


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"tools_{name}", ROOT / "tools" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


RELEASE = load("release")


@pytest.fixture
def signed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[Path, str]:
    """A folder as a release leaves it, of two small files, and the line that verifies it."""
    assert RELEASE.main(["new-key", str(tmp_path / "key.pem")]) == 0
    line = capsys.readouterr().out.strip()
    out = tmp_path / "dist"
    out.mkdir()
    (out / "a.whl").write_bytes(b"one")
    (out / "b.tar.gz").write_bytes(b"two")
    key = RELEASE.serialization.load_pem_private_key((tmp_path / "key.pem").read_bytes(), password=None)
    text = f"{RELEASE.NAME} 1\ncommit abc\n{RELEASE.sums(out)}"
    (out / RELEASE.SIGNED).write_text(f"{text}\n{RELEASE._signature(text, key)}")
    return out, line


def test_what_was_signed_is_sound_and_a_changed_added_or_missing_file_is_not(signed: tuple[Path, str], capsys: pytest.CaptureFixture[str]) -> None:
    out, line = signed
    assert RELEASE.main(["verify", str(out), "--line", line]) == 0
    (out / "a.whl").write_bytes(b"0ne")
    assert RELEASE.main(["verify", str(out), "--line", line]) == 1
    assert "a.whl" in capsys.readouterr().err
    (out / "a.whl").write_bytes(b"one")
    (out / "c.whl").write_bytes(b"three")
    assert RELEASE.main(["verify", str(out), "--line", line]) == 1
    (out / "c.whl").unlink()
    (out / "b.tar.gz").unlink()
    assert RELEASE.main(["verify", str(out), "--line", line]) == 1


def test_another_key_a_forged_text_and_no_signature_are_told(signed: tuple[Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, line = signed
    RELEASE.main(["new-key", str(tmp_path / "other.pem")])
    other = capsys.readouterr().out.strip()
    assert RELEASE.main(["verify", str(out), "--line", other]) == 1
    note = out / RELEASE.SIGNED
    text = note.read_text()
    note.write_text(text.replace("commit abc", "commit abd"))
    assert RELEASE.main(["verify", str(out), "--line", line]) == 1
    note.write_text(text.partition("\n\n")[0])
    assert RELEASE.main(["verify", str(out), "--line", line]) == 1
    assert RELEASE.main(["verify", str(out), "--line", "nonsense"]) == 1


def test_a_key_is_never_written_over_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    RELEASE.main(["new-key", str(tmp_path / "key.pem")])
    assert (tmp_path / "key.pem").stat().st_mode & 0o077 == 0
    with pytest.raises(FileExistsError):
        RELEASE.main(["new-key", str(tmp_path / "key.pem")])


def test_the_list_of_parts_is_the_same_each_time_and_names_every_locked_package() -> None:
    uv = ROOT / ".tools" / "bin" / "uv"
    said = [json.loads(subprocess.run([str(uv), "export", "--quiet", "--locked", "--no-dev", "--format", "cyclonedx1.5"], cwd=ROOT, capture_output=True, check=True).stdout)
            for _ in range(2)]
    one, two = (json.dumps(RELEASE.settled(parts, 0), sort_keys=True) for parts in said)
    assert one == two
    names = {part["name"] for part in said[0]["components"]}
    assert names >= {"msgspec", "cryptography", "webauthn", "cedarpy", "litestar"}
    assert "pytest" not in names


def test_the_audit_says_what_it_could_not_ask(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    audit = load("audit")
    monkeypatch.setattr(audit.shutil, "which", lambda name: None)
    assert audit.console() == 0
    assert "NOT AUDITED: console packages" in capsys.readouterr().out
    assert sys.executable


def test_a_release_is_not_made_without_its_golden_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    RELEASE.main(["new-key", str(tmp_path / "key.pem")])
    monkeypatch.setattr(RELEASE, "_git", lambda *words: "")
    monkeypatch.setattr(RELEASE, "version", lambda: "9.9.9")
    assert RELEASE.main(["make", str(tmp_path / "dist"), "--key", str(tmp_path / "key.pem")]) != 0
    assert "golden records of 9.9.9" in capsys.readouterr().err
    assert not (tmp_path / "dist").exists()
