"""The manifest of a city folder: what is in it, from what it was made, and the hashes by which its version is known."""

import hashlib
from pathlib import Path
from typing import Any

import msgspec

from tocsin.city.faults import CityFault
from tocsin.city.limits import sha256_of

FORMAT = 1
FILE = "manifest.json"
APART = (
    FILE,
    "calibration.json",
    "observed.json",
    "validation.json",
)  # none is covered by the version: all but the first are written later, and name the version they fit


class Source(msgspec.Struct, frozen=True):
    """One file that the city was made from."""

    name: str
    sha256: str
    bytes: int


class Manifest(msgspec.Struct, frozen=True):
    """What `manifest.json` holds; `made` is true of a sketched city, which must be called made wherever it is shown."""

    format: int
    name: str
    made: bool
    version: str
    attribution: str
    timezone: str
    bounds: tuple[float, float, float, float]  # west, south, east, north
    counts: dict[str, Any]
    odd: dict[str, Any]
    sources: list[Source]
    files: dict[str, str]


class _Format(msgspec.Struct):
    format: int


def hash_files(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of a city folder that its version covers, by path within the folder."""
    paths = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return {path: sha256_of(folder / path) for path in paths if path not in APART}


def version_of(files: dict[str, str]) -> str:
    """Return the city version: 16 hex digits of a SHA-256 over the names and hashes of the files."""
    lines = "".join(f"{digest}  {path}\n" for path, digest in sorted(files.items()))
    return hashlib.sha256(lines.encode()).hexdigest()[:16]


def write_manifest(manifest: Manifest, folder: Path) -> None:
    """Write the manifest as indented JSON."""
    (folder / FILE).write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n")


def read_manifest(folder: Path) -> Manifest:
    """Read and check the manifest of a city folder; CityFault where there is none, it is damaged, or of another format."""
    try:
        raw = (folder / FILE).read_bytes()
    except OSError as error:
        raise CityFault("city.not_a_city", f"{folder} is not a city folder: it has no readable {FILE}.") from error
    try:
        written = msgspec.json.decode(raw, type=_Format).format
        if written != FORMAT:
            raise CityFault(
                "city.other_format",
                f"{folder} is a city of format {written}, this version reads format {FORMAT}: build it again.",
            )
        return msgspec.json.decode(raw, type=Manifest)
    except msgspec.DecodeError as error:
        raise CityFault("city.damaged", f"{folder / FILE} is damaged: {error}") from error
