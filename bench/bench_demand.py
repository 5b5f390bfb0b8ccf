"""Demand on weeks that were not seen, beside the same hour's mean in the last weeks: Montgomery County from many weeks' ends, San Francisco as far as a fortnight goes.

Every level is printed with what chance alone would leave: if calls were Poisson around our means no forecast could do better, and what
is left above that is weather, events and a level that moves. The peers are given every advantage that costs nothing: where their mean
is 0 it counts as whatever small number, of nine, suits them best in hindsight.
"""

import datetime
import time
from collections.abc import Callable
from zoneinfo import ZoneInfo

import numpy as np
from tests.shared import DATA, ROOT

from bench.demand_drawn import SORTS
from bench.demand_drawn import tried as tried_drawn
from tocsin.city.calendar import counted
from tocsin.city.own_calls import calls_of, read_calls, read_mapping
from tocsin.city.record import read_record
from tocsin.city.record_mapping import read_mapping as read_record_mapping
from tocsin.engines.demand import LEVELS, PEERS, Counted, Tried, back_test, ends, fit, forecast
from tocsin.engines.demand.levels import Tables, means
from tocsin.engines.demand.spread import deviance, floor

MONTGOMERY = DATA / "calls" / "montgomery_county_pa_911_2015-12_2016-08.csv.zip"
SAN_FRANCISCO = DATA / "calls" / "sf_fire_calls_2020-04-07_2020-04-20.csv.gz"
_SEEDS, _STEPS = 4, (0.1, 0.15, 0.2)
_HOLIDAYS = ("2015-12-24", "2015-12-25", "2016-01-01", "2016-01-18", "2016-02-15", "2016-05-30", "2016-07-04")
"""Of the County's calendar in those months."""


def run(report: Callable[..., None]) -> None:
    """Everything that is promised of demand."""
    _drawn(report)
    if MONTGOMERY.exists():
        _montgomery(report)
    if SAN_FRANCISCO.exists():
        _san_francisco(report)


def _drawn(report: Callable[..., None]) -> None:
    """Steps of learning from misses beside none, on drawn days with storms and shifts: how far cover is off, by sort of record, and the scores."""
    none = np.array([sum(tried_drawn(sort, seed, 0.0) for seed in range(_SEEDS)) for sort in SORTS])
    for step in _STEPS:
        found = np.array([sum(tried_drawn(sort, seed, step) for seed in range(_SEEDS)) for sort in SORTS])
        for place, share in ((1, 80), (2, 95)):
            off, without = (np.abs(100 * sums[:, place] / sums[:, 0] - share) for sums in (found, none))
            scores = (found[:, place + 2] / none[:, place + 2]).mean()
            report(name=f"demand, drawn days of a city: the {share} % interval off by, step {step:g}", value=float(off.mean()), unit="points", peer="no step",
                   peer_value=float(without.mean()), runs=_SEEDS * len(SORTS), data=f"score × {scores:.3f}; covers " + ", ".join(
                       f"{sort} {100 * one[place] / one[0]:.1f} ({100 * other[place] / other[0]:.1f})" for sort, one, other in zip(SORTS, found, none, strict=True)))


def montgomery(holidays: bool = False) -> Counted:
    """The record as the forecast reads it."""
    mapping = read_mapping(ROOT / "docs" / "examples" / "montgomery-demand.toml")
    told = {datetime.date(2015, 12, 1) + datetime.timedelta(day): (0.0,) for day in range(330)} | {datetime.date.fromisoformat(day): (1.0,) for day in _HOLIDAYS}
    return counted(read_calls(MONTGOMERY, mapping), ZoneInfo(mapping.zone), told=told if holidays else None, names=("holiday",) if holidays else ())


def _montgomery(report: Callable[..., None]) -> None:
    start = time.perf_counter()
    record = montgomery()
    read_s = time.perf_counter() - start
    start = time.perf_counter()
    tried = back_test(record)
    tried_s = time.perf_counter() - start
    data = f"Montgomery County, {len(record.hour):,} calls, {len(record.cells)} cells, {tried.origins} weeks' ends, 1 to 4 weeks ahead"
    _levels(report, tried, data)
    start = time.perf_counter()
    found = forecast(record, tried.past)
    forecast_s = time.perf_counter() - start
    report(name="demand: reading and counting a record", value=read_s, unit="s", data=data)
    report(name="demand: whole back-test", value=tried_s, unit="s", data=data)
    report(name="demand: forecasting four weeks with intervals", value=forecast_s, unit="s", data=data)
    one, whole = (found.at[LEVELS[place]].mean.sum() for place in (0, 4))
    report(name="demand: cells' sum off the city's", value=abs(float(whole - one)) / float(one), unit="share", limit=1e-9, data=data)
    with_holidays = back_test(montgomery(True))
    for place in (0, 5):
        level = LEVELS[place]
        report(name=f"demand, {level.name}: deviance with holidays told", value=float(with_holidays.scores[level].told()["deviance"]), unit="a count",
               peer="without", peer_value=float(tried.scores[level].told()["deviance"]), runs=tried.origins, data=data)


def _levels(report: Callable[..., None], tried: Tried, data: str) -> None:
    """Errors beside peers and floor, and how often intervals cover, at each level."""
    for level, score in tried.scores.items():
        told = score.told()
        for what, word in (("deviance", "deviance of the mean"), ("absolute", "absolute error of the median")):
            for weeks in PEERS:
                report(name=f"demand, {level.name}: {word}, beside last {weeks}", value=float(told[what]), unit="a count", peer=f"mean of the last {weeks} weeks",
                       peer_value=float(told[f"{what}_last_{weeks}"]), runs=tried.origins, data=f"chance alone {told[f'{what}_floor']:.4g}; {data}")
        for share, room in ((80, 1.5), (95, 1.0)):
            report(name=f"demand, {level.name}: the {share} % interval covers", value=100 * float(told[f"cover_{share}"]), unit="%", runs=tried.origins,
                   data=f"aim {share} ± {room}; ± {100 * float(told.get(f'cover_{share}_se', np.nan)):.2g} by chance of these weeks; whole numbers cover "
                        f"{100 * float(told[f'whole_{share}']):.1f} %; {told['counts']:,} counts; by weeks ahead "
                        + ", ".join(f"{100 * float(tried.ahead[level, ahead].told()[f'cover_{share}']):.1f}" for ahead in range(1, 5)))
            report(name=f"demand, {level.name}: score of the {share} % interval", value=float(told[f"score_{share}"]), unit="a count", runs=tried.origins,
                   data=f"Gneiting and Raftery's, of whole numbers: width {told[f'width_{share}']:.4g} and what it missed; {data}")


def _san_francisco(report: Callable[..., None]) -> None:
    """A fortnight is too short for intervals learnt from a past: ten days are learnt from, the last four forecast, beside the first week's same hour."""
    record = read_record(SAN_FRANCISCO, read_record_mapping(ROOT / "docs" / "examples" / "san-francisco-calls.toml"),
                         DATA / "roads" / "san_francisco" / "sf_fire_stations.csv")
    known = counted(calls_of(record, 8), ZoneInfo(record.zone))
    tables, begin = Tables(known), 10
    hours = np.flatnonzero(known.known & (known.calendar.day >= begin) & (known.calendar.day < begin + 3)).astype(np.int32)
    of = means(known, fit(known, begin), hours)
    back = hours - 168
    for level in LEVELS[:5]:
        count, mean, peer = tables.at(level, hours), of(level), np.maximum(tables.at(level, back), 0.05)
        lower, _ = ends(count.ravel(), mean.ravel(), 0.0)
        report(name=f"demand, San Francisco, {level.name}: deviance", value=float(deviance(count, mean).mean()), unit="a count", peer="same hour a week before",
               peer_value=float(deviance(count, peer).mean()), data=f"chance alone {floor(mean.ravel())[0] / lower.size:.4g}; {lower.size:,} counts of three days; "
               f"a fortnight teaches no intervals, and says so (demand.too-short)")
