"""`tocsin policy`: what is wrong with a policy is said, its cases are held, and a table shows what it comes to."""

from pathlib import Path

import pytest

from tests.floor import SAMPLES
from tocsin.cli import main


def test_the_sample_policy_holds_its_cases(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "test"]) == 0
    assert ", 0 not so" in capsys.readouterr().out


def test_a_policy_that_shows_more_than_its_cases_say_is_found_by_the_case(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wider = tmp_path / "policy.cedar"
    wider.write_text((SAMPLES / "policy.cedar").read_text(encoding="utf-8").replace('principal in Role::"responder"', 'principal in Role::"staff"'), encoding="utf-8")
    assert main(["policy", "test", str(wider)]) == 1
    said = capsys.readouterr().out
    assert "A planner is shown nothing personal" in said
    assert "crew-responds" in said


def test_show_and_check_say_it_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "show"]) == 0
    assert "auditor     oversight     words" in capsys.readouterr().out
    assert main(["policy", "check"]) == 0
    assert "glass-is-broken:" in capsys.readouterr().out


def test_a_file_that_is_no_policy_stops_with_its_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "mine.cedar"
    bad.write_text("permit (", encoding="utf-8")
    assert main(["policy", "check", str(bad)]) == 2
    assert "mine.cedar" in capsys.readouterr().err
    assert main(["policy", "test", "--cases", str(bad)]) == 2
