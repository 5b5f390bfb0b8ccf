"""What drives have taught of a city's streets so far, in one small file that days are added to: sums over streets and hours, and nothing of who drove.

The trail thins after a day and forgets after weeks; these sums stay. A day is in them once. A street's hour of the week is given out
once three drives or more have come to it, and changes by three or more from then on: fewer wait among the `held`, so that nobody who sees
the sums before and after can tell one drive's way.
"""

import os
import tempfile
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import msgspec
import numpy as np

from tocsin.city.calibrate.moving import move
from tocsin.city.calibrate.observing import Counted, Observed
from tocsin.city.calibrate.runs import Ints
from tocsin.city.calibration import Calibration, Streets
from tocsin.city.faults import CityFault
from tocsin.city.speeds import CLASS_INDEX, ROAD_CLASSES

FORMAT = 1
LEAST = 3
"""The fewest drives of which anything is given out alone."""


class StreetHours(msgspec.Struct, frozen=True):
    """Streets by hour, a row each, in order: the arc's number in the city, the local hour of the week (0 is Monday's midnight), by how many
    drives it was driven from end to end, and their seconds together."""

    arc: tuple[int, ...] = ()
    hour: tuple[int, ...] = ()
    drives: tuple[int, ...] = ()
    seconds: tuple[float, ...] = ()


class ClassHours(msgspec.Struct, frozen=True):
    """How many drives took how long by road class and local hour of the week: `step` fiftieths in the logarithm of the seconds that they took
    over those of the class table, so that 0 is as tabled and 35 is twice that."""

    road_class: tuple[str, ...] = ()
    hour: tuple[int, ...] = ()
    step: tuple[int, ...] = ()
    drives: tuple[int, ...] = ()


class Sums(msgspec.Struct, frozen=True, kw_only=True):
    """The file whole. `city` is the version by whose numbers arcs stand; `days` are in it, by their date in UTC; `left` says why other ways to
    incidents on those days are not."""

    format: int = FORMAT
    city: str
    days: tuple[str, ...] = ()
    drives: int = 0
    left: dict[str, int] = {}
    given: StreetHours = StreetHours()
    held: StreetHours = StreetHours()
    classes: ClassHours = ClassHours()
    class_drives: dict[str, int] = {}
    """By how many drives each class was driven; in `classes` a drive counts in each hour that it touched."""

    def counted(self) -> Counted:
        """The counts by class and hour as arrays, of classes that three drives or more took."""
        return _counted(self.classes, {name for name, count in self.class_drives.items() if count >= LEAST})


def path_of(folder: Path) -> Path:
    """Where a city's sums stand."""
    return folder / "observed.json"


def with_day(sums: Sums, city: Streets, day: str, observed: Observed, left: Mapping[str, int]) -> Sums:
    """The sums with one more day; as they were where the day is in them already."""
    if day in sums.days:
        return sums
    assert sums.city == city.version, "arcs are numbered by the city's version"
    given, held = _give(sums.given, _added(sums.held, _rows(observed)))
    kinds = np.unique(np.column_stack([city.network.road_class[observed.arc], observed.drive]), axis=0)[:, 0].astype(np.int64)
    taken = {ROAD_CLASSES[kind]: int(count) for kind, count in zip(*np.unique(kinds, return_counts=True), strict=True)}
    by_class = {name: sums.class_drives.get(name, 0) + taken.get(name, 0) for name in ROAD_CLASSES if name in {*sums.class_drives, *taken}}
    why = {reason: sums.left.get(reason, 0) + left.get(reason, 0) for reason in sorted({*sums.left, *left})}
    return msgspec.structs.replace(sums, days=tuple(sorted((*sums.days, day))), drives=sums.drives + len(np.unique(observed.drive)), left=why,
                                   given=given, held=held, class_drives=by_class,
                                   classes=_classes(_counted(sums.classes, ROAD_CLASSES), observed.by_class(city)))


def moved(base: Calibration, sums: Sums) -> Calibration:
    """A calibration moved by everything that was observed; of classes with fewer than three drives nothing is taken. It says from which it was moved."""
    fresh = move(base, sums.counted())
    told = {"drives": sums.drives, "days": len(sums.days), "streets": len(sums.given.arc), "base": base.version}
    return msgspec.structs.replace(fresh, figures={**base.figures, "observed": told})


def load_sums(folder: Path, version: str) -> tuple[Sums, bool]:
    """A city's sums, empty where there are none yet; and whether those that are there are of another version of the city. Then arcs have
    other numbers: what was learnt by class stays, and sums by street begin anew. CityFault for a damaged file or another format."""
    path = path_of(folder)
    try:
        sums = msgspec.json.decode(path.read_bytes(), type=Sums)
    except FileNotFoundError:
        return Sums(city=version), False
    except OSError as error:
        raise CityFault("observed.unreadable", f"{path} cannot be read: {error.strerror}.") from error
    except msgspec.DecodeError as error:
        raise CityFault("observed.damaged", f"{path} is damaged: {error}; set it aside, and the days that the trail still holds are read again.") from error
    if sums.format != FORMAT or not set(sums.classes.road_class) <= set(ROAD_CLASSES):
        raise CityFault("observed.other_format", f"{path} is of another format than {FORMAT}.")
    if sums.city == version:
        return sums, False
    return msgspec.structs.replace(sums, city=version, given=StreetHours(), held=StreetHours()), True


def save_sums(folder: Path, sums: Sums) -> None:
    """Write the file whole or not at all, for its owner alone to read; CityFault."""
    path = path_of(folder)
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".observed-", delete=False) as file:  # its mode is 0600, and stays so
            fresh = Path(file.name)
            file.write(msgspec.json.encode(sums) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        raise CityFault("observed.not_written", f"The sums could not be written to {path}: {error.strerror}.") from error


def _rows(observed: Observed) -> StreetHours:
    arc, hour, drives, seconds = observed.by_arc()
    return StreetHours(tuple(arc.tolist()), tuple(hour.tolist()), tuple(drives.tolist()), tuple(np.round(seconds, 1).tolist()))


def _added(one: StreetHours, other: StreetHours) -> StreetHours:
    """Both together, each street's hour once."""
    keys, which = np.unique(np.column_stack([_both(one, other, "arc"), _both(one, other, "hour")]).astype(np.int64), axis=0, return_inverse=True)
    drives = np.bincount(which.reshape(-1), weights=_both(one, other, "drives"), minlength=len(keys))
    seconds = np.bincount(which.reshape(-1), weights=_both(one, other, "seconds"), minlength=len(keys))
    return StreetHours(tuple(keys[:, 0].tolist()), tuple(keys[:, 1].tolist()), tuple(drives.astype(int).tolist()), tuple(np.round(seconds, 1).tolist()))


def _give(given: StreetHours, held: StreetHours) -> tuple[StreetHours, StreetHours]:
    """What is given out and what is held back still, once what is enough has gone over."""
    enough = np.array(held.drives, np.int64) >= LEAST
    return _added(given, _picked(held, enough.__getitem__)), _picked(held, (~enough).__getitem__)


def _picked(rows: StreetHours, which: Callable[[int], bool]) -> StreetHours:
    places = [place for place in range(len(rows.arc)) if which(place)]
    return StreetHours(*(tuple(getattr(rows, name)[place] for place in places) for name in ("arc", "hour", "drives", "seconds")))


def _both(one: StreetHours, other: StreetHours, name: str) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    return np.array([*getattr(one, name), *getattr(other, name)], np.float64)


def _counted(rows: ClassHours, classes: Collection[str]) -> Counted:
    which = np.array([name in classes for name in rows.road_class], np.bool_)
    kind = np.array([CLASS_INDEX[name] for name in rows.road_class], np.int64)
    return Counted(kind[which], *(np.array(getattr(rows, name), np.int64)[which] for name in ("hour", "step", "drives")))


def _classes(one: Counted, other: Counted) -> ClassHours:
    def joined(name: str) -> Ints:
        return np.concatenate([getattr(one, name), getattr(other, name)])

    rows, which = np.unique(np.column_stack([joined("road_class"), joined("hour"), joined("step")]), axis=0, return_inverse=True)
    drives = np.bincount(which.reshape(-1), weights=joined("drives"), minlength=len(rows)).astype(int)
    return ClassHours(tuple(ROAD_CLASSES[kind] for kind in rows[:, 0].tolist()), tuple(rows[:, 1].tolist()), tuple(rows[:, 2].tolist()), tuple(drives.tolist()))
