"""Which runs of a record a drive time can be learnt from: the rules of cleaning, fixed before any model is looked at."""

import datetime
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from tocsin.city.record import PastCall, Record, Run

SETTLED_S = 20 * 60.0  # free for so long: the unit is taken to be back in its quarters
ROLLING_S = 2 * 60.0  # free for less: it is taken to be still near its last call
TURNOUT_S = (20.0, 300.0)  # a shorter one means that the button was pressed on the way, a longer one a fault
DRIVE_S = (20.0, 1800.0)
FASTEST_M_S = 30.0
MOST_RUNS = 20_000  # of a longer record, every so-manieth clean run is used

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Runs:
    """n runs as arrays. Names stand as indices into `Picked.kinds`, `Picked.stations` (-1 none) and `Picked.calls`."""

    call: Ints
    kind: Ints
    station: Ints
    day: Ints  # local date, as an ordinal
    hour: Ints  # local hour of the week, 0 is Monday 00:00
    lights: Bools
    first: Bools  # nobody was at the scene before
    turnout_s: Floats
    drive_s: Floats  # from driving off to being at the scene; nan where only the turnout is known
    from_lon: Floats
    from_lat: Floats
    lon: Floats
    lat: Floats

    def take(self, which: npt.NDArray[np.bool_] | Ints) -> "Runs":
        """The runs at a mask or at indices."""
        return Runs(**{field.name: getattr(self, field.name)[which] for field in fields(self)})

    def __len__(self) -> int:
        return len(self.call)


@dataclass(frozen=True, slots=True)
class Picked:
    """The runs of a record that can be learnt from: `settled` from quarters, `rolling` from the place of the call before, and
    `turnouts` of settled units wherever they stood; with the names behind the indices and how many runs each rule left out."""

    settled: Runs
    rolling: Runs
    turnouts: Runs
    kinds: tuple[str, ...]
    stations: tuple[str, ...]
    left_out: dict[str, int]


def pick(record: Record) -> Picked:
    """Sort a record's runs by the rules above. Only what the record itself says decides, never how well a model fits a run."""
    kinds = tuple(sorted({run.unit_kind for call in record.calls for run in call.runs}))
    stations = tuple(sorted(record.stations))
    left: Counter[str] = Counter()
    rows: dict[str, list[tuple[float, ...]]] = {"settled": [], "rolling": [], "turnouts": []}
    zone = ZoneInfo(record.zone)
    calls = {call.call: index for index, call in enumerate(record.calls)}
    for call, run, free_s, before in _in_order(record):
        start = _start(record, run, free_s, before)
        why = _fault(call, run, free_s, start)
        if why:
            left[why] += 1
        if run.response_at is None or run.dispatch_at is None:
            continue
        local = datetime.datetime.fromtimestamp(call.received_at / 1e6, zone)
        arrivals = [other.on_scene_at for other in call.runs if other.on_scene_at is not None]
        turnout_s = (run.response_at - run.dispatch_at) / 1e6
        drive_s = (run.on_scene_at - run.response_at) / 1e6 if run.on_scene_at is not None else np.nan
        row = (
            calls[call.call],
            kinds.index(run.unit_kind),
            stations.index(run.station) if run.station else -1,
            local.toordinal(),
            local.weekday() * 24 + local.hour,
            call.lights,
            bool(arrivals) and run.on_scene_at == min(arrivals),
            turnout_s,
            drive_s,
            *(start or (np.nan, np.nan)),
            call.lon or np.nan,
            call.lat or np.nan,
        )
        if free_s >= SETTLED_S and 0.0 <= turnout_s <= 2 * TURNOUT_S[1]:
            rows["turnouts"].append(row)
        if not why:
            rows["rolling" if free_s < ROLLING_S else "settled"].append(row)
    return Picked(
        _runs(rows["settled"]), _runs(rows["rolling"]), _runs(rows["turnouts"]), kinds, stations, dict(sorted(left.items()))
    )


def _in_order(record: Record) -> Iterator[tuple[PastCall, Run, float, PastCall | None]]:
    """Every run in the order of dispatch, with how long its unit had been free and the call that it came from."""
    runs = [(run.dispatch_at, call, run) for call in record.calls for run in call.runs if run.dispatch_at is not None]
    runs.sort(key=lambda item: (item[0], item[2].unit))
    ended: dict[str, tuple[int, PastCall, Run]] = {}
    for at, call, run in runs:
        before = ended.get(run.unit)
        stayed = before is not None and before[2].transport_at is None  # it did not go on to a hospital
        yield call, run, (at - before[0]) / 1e6 if before else np.inf, before[1] if before is not None and stayed else None
        known = (run.dispatch_at, run.response_at, run.on_scene_at, run.transport_at, run.hospital_at, run.available_at)
        ended[run.unit] = (max(time for time in known if time is not None), call, run)


def _start(record: Record, run: Run, free_s: float, before: PastCall | None) -> tuple[float, float] | None:
    """Where the run began, as lon and lat, where that can be known."""
    if not run.station:
        return None
    if free_s >= SETTLED_S:
        station = record.stations[run.station]
        return station.lon, station.lat
    if 0.0 <= free_s < ROLLING_S and before is not None and before.lon is not None and before.lat is not None:
        return before.lon, before.lat
    return None


def _fault(call: PastCall, run: Run, free_s: float, start: tuple[float, float] | None) -> str:
    """The first rule that speaks against learning a drive time from a run, "" if none does."""
    if run.dispatch_at is None or run.response_at is None or run.on_scene_at is None:
        return "a time is missing"
    if not run.dispatch_at <= run.response_at <= run.on_scene_at:
        return "times out of order"
    if call.lon is None or call.lat is None:
        return "no place"
    if start is None:
        return "start not known"
    drive_s, turnout_s = (run.on_scene_at - run.response_at) / 1e6, (run.response_at - run.dispatch_at) / 1e6
    if not DRIVE_S[0] <= drive_s <= DRIVE_S[1]:
        return "drive under 20 s or over 30 min"
    if free_s >= SETTLED_S and not TURNOUT_S[0] <= turnout_s <= TURNOUT_S[1]:
        return "turnout under 20 s or over 5 min"
    if straight_m(start[0], start[1], call.lon, call.lat) / drive_s > FASTEST_M_S:
        return "faster than 108 km/h as the crow flies"
    return ""


def straight_m(lon: npt.ArrayLike, lat: npt.ArrayLike, to_lon: npt.ArrayLike, to_lat: npt.ArrayLike) -> Floats:
    """Metres as the crow flies over city distances (equirectangular; within 0.1 % below 50 km)."""
    lons, lats, to_lons, to_lats = (np.asarray(value, dtype=np.float64) for value in (lon, lat, to_lon, to_lat))
    return 111_195.0 * np.hypot((to_lons - lons) * np.cos(np.radians((lats + to_lats) / 2)), to_lats - lats)


def _runs(rows: list[tuple[float, ...]]) -> Runs:
    rows = rows[:: -(-len(rows) // MOST_RUNS)] if rows else rows
    table = np.array(rows, dtype=np.float64).reshape(-1, 13)
    whole, real = table[:, :7].T.astype(np.int64), table.T.copy()
    return Runs(
        call=whole[0],
        kind=whole[1],
        station=whole[2],
        day=whole[3],
        hour=whole[4],
        lights=whole[5] > 0,
        first=whole[6] > 0,
        turnout_s=real[7],
        drive_s=real[8],
        from_lon=real[9],
        from_lat=real[10],
        lon=real[11],
        lat=real[12],
    )
