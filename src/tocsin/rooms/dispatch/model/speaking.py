"""Who may say something for a unit at an incident: its own crew, where one is signed on, and the floor; of a unit that was sent there."""

from tocsin.facts.fleet import crewed_by_others
from tocsin.kernel import Refused
from tocsin.rooms.dispatch.model.state import IncidentNow, State


def sent_there(now: IncidentNow, unit: str, shift: str) -> str:
    """`unit@shift` of a unit that was ever sent to this incident; refused otherwise."""
    key = f"{unit}@{shift}"
    if key not in now.sent:
        raise Refused("unit_not_on_incident", f"{unit} was not sent to incident {now.incident} on shift {shift}",
                      f"{unit} 在班次 {shift} 上未被派往警情 {now.incident}", field="unit")
    return key


def its_crew(state: State, key: str, by: str) -> None:
    """Refused where this person does not speak for the unit: it is off duty, or has its crew signed on and they are not of it."""
    unit, (name, _, shift) = state.units.get(key), key.partition("@")
    if unit is None:
        raise Refused("unit_not_on_shift", f"{name} is not on duty on shift {shift} any more: the floor can write it for you",
                      f"{name} 已不在班次 {shift} 上：可由指挥大厅代为填写", field="shift", status=404)
    if crewed_by_others(unit, by):
        raise Refused("not_your_unit", f"{name} has its crew signed on, and you are not on it", f"{name} 已有人员签到，您不在其中", field="unit", status=403)
