"""The walls are tests: the contracts hold on the tree, and each catches a violation planted in a copy of it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.shared import ROOT

_PLANTS = (
    ("The house stands on its floors", "kernel/clock.py", "import tocsin.facts", "tocsin.kernel.clock -> tocsin.facts"),
    ("The house stands on its floors", "engines/roads/network.py", "import tocsin.facts.calls", "tocsin.engines.roads.network -> tocsin.facts.calls"),
    ("The house stands on its floors", "ledger/keys.py", "import tocsin.facts.fleet", "tocsin.ledger.keys -> tocsin.facts.fleet"),
    ("The house stands on its floors", "rooms/fleet/model/table.py", "import tocsin.house.asker", "tocsin.rooms.fleet.model.table -> tocsin.house.asker"),
    ("No room enters another room", "rooms/calls/model/decide.py", "import tocsin.rooms.fleet.model", "tocsin.rooms.calls.model.decide -> tocsin.rooms.fleet.model"),
    ("No room enters another room", "rooms/fleet/views/table.py",
     "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import tocsin.rooms.calls.views",
     "tocsin.rooms.fleet.views.table -> tocsin.rooms.calls.views"),
    ("No room enters another room", "rooms/dispatch/reactions.py", "def _planted():\n    import tocsin.rooms.calls.commands",
     "tocsin.rooms.dispatch.reactions -> tocsin.rooms.calls.commands"),
    ("No engine needs another engine", "engines/places/hit.py", "import tocsin.engines.roads.network",
     "tocsin.engines.places.hit -> tocsin.engines.roads.network"),
    ("Every room has the same shape", "rooms/calls/model/decide.py", "import tocsin.rooms.calls.views", "tocsin.rooms.calls.model.decide -> tocsin.rooms.calls.views"),
    ("Only the house holds the ledger", "rooms/calls/views/places.py", "import tocsin.ledger.tree", "tocsin.rooms.calls.views.places -> tocsin.ledger.tree"),
    ("Only the house holds the ledger", "edges/__init__.py", "import tocsin.ledger.proof", "tocsin.edges -> tocsin.ledger.proof"),
    ("In the rooms there is no world", "rooms/calls/commands/calls.py", "import random", "tocsin.rooms.calls.commands.calls -> random"),
    ("In the rooms there is no world", "facts/calls.py", "import os", "tocsin.facts.calls -> os"),
    ("Only the edges speak HTTP", "house/asker.py", "import litestar", "tocsin.house.asker -> litestar"),
)


def _lint(root: Path) -> subprocess.CompletedProcess[str]:
    """Run the contracts of the project's own configuration over a tree."""
    linter = Path(sys.executable).with_name("lint-imports")
    environment = {**os.environ, "PYTHONPATH": str(root / "src"), "COLUMNS": "400"}
    return subprocess.run([str(linter), "--no-cache"], cwd=root, env=environment, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the tree in which to plant."""
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__", "console"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_walls_stand() -> None:
    found = _lint(ROOT)
    assert found.returncode == 0, found.stdout + found.stderr


def test_each_wall_catches_what_is_planted_against_it(copy: Path) -> None:
    for _, file, plant, _ in _PLANTS:
        path = copy / "src" / "tocsin" / file
        path.write_text(f"{path.read_text()}\n\n{plant}\n")
    found = _lint(copy)
    assert found.returncode == 1
    sections = found.stdout.split("Broken contracts", 1)[1]
    for contract, _, _, chain in _PLANTS:
        assert f"{contract} BROKEN" in found.stdout, f"{contract} did not break:\n{found.stdout}"
        section = sections.split(contract, 1)[1]
        assert chain in section, f"{contract} did not name {chain}:\n{section}"
    contracts = {line.removesuffix(" KEPT") for line in _lint(ROOT).stdout.splitlines() if line.endswith(" KEPT")}
    assert contracts == {contract for contract, *_ in _PLANTS}, "a contract has no planted violation"


def test_a_new_top_level_package_must_be_discussed(copy: Path) -> None:
    (copy / "src" / "tocsin" / "extras.py").write_text('"""Planted."""\n')
    found = _lint(copy)
    assert found.returncode == 1
    assert "extras" in found.stdout


def test_a_room_has_no_file_of_its_own_invention(copy: Path) -> None:
    (copy / "src" / "tocsin" / "rooms" / "calls" / "utils.py").write_text('"""Planted."""\n')
    found = _lint(copy)
    assert found.returncode == 1
    assert "utils" in found.stdout
