"""Whether a folder holds a floor's records at all."""

from pathlib import Path

from tocsin.cli.settings import Stop
from tocsin.house.audit import begun


def has_ledger(folder: Path) -> None:
    """Stop where a folder is no ledger's, wherever its rows lie."""
    if not begun(folder):
        raise Stop(f"{folder} holds no ledger")
