"""From pairs of plays to the answer: who gains and who pays, by district, hour and cell, with intervals over the replications."""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

import tocsin
from tocsin.city.live import LiveRoads
from tocsin.city.validity import validity
from tocsin.engines.equity import Change, Compared, compare, first_line, tenth_line
from tocsin.facts.planning import Answer, Between, CellTimes, Line, Past, Promise, Service, Tenth, Two
from tocsin.kernel import Refused, Words, from_instant
from tocsin.sim.scenarios.figures import half_width
from tocsin.sim.scenarios.preparing import Ground
from tocsin.sim.studies.order import Order
from tocsin.sim.studies.places import cells_of, districts
from tocsin.sim.studies.playing import Pair, Sums

Floats = npt.NDArray[np.float64]
FEWEST_IN_CELL = 5
"""Of fewer calls no cell is told: neither a mean, nor where single people called from."""
MOST_DISTRICTS = 300

NOT_MODELLED = (
    Words("People: nobody diverts, swaps or stands down a unit, and crews are alike.", "人的因素：无人改派、换派或撤回单位，班组视为相同。"),
    Words("Moves: a free unit drives home and waits there; nobody is sent to stand by elsewhere.", "备勤调动：空闲单位一律回站待命，不调往他处备勤。"),
    Words("Traffic beyond the hour of the week, weather, and one call's effect on the next.", "除每周各小时规律外的交通状况、天气，以及警情之间的相互影响。"),
    Words("Calls that were never made.", "未曾拨打的报警。"),
    Words("Only the first unit's arrival counts as response.", "响应时间仅以首个单位到场计。"),
)
SAMPLE = Words("The calls are generated, so every figure here is a sample: it shows how units and streets act together, not what this city's residents will see.",
               "警情为模拟生成，所有数字均为示例：仅反映单位与道路的相互作用，不代表本市居民的实际感受。")
TABLES = Words("How long crews take comes from sample tables, since too little of their own is known.", "班组用时取自示例表，因自有记录不足。")


def answer(order: Order, two: tuple[Ground, Ground], pairs: Sequence[Pair]) -> Answer:
    """The whole answer; Refused `no_demand` where no call was reached in both, `too_few_arrivals` in fewer than two replications."""
    pairs = [pair for pair in pairs if pair.at]
    if len(pairs) < 2:
        raise Refused("too_few_arrivals", "In fewer than two replications did any unit arrive under both, so nothing can be compared: ask for more days.",
                      "不足两次推演有单位到场，无法比较：请增加天数。", status=422)
    before, city = two[0], two[0].city
    roads = LiveRoads(city, before.timing)
    lon, lat = (np.concatenate([getattr(pair, name) for pair in pairs]) for name in ("lon", "lat"))
    was, now = (np.concatenate([getattr(pair, name) for pair in pairs]) for name in ("before_s", "after_s"))
    limit_s = np.array([order.table.limit_s(priority) for pair in pairs for priority in pair.priority], np.float64)
    hour = [from_instant(at).astimezone(before.zone).hour for pair in pairs for at in pair.at]
    block = np.repeat(np.arange(len(pairs)), [len(pair.at) for pair in pairs])
    which, names = districts(city, order.asked.fleet, lon, lat)
    found = compare(was, now, district=which, hour=hour, block=block, limit_s=limit_s)
    passed, says = validity(city)
    sample, record = order.asked.demand == "generated", before.record
    days = 0 if record is None else len({call.received_at // (86_400 * 1_000_000) for call in record.calls})
    return Answer(
        first_line=first_line(found, names), tenth_line=tenth_line(found), validity=says, validated=passed, sample=sample, calls=len(was), replications=len(pairs),
        days=float(order.asked.days), record=Past(calls=len(record.calls) if record is not None else 0, days=days),
        whole=_line("", found.whole), districts=tuple(_line(names[one.which], one) for one in sorted(found.districts, key=lambda one: -one.calls)[:MOST_DISTRICTS]),
        hours=tuple(_line(f"{one.which:02d}", one) for one in found.hours), p90_s=_ninety(pairs), promise=_promise(order, pairs, now, limit_s), tenth=_tenth(found), km=_two(pairs, "km", 1), sent=_two(pairs, "sent", 1),
        waited=_two(pairs, "waited", 2), never=_two(pairs, "never", 2), single=_two(pairs, "single", 2),
        cells=_cells(cells_of(roads, lon, lat), was, now, len(roads.cells)),
        not_modelled=(*((SAMPLE,) if sample else ()), *((TABLES,) if before.scenario.work.law == "tables" else ()), *NOT_MODELLED), computed=_computed(two, pairs))


def _line(name: str, one: Change) -> Line:
    return Line(name=name, calls=one.calls, before=_service(one.before), after=_service(one.after), mean_s=_between(one.mean_s, 1), late=_between(one.late, 4),
                surely=one.surely, perhaps=one.perhaps)


def _service(one: tuple[float, float, float]) -> Service:
    return Service(mean_s=round(one[0], 1), p90_s=round(one[1], 1), late=round(one[2], 4))


def _between(one: Iterable[float], digits: int) -> Between:
    value, low, high = (round(number, digits) for number in one)
    return Between(value=value, low=low, high=high)


def _ninety(pairs: Sequence[Pair]) -> Between:
    """The difference of the 90 % points of all calls, with the interval that the replications' own differences have by Student's t."""
    was, now = (np.concatenate([getattr(pair, name) for pair in pairs]) for name in ("before_s", "after_s"))
    return _about(float(np.quantile(now, 0.9) - np.quantile(was, 0.9)), [float(np.quantile(pair.after_s, 0.9) - np.quantile(pair.before_s, 0.9)) for pair in pairs], 1)


def _promise(order: Order, pairs: Sequence[Pair], now: Floats, limit_s: Floats) -> Promise:
    late = [float(np.mean([after_s > order.table.limit_s(priority) for after_s, priority in zip(pair.after_s, pair.priority, strict=True)])) for pair in pairs]
    share = _about(float(np.mean(now > limit_s)), late, 4)
    return Promise(mean_s=_about(float(now.mean()), [float(np.mean(pair.after_s)) for pair in pairs], 1), late=Between(value=share.value, low=max(0.0, share.low), high=min(1.0, share.high)),
                   p90_s=_about(float(np.quantile(now, 0.9)), [float(np.quantile(pair.after_s, 0.9)) for pair in pairs], 1))


def _about(value: float, each: Sequence[float], digits: int) -> Between:
    half = half_width(each)
    return _between((value, value - half, value + half), digits)


def _tenth(found: Compared) -> Tenth:
    return Tenth(before_s=round(found.tenth_before_s, 1), after_s=round(found.tenth_after_s, 1))


def _two(pairs: Sequence[Pair], name: str, digits: int) -> Two:
    def mean(sums: Iterable[Sums]) -> float:
        return round(float(np.mean([getattr(one, name) for one in sums])), digits)

    return Two(before=mean(pair.before for pair in pairs), after=mean(pair.after for pair in pairs))


def _cells(cell: npt.NDArray[np.int64], was: Floats, now: Floats, count: int) -> CellTimes:
    calls = np.bincount(cell, minlength=count)
    enough = calls >= FEWEST_IN_CELL
    times = (np.where(enough, np.bincount(cell, each, count) / np.maximum(calls, 1), -1.0) for each in (was, now))
    before_s, after_s = (tuple(np.rint(each).astype(int).tolist()) for each in times)
    return CellTimes(before_s=before_s, after_s=after_s, calls=tuple(int(one) if told else 0 for one, told in zip(calls, enough, strict=True)))


def _computed(two: tuple[Ground, Ground], pairs: Sequence[Pair]) -> dict[str, str]:
    before = two[0]
    return {"version": tocsin.__version__, "city": before.city.version, "calibration": before.timing.version, "plan": before.plan.version,
            "record": before.record.sha256 if before.record is not None else "", "played": pairs[0].of, "seed": str(before.scenario.seed)}
