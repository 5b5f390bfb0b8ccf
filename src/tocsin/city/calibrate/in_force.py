"""Which calibration of a city is in force: one that drives moved is put beside it, put in force by a word, and taken back by another.

Whatever was in force stays under its version, since recommendations that were made with it can be computed again with it alone.
"""

from pathlib import Path

from tocsin.city.calibration import Calibration, load_calibration
from tocsin.city.faults import CityFault

IN_FORCE, MOVED = "calibration.json", "calibration-moved.json"


def kept_path(folder: Path, version: str) -> Path:
    """Where a calibration that was in force stands."""
    return folder / f"calibration-{version}.json"


def base_of(folder: Path) -> Calibration:
    """The calibration that observed drives move: the one in force, or where that one was moved already, the one from which it was; CityFault.

    So all that was observed is counted from what was believed before any of it, and no day counts twice.
    """
    now = load_calibration(folder / IN_FORCE)
    version = _base_version(now)
    if not version:
        return now
    default = Calibration.default()
    if version == default.version:
        return default
    if not kept_path(folder, version).is_file():
        raise CityFault("calibration.base_missing", f"{kept_path(folder, version)} is gone, from which the calibration in force was moved: calibrate the city again, "
                        f"or take {IN_FORCE} away to begin from the default.")
    return load_calibration(kept_path(folder, version))


def put_in_force(folder: Path) -> tuple[Calibration, Calibration]:
    """Put the moved calibration in force; the one before, which stays under its version, and the new one. CityFault where there is none, or
    another was put in force since it was made."""
    if not (folder / MOVED).is_file():
        raise CityFault("calibration.none_moved", f"{folder / MOVED} is not there: `tocsin city observe` makes it.")
    fresh = load_calibration(folder / MOVED)
    if _base_version(fresh) != base_of(folder).version:
        raise CityFault("calibration.base_changed", "The city was calibrated since this one was moved: `tocsin city observe` makes it anew.")
    return _replaced(folder, fresh), fresh


def put_back(folder: Path) -> tuple[Calibration, Calibration]:
    """Put in force again what was before drives moved it; the moved one, which stays under its version, and the one in force now. CityFault."""
    if not _base_version(load_calibration(folder / IN_FORCE)):
        raise CityFault("calibration.not_moved", "The calibration in force was not moved by drives: there is nothing to take back.")
    base = base_of(folder)
    return _replaced(folder, base), base


def _replaced(folder: Path, fresh: Calibration) -> Calibration:
    """The old one is kept before the new one takes its place, so that neither is ever missing."""
    old = load_calibration(folder / IN_FORCE)
    old.save(kept_path(folder, old.version))
    fresh.save(folder / IN_FORCE)
    return old


def _base_version(calibration: Calibration) -> str:
    return str(calibration.figures.get("observed", {}).get("base", ""))
