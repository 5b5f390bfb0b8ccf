"""docs/features says what shows each feature: every test it names is there, and every figure it names is one a bench prints."""

import ast
import re

from tests.shared import ROOT

_NAMED = re.compile(r"`([\w/.-]+\.(?:py|ts))(?:::([^`]+))?`")
FOLDER = ROOT / "docs" / "features"


def test_what_shows_a_feature_exists() -> None:
    missing = []
    rows = 0
    for page in (*sorted(FOLDER.glob("*.md")), ROOT / "docs" / "security.md"):
        for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
            if not line.startswith("|") or set(line) <= set("|-: "):
                continue
            rows += 1
            for path, test in _NAMED.findall(line):
                file = ROOT / path
                if not file.is_file():
                    missing.append(f"{page.name}:{number}: there is no {path}")
                elif test and not _has(file.read_text(encoding="utf-8"), test, path):
                    missing.append(f"{page.name}:{number}: {path} has no {test}")
    assert rows, "docs/features names nothing"
    assert not missing, "\n".join(missing)


def test_every_row_of_a_feature_names_something_that_shows_it() -> None:
    bare = [f"{page.name}:{number}" for page in sorted(FOLDER.glob("*.md"))
            for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1)
            if re.match(r"\|\s*\d", line) and not _NAMED.search(line)]
    assert not bare, f"nothing shows: {', '.join(bare)}"


def _has(text: str, name: str, path: str) -> bool:
    if path.endswith(".ts"):
        return name in text
    return any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name == name.split("[")[0].split("::")[-1]
               for node in ast.walk(ast.parse(text)))
