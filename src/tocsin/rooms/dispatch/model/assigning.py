"""How units are offered, sent, called off and swapped."""

from tocsin.facts.dispatch import Need, UnitAssigned, UnitStoodDown
from tocsin.kernel import Command, Fact, Refused
from tocsin.rooms.dispatch.commands import AssignmentCommand, AssignUnit, RankUnits, StandDown, SwapUnits
from tocsin.rooms.dispatch.model.filling import left_open
from tocsin.rooms.dispatch.model.paper import sent_then
from tocsin.rooms.dispatch.model.ranking import offer
from tocsin.rooms.dispatch.model.rules import Decision, Rules
from tocsin.rooms.dispatch.model.state import IncidentNow, State, free, known, main_one


def _rank(rules: Rules, state: State, command: RankUnits) -> tuple[Fact, ...]:
    now = main_one(state, command.incident)
    return (offer(rules.ground, command.seen, incident=now.incident, number=command.offer, plan=rules.plan.version, priority=now.priority,
                  needs=now.needs, still=_still(now, command), place=(now.place.lon, now.place.lat), closed=command.closed, at=command.at,
                  weight=rules.plan.weight(now.priority), most_s=rules.plan.cover.most_s),)


def _still(now: IncidentNow, command: RankUnits) -> tuple[Need, ...]:
    """What of the needs neither those on it nor those done with it fill; a unit that went off duty since fills nothing."""
    skills = {unit.unit: unit.skills for unit in command.seen}
    return left_open(now.needs, [skills.get(key.split("@")[0], ()) for key in sorted(now.units | now.done)])


def _assign(rules: Rules, state: State, command: AssignUnit) -> tuple[Fact, ...]:
    now = main_one(state, command.incident)
    free(state, command.unit, command.shift)
    if command.paper:
        sent_then(now, state.spans.get(f"{command.unit}@{command.shift}", ()), command)
    return (UnitAssigned(incident=command.incident, unit=command.unit, shift=command.shift, offer=command.offer, eta_s=command.eta_s,
                         override=command.override),)


def _stand_down(rules: Rules, state: State, command: StandDown) -> tuple[Fact, ...]:
    gone, now = stood_down(state, command, command.reason), state.units.get(f"{command.unit}@{command.shift}")
    return (UnitStoodDown(incident=gone.incident, unit=gone.unit, shift=gone.shift, reason=gone.reason,
                          next=now.stacked[0] if now is not None and now.stacked else ""),)


def _swap(rules: Rules, state: State, command: SwapUnits) -> tuple[Fact, ...]:
    main_one(state, command.incident)
    gone = stood_down(state, command, command.reason)
    free(state, command.to_unit, command.to_shift)
    return (gone, UnitAssigned(incident=command.incident, unit=command.to_unit, shift=command.to_shift, offer=command.offer,
                               eta_s=command.eta_s, override=command.reason, how="swap" if command.gain_s else "", gain_s=command.gain_s))


def stood_down(state: State, command: AssignmentCommand, reason: str) -> UnitStoodDown:
    """The unit leaves the incident; refused where it is not on it."""
    incident = known(state, command.incident)
    if f"{command.unit}@{command.shift}" not in incident.units:
        raise Refused("unit_not_on_incident", f"{command.unit} is not on incident {incident.incident}",
                      f"{command.unit} 不在警情 {incident.incident} 上", field="unit")
    return UnitStoodDown(incident=incident.incident, unit=command.unit, shift=command.shift, reason=reason)


DECISIONS: dict[type[Command], Decision] = {RankUnits: _rank, AssignUnit: _assign, StandDown: _stand_down, SwapUnits: _swap}
