"""The two scenarios that a study comes to: things as they are, and as changed."""

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

import msgspec

from tocsin.city import City
from tocsin.city.calibration import load_calibration
from tocsin.city.record import Record
from tocsin.facts.planning import MoreCalls, Post, StreetShut
from tocsin.kernel import from_instant
from tocsin.rooms.planning.model import altered
from tocsin.sim.scenarios.preparing import Ground
from tocsin.sim.scenarios.scenario import Closing, DemandTable, DispatchPart, FleetPart, Scenario, UnitLine, WorkPart
from tocsin.sim.scenarios.works import work_of
from tocsin.sim.studies.order import Order

WARM_UP_H = 3.0
"""So many hours are played before the days that count, so that the floor is at work when they begin."""
FEWEST_TAUGHT = 100
"""From so many past calls whose works are known crews' habits are learnt; from fewer the tables of the generated day hold."""


def grounds(order: Order, record: Record | None) -> tuple[Ground, Ground]:
    """What is played: things as they are, and as changed."""
    city = City.open(order.city)
    timing = load_calibration(city.calibration_path)
    known = None if record is None else msgspec.structs.replace(record, calls=tuple(call for call in record.calls if call.kind in order.plan.kinds))
    before, after = scenarios(order, known, city.manifest.timezone)
    return tuple(Ground(one, city, timing, order.plan, order.fleet, known) for one in (before, after))  # type: ignore[return-value]  # two of two


def scenarios(order: Order, record: Record | None, timezone: str) -> tuple[Scenario, Scenario]:
    """The two scenarios. They differ by nothing but what was asked, and chance is keyed by the calls, so that both meet the same days."""
    asked = order.asked
    midnight = from_instant(order.asked_at).astimezone(ZoneInfo(timezone)).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    generated = asked.demand == "generated"
    taught = record is not None and sum(1 for call in record.calls if call.runs and all(work_of(run) is not None for run in call.runs)) >= FEWEST_TAUGHT
    whole = asked.days + WARM_UP_H / 24
    before = Scenario(format=1, name="as things are", sample=generated, start=midnight - timedelta(hours=WARM_UP_H), days=whole, warm_up_h=WARM_UP_H, seed=asked.seed,
                      replications=asked.replications, demand=DemandTable(source="generated" if generated else "days", factor=asked.factor, per_day=asked.per_day or None),
                      fleet=_fleet(asked.fleet), dispatch=DispatchPart(by="plan"), work=WorkPart(law="record" if taught else "tables"))
    factor = asked.factor
    for change in asked.changes:
        factor *= change.factor if isinstance(change, MoreCalls) else 1.0
    shut = tuple(Closing(from_h=0.0, to_h=24.0 * asked.days + 24.0, segments=change.segments) for change in asked.changes if isinstance(change, StreetShut))
    after = msgspec.structs.replace(before, name="as changed", demand=msgspec.structs.replace(before.demand, factor=factor), fleet=_fleet(altered(asked.fleet, asked.changes)), closures=shut)
    return before, after


def _fleet(posts: Sequence[Post]) -> FleetPart:
    return FleetPart(source="table", units=tuple(UnitLine(unit=post.unit, kind=post.unit_kind, lon=post.lon, lat=post.lat, station=post.station, hours=(post.from_h, post.to_h))
                                                 for post in posts))
