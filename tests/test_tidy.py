"""Rules a linter cannot know: first lines, sizes, names, imports at the top, and no path of a machine in the project."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import LONG
from tests.shared import ROOT

MOST_LINES, MOST_FUNCTION = 400, 70
_FORBIDDEN = {"utils", "helpers", "common", "misc", "manager", "service", "base"}
_MACHINE = re.compile(r"/(?:work|root)/|/home/\w")


def _tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z", *patterns], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).exists()]


PYTHON = _tracked("*.py")
CONSOLE = _tracked("console/*.ts", "console/*.svelte", "console/*.js", "console/*.css")


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", PYTHON, ids=_name)
def test_a_python_file_is_tidy(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith(('"""', '#!')), "the first line says what the file is for"
    tree = ast.parse(text)
    first = (ast.get_docstring(tree) or "").splitlines()
    assert first, "the first line says what the file is for"
    assert len(first[0]) > 10, "the first line says what the file is for"
    assert text.count("\n") <= MOST_LINES, f"{text.count(chr(10))} lines; {MOST_LINES} the most"
    assert path.stem not in _FORBIDDEN, f"{path.stem} says nothing"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= MOST_FUNCTION, f"{node.name} has {length} lines; {MOST_FUNCTION} the most"
            inside = [inner for inner in ast.walk(node) if isinstance(inner, ast.Import | ast.ImportFrom)]
            assert not inside, f"{node.name} imports inside"


@pytest.mark.parametrize("path", CONSOLE, ids=_name)
def test_a_console_file_is_tidy(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.lstrip().startswith(("//", "/*", "<!--")), "the first line says what the file is for"
    assert text.count("\n") <= MOST_LINES, f"{text.count(chr(10))} lines; {MOST_LINES} the most"


def test_no_path_of_a_machine_stands_in_the_project() -> None:
    found = []
    for path in _tracked():
        if path.suffix in {".png", ".pmtiles", ".pbf", ".npy"} or path.name == "test_tidy.py":
            continue
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        found += [f"{_name(path)}:{n}: {line.strip()[:120]}" for n, line in enumerate(lines, 1) if _MACHINE.search(line)]
    assert not found, "\n".join(found)


def test_ignores_carry_their_reasons() -> None:
    """Every `noqa` and `type: ignore` is followed by words that say why."""
    bare = re.compile(r"#\s*(noqa(:\s*[A-Z]+\d+(\s*,\s*[A-Z]+\d+)*)?|type:\s*ignore(\[[^\]]*\])?)\s*$")
    found = [f"{_name(path)}:{n}: {line.strip()}" for path in PYTHON if path.name != "test_tidy.py"
             for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if bare.search(line)]
    assert not found, "\n".join(found)


def test_what_is_dealt_first_is_there() -> None:
    assert all((ROOT / name).exists() for name in LONG), "a test that moved is dealt last again"
