"""Gathering a paper pack from the pictures of a house: all that a floor needs to go on by paper and radio; it opens no sealed field."""

from collections.abc import Sequence

from tocsin.edges.paper.contents import Contacts, Pack, PackIncident, PackUnit, Record, RunCard, Step
from tocsin.facts.dispatch import IncidentClosed, PriorityChanged, UnitAssigned, UnitStoodDown
from tocsin.facts.fleet import UnitStateChanged
from tocsin.facts.handling import HandlingKept
from tocsin.house import Asker, House
from tocsin.kernel import Kept, Words
from tocsin.rooms.dispatch.commands import ReadHandlingForm, ReadPlan
from tocsin.rooms.dispatch.views import ClosureRow, HandlingForm, IncidentRow, PlanView
from tocsin.rooms.fleet.commands import ReadFleet
from tocsin.rooms.fleet.views import FleetView, UnitRow

_MOST_STEPS = 12
_MOST_INCIDENTS = 2_000
_READER = Asker("pack", frozenset({"dispatcher"}))


def gather(house: House, contacts: Contacts, *, demo: bool) -> Pack:
    """The pack of this moment; for a thread, as it reads the history of every open incident."""
    now, position = house.clock.now(), house.ledger.head()
    rows = sorted((row for row in house.rows("incident").values() if isinstance(row, IncidentRow)), key=lambda row: (row.priority, row.called_at))
    units = [PackUnit(id=row.id, unit_kind=row.unit_kind, skills=row.skills, station=row.station, state=row.state, since=row.since,
                      incident=row.incident) for row in house.rows("unit").values() if isinstance(row, UnitRow)]
    plan, fleet = house.see(ReadPlan(), _READER), house.see(ReadFleet(), _READER)
    assert isinstance(plan, PlanView)
    assert isinstance(fleet, FleetView)
    return Pack(
        at=now, position=position, city=house.city.manifest.name, zone=house.city.manifest.timezone, demo=demo,
        incidents=tuple(_incident(house, row) for row in rows[:_MOST_INCIDENTS]), left_out=max(0, len(rows) - _MOST_INCIDENTS),
        units=tuple(sorted(units, key=lambda unit: (unit.station, unit.id))),
        closures=tuple(row.text or row.id for row in house.rows("closure").values() if isinstance(row, ClosureRow)),
        plan_sample=plan.sample, cards=tuple(RunCard(kind=kind.code, needs=kind.needs) for kind in plan.kinds),
        kinds={kind.code: kind.says for kind in plan.kinds}, skills=plan.skills, states=fleet.states,
        unit_kinds={kind.code: kind.says for kind in fleet.kinds}, contacts=contacts)


def _incident(house: House, row: IncidentRow) -> PackIncident:
    history = house.history(f"incident:{row.id}")
    steps = [step for kept in history if (step := _step(kept)) is not None]
    return PackIncident(id=row.id, place=row.place, kind=row.kind, priority=row.priority, needs=row.needs, unmet=row.unmet, units=row.units,
                        called_at=row.called_at, steps=tuple(steps[-_MOST_STEPS:]), records=_records(house, row.id, history))


def _records(house: House, incident: str, history: Sequence[Kept]) -> tuple[Record, ...]:
    """The latest record of each unit; only incidents that have one ask for a form."""
    kept_for = {(kept.fact.unit, kept.fact.shift): (kept.entry.happened_at, kept.fact) for kept in history if isinstance(kept.fact, HandlingKept)}
    if not kept_for:
        return ()
    form = house.see(ReadHandlingForm(incident=incident), _READER)
    assert isinstance(form, HandlingForm)
    return tuple(Record(at=at, unit=fact.unit, number=fact.number, answers=tuple(_answer(form, fact, code, value) for code, value in fact.fields.items()))
                 for at, fact in kept_for.values())


def _answer(form: HandlingForm, fact: HandlingKept, code: str, value: str | int | bool) -> tuple[Words, Words]:
    """A question and its answer in words; by their codes where the record is of another form than the incident's kind has now."""
    line = next((one for one in form.fields if one.code == code), None) if form.form == fact.form else None
    chosen = next((one.says for one in line.choices if one.code == value), None) if line is not None else None
    said = (Words("yes", "是") if value else Words("no", "否")) if isinstance(value, bool) else Words(str(value), str(value))
    return line.says if line is not None else Words(code, code), chosen or said


def _step(kept: Kept) -> Step | None:
    fact, at = kept.fact, kept.entry.happened_at
    match fact:
        case UnitAssigned():
            return Step(at=at, unit=fact.unit, what="sent")
        case UnitStoodDown():
            return Step(at=at, unit=fact.unit, what="stood_down")
        case UnitStateChanged():
            return Step(at=at, unit=fact.unit, what=fact.state)
        case PriorityChanged():
            return Step(at=at, unit=str(fact.priority), what="priority")
        case IncidentClosed():
            return Step(at=at, unit="", what="closed")
    return None
