"""The front door: a command is imported when it is asked for, and what it says alone is what it says among all."""

import argparse
import subprocess
import sys

import pytest

from tocsin.cli import main, parser

LOOK = "import sys; from tocsin.cli import parser; parser({word!r}); print(*sorted(sys.modules))"


def _commands(top: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    (action,) = [action for action in top._actions if isinstance(action, argparse._SubParsersAction)]
    return dict(action.choices)


def _leaves(top: argparse.ArgumentParser) -> list[str]:
    """The help of a command and of all below it."""
    below = [action for action in top._actions if isinstance(action, argparse._SubParsersAction)]
    return [top.format_help(), *(text for action in below for one in action.choices.values() for text in _leaves(one))]


WHOLE = _commands(parser())


@pytest.mark.parametrize("name", WHOLE)
def test_a_command_says_alone_what_it_says_among_all(name: str) -> None:
    alone = _commands(parser(name))
    assert list(alone) == [name], "another command came along"
    assert _leaves(alone[name]) == _leaves(WHOLE[name])


@pytest.mark.parametrize(("word", "absent"), [
    ("--version", {"numpy", "tocsin.house", "tocsin.city"}),
    ("siting", {"litestar", "fpdf", "pypinyin", "tocsin.house", "tocsin.cli.serve"}),
    ("people", {"fpdf", "pypinyin", "osmium", "tocsin.sim", "tocsin.cli.sim"}),
    ("serve", {"pypinyin", "osmium", "scipy.stats", "tocsin.sim.scenarios", "tocsin.cli.sim"}),
])
def test_nothing_is_imported_that_the_command_does_not_need(word: str, absent: set[str]) -> None:
    done = subprocess.run([sys.executable, "-c", LOOK.format(word=word)], capture_output=True, text=True, check=True, timeout=60)
    there = set(done.stdout.split())
    assert "tocsin.cli" in there and not absent & there


def test_an_unknown_command_is_told_all_that_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["standby"])
    said = capsys.readouterr().err
    assert ended.value.code == 2 and all(name in said for name in WHOLE)


def test_no_command_at_all_is_said_so(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([])
    assert ended.value.code == 2 and "COMMAND" in capsys.readouterr().err
