"""How a unit is taken from one incident for a more pressing one, and how an incident waits for a unit that is soon free."""

from tocsin.facts.dispatch import IncidentStacked, IncidentUnstacked, UnitAssigned
from tocsin.kernel import Command, Fact, Refused
from tocsin.rooms.dispatch.commands import DivertUnit, SendStacked, StackIncident, UnstackIncident
from tocsin.rooms.dispatch.model.assigning import stood_down
from tocsin.rooms.dispatch.model.plan import Divert
from tocsin.rooms.dispatch.model.rules import Decision, Rules
from tocsin.rooms.dispatch.model.state import State, free, known, main_one

DRIVING = ("assigned", "en_route")
WORKING = "at_scene"
MOST_STACKED = 5


def way(state: str) -> str:
    """How a unit in this state may be taken from its incident: `divert`, `preempt`, or empty where it may not."""
    return "divert" if state in DRIVING else "preempt" if state == WORKING else ""


def apart(rules: Divert, how: str) -> int:
    """How many priorities more pressing an incident must be to take a unit from another in this way."""
    return rules.apart if how == "divert" else rules.preempt_apart


def _divert(rules: Rules, state: State, command: DivertUnit) -> tuple[Fact, ...]:
    left, to = known(state, command.incident), main_one(state, command.to)
    gone = stood_down(state, command, command.reason)
    unit = state.units[f"{command.unit}@{command.shift}"]
    how = way(unit.state)
    if not how:
        raise Refused("unit_beyond_recall", f"{unit.unit} is {unit.state.replace('_', ' ')}: it cannot be taken from incident {left.incident}",
                      f"{unit.unit} 处于“{unit.state}”状态，不能从警情 {left.incident} 抽调", field="unit")
    least = apart(rules.plan.divert, how)
    if left.priority - to.priority < least:
        raise Refused("divert_not_more_pressing",
                      f"incident {to.incident} (priority {to.priority}) is not {least} above {left.incident} (priority {left.priority}); "
                      "to send the unit all the same, stand it down and assign it",
                      f"警情 {to.incident}（{to.priority} 级）未比 {left.incident}（{left.priority} 级）高出 {least} 级；如仍需派出，请先撤回再派",
                      field="to")
    return (gone, UnitAssigned(incident=to.incident, unit=unit.unit, shift=unit.shift, offer=command.offer, eta_s=command.eta_s,
                               how=how, gain_s=command.gain_s))


def _stack(rules: Rules, state: State, command: StackIncident) -> tuple[Fact, ...]:
    incident, key = main_one(state, command.incident), f"{command.unit}@{command.shift}"
    unit = state.units.get(key)
    if unit is None:
        raise Refused("unit_not_on_shift", f"{command.unit} is not on duty on shift {command.shift}",
                      f"{command.unit} 不在班次 {command.shift} 上", field="unit", status=404)
    if unit.state == "available":
        raise Refused("unit_is_free", f"{unit.unit} is available: send it", f"{unit.unit} 正在待命，可直接派出", field="unit")
    if unit.state == "out_of_service":
        raise Refused("unit_not_available", f"{unit.unit} is out of service", f"{unit.unit} 已停用", field="unit")
    if unit.incident == incident.incident:
        raise Refused("unit_already_on", f"{unit.unit} is on incident {incident.incident}", f"{unit.unit} 已在警情 {incident.incident} 上", field="unit")
    if key in incident.stacked:
        raise Refused("stacked_already", f"incident {incident.incident} already waits for {unit.unit}",
                      f"警情 {incident.incident} 已在等候 {unit.unit}", field="unit")
    if len(unit.stacked) >= MOST_STACKED:
        raise Refused("stack_full", f"{MOST_STACKED} incidents already wait for {unit.unit}: choose another unit",
                      f"已有 {MOST_STACKED} 起警情在等候 {unit.unit}，请另选单位", field="unit")
    return (IncidentStacked(incident=incident.incident, unit=unit.unit, shift=unit.shift, gain_s=command.gain_s),)


def _unstack(rules: Rules, state: State, command: UnstackIncident) -> tuple[Fact, ...]:
    if f"{command.unit}@{command.shift}" not in known(state, command.incident).stacked:
        raise Refused("not_stacked", f"incident {command.incident} does not wait for {command.unit}",
                      f"警情 {command.incident} 并未等候 {command.unit}", field="unit", status=404)
    return (IncidentUnstacked(incident=command.incident, unit=command.unit, shift=command.shift, reason=command.reason),)


def _send_stacked(rules: Rules, state: State, command: SendStacked) -> tuple[Fact, ...]:
    incident = main_one(state, command.incident)
    if f"{command.unit}@{command.shift}" not in incident.stacked:
        raise Refused("not_stacked", f"incident {incident.incident} no longer waits for {command.unit}",
                      f"警情 {incident.incident} 已不再等候 {command.unit}", field="unit")
    free(state, command.unit, command.shift)
    return (UnitAssigned(incident=incident.incident, unit=command.unit, shift=command.shift, how="stacked"),)


DECISIONS: dict[type[Command], Decision] = {
    DivertUnit: _divert, StackIncident: _stack, UnstackIncident: _unstack, SendStacked: _send_stacked}
