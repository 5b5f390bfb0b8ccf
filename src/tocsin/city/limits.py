"""Limits on what a source may be: files are counted while they are unpacked, so that a small archive cannot fill the
machine.
"""

import bz2
import gzip
import hashlib
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from tocsin.city.faults import CityFault

MOST_BYTES = 16 * 2**30  # unpacked
MOST_RATIO = 200  # unpacked to packed; an OSM extract in XML reaches about 20
RATIO_FREE_BYTES = 64 * 2**20  # below this the ratio does not matter
_CHUNK = 1 << 20


def check_archive(path: Path) -> None:
    """Unpack a .gz, .bz2 or .zip to nowhere and raise CityFault where it is damaged or grows beyond the limits."""
    if not path.is_file():
        raise CityFault("city.source_missing", f"There is no file {path}.")
    packed = path.stat().st_size
    if packed == 0:
        raise CityFault("city.source_unreadable", f"{path.name} is empty.")
    name = path.name.lower()
    try:
        if name.endswith(".zip"):
            with zipfile.ZipFile(path) as archive:
                _judge(path, packed, sum(entry.file_size for entry in archive.infolist()))
        elif name.endswith(".gz"):
            with gzip.open(path) as stream:
                _count(path, packed, stream)
        elif name.endswith(".bz2"):
            with bz2.open(path) as stream:
                _count(path, packed, stream)
        else:
            _judge(path, packed, packed)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
        raise CityFault("city.source_unreadable", f"{path.name} is damaged or cut short: {error}") from error


def sha256_of(path: Path) -> str:
    """Return the hex SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def unpacked(path: Path) -> Iterator[IO[bytes]]:
    """Open a file for reading, through gzip where its name ends in .gz."""
    if path.name.lower().endswith(".gz"):
        with gzip.open(path) as packed:
            yield cast("IO[bytes]", packed)
    else:
        with path.open("rb") as plain:
            yield plain


def _count(path: Path, packed: int, stream: gzip.GzipFile | bz2.BZ2File) -> None:
    unpacked = 0
    while chunk := stream.read(_CHUNK):
        unpacked += len(chunk)
        _judge(path, packed, unpacked)


def _judge(path: Path, packed: int, unpacked: int) -> None:
    if unpacked > MOST_BYTES or (unpacked > RATIO_FREE_BYTES and unpacked > MOST_RATIO * packed):
        raise CityFault(
            "city.source_too_large",
            f"{path.name} ({packed:,} bytes) unpacks to more than {unpacked:,} bytes, which no map of a city does.",
        )
