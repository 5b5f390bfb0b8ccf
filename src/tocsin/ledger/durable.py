"""Replacing a file whole: after a crash the old one stands there, or the new one, never half of either."""

import os
from pathlib import Path

from tocsin.ledger.keys import sync_folder


def replace_text(path: Path, text: str) -> None:
    """Put a text in a file's place; it is on the disk when this returns. Raises OSError where the disk does not take it."""
    draft = path.with_name(f"{path.name}.new")
    with draft.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)
