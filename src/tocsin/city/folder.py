"""A city folder written whole or not at all: built in a hidden sibling, renamed into place at the end."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from tocsin.city.faults import CityFault
from tocsin.city.manifest import FILE
from tocsin.city.survey import Array


@contextmanager
def fresh_folder(out: Path) -> Iterator[Path]:
    """Give an empty folder beside `out` to build in; it takes `out`'s place when the block ends well and vanishes when
    it does not.

    An `out` that holds anything but a city is never replaced.
    """
    out = out.absolute()
    if out.exists() and not (out.is_dir() and ((out / FILE).is_file() or not any(out.iterdir()))):
        raise CityFault("city.out_in_use", f"{out} exists and is not a city folder; it is left alone.")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{out.name}.building-", dir=out.parent))
    except OSError as error:
        raise CityFault("city.out_not_writable", f"No city can be written at {out}: {error.strerror}.") from error
    try:
        yield folder
        folder.chmod(0o755)
        _put_in_place(folder, out)
    except OSError as error:
        raise CityFault("city.not_written", f"The city could not be written at {out}: {error.strerror or error}.") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def save_arrays(arrays: Mapping[str, Array], folder: Path) -> None:
    """Write each array to its own little-endian .npy file in a new folder."""
    folder.mkdir(parents=True)
    for name, array in arrays.items():
        np.save(
            folder / f"{name}.npy",
            np.ascontiguousarray(array.astype(array.dtype.newbyteorder("<"), copy=False)),
            allow_pickle=False,
        )


def load_arrays(folder: Path) -> dict[str, Array]:
    """Map every .npy file of a folder into memory, read-only; CityFault for one that is damaged."""
    arrays: dict[str, Array] = {}
    for path in sorted(folder.glob("*.npy")):
        try:
            arrays[path.stem] = np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))  # a memmap's own indexing is slow
        except (ValueError, OSError, EOFError) as error:
            raise CityFault("city.damaged", f"{path} is damaged: {error}") from error
    return arrays


def _put_in_place(folder: Path, out: Path) -> None:
    old = folder.with_name(folder.name + ".old")
    if out.exists():
        out.rename(old)
    try:
        os.replace(folder, out)
    except OSError:
        if old.exists():
            old.rename(out)
        raise
    shutil.rmtree(old, ignore_errors=True)
