"""What a shift left behind, proved: the ledger verified from its files, and the figures counted again by tools/figures.py."""

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.shared import ROOT


@dataclass
class Proof:
    """What the two programs said."""

    sound: bool
    agree: bool
    figures: dict[str, Any]
    said: str


def proved(records: Path, folder: Path) -> Proof:
    """Verify a copy of the ledger with `tocsin audit verify`, then let the outsider's program count it and compare."""
    key = _tocsin("audit", "key", str(records / "ledger")).stdout.strip()
    claimed = folder / "figures.json"
    claimed.write_text(_tocsin("audit", "figures", "--data", str(records)).stdout)
    copy = folder / "copy"
    shutil.copytree(records / "ledger", copy)
    verified = _tocsin("audit", "verify", str(copy), "--key", key)
    counted = subprocess.run([sys.executable, str(ROOT / "tools" / "figures.py"), str(copy), "--key", key, "--expect", str(claimed)],
                             capture_output=True, text=True, check=False)
    return Proof(sound=verified.returncode == 0, agree=counted.returncode == 0, figures=json.loads(claimed.read_text()),
                 said=verified.stdout + verified.stderr + counted.stderr)


def _tocsin(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "tocsin.cli", *words], capture_output=True, text=True, check=False)
