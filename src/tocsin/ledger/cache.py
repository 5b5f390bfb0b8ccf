"""Caches beside the ledger, one file each: view snapshots and cursors, which may be lost without losing anything."""

import re
from hashlib import sha256
from pathlib import Path

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}\Z")
_MAGIC = b"tocsin cache 1\n"
_HEADER = len(_MAGIC) + 8 + 32 + 32


def save(folder: Path, name: str, position: int, root: bytes, content: bytes) -> None:
    """Write a cache folded from the ledger with this root at this position; a crash leaves the old or the new one."""
    assert _NAME.match(name), "a cache is named in lower case"
    folder.mkdir(exist_ok=True)
    draft = folder / f"{name}.new"
    draft.write_bytes(b"".join((_MAGIC, position.to_bytes(8), root, sha256(content).digest(), content)))
    draft.replace(folder / f"{name}.cache")


def load(folder: Path, name: str) -> tuple[int, bytes, bytes] | None:
    """The position, root and content of a cache; None when it is absent, torn or of another form."""
    assert _NAME.match(name), "a cache is named in lower case"
    try:
        stored = (folder / f"{name}.cache").read_bytes()
    except OSError:
        return None
    content = stored[_HEADER:]
    if not stored.startswith(_MAGIC) or sha256(content).digest() != stored[_HEADER - 32:_HEADER]:
        return None
    start = len(_MAGIC)
    return int.from_bytes(stored[start:start + 8]), stored[start + 8:start + 40], content


def drop(folder: Path, name: str) -> None:
    """Forget a cache; one that is not there is forgotten already."""
    assert _NAME.match(name), "a cache is named in lower case"
    (folder / f"{name}.cache").unlink(missing_ok=True)
