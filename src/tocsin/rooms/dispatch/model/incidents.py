"""How incidents are opened by the plan, made more or less pressing, raised to a further alarm, noted on and ended."""

from tocsin.facts.dispatch import AlarmRaised, IncidentClosed, IncidentOpened, NoteAdded, PriorityChanged
from tocsin.kernel import Command, Fact, Refused, Sealed
from tocsin.rooms.dispatch.commands import AddNote, ChangePriority, CloseIncident, OpenIncident, RaiseAlarm
from tocsin.rooms.dispatch.model.joining import joined_at_once, told
from tocsin.rooms.dispatch.model.paper import ended_then
from tocsin.rooms.dispatch.model.rules import Decision, Rules
from tocsin.rooms.dispatch.model.state import State, known, main_one
from tocsin.rooms.dispatch.model.waiting import unstacked


def _open(rules: Rules, state: State, command: OpenIncident) -> tuple[Fact, ...]:
    if command.incident in state.incidents:
        raise Refused("incident_exists", f"incident {command.incident} is already open", f"警情 {command.incident} 已存在")
    area = rules.plan.area(command.place.lon, command.place.lat)
    opened = IncidentOpened(incident=command.incident, place=command.place, kind=command.kind, priority=command.priority,
                            needs=rules.plan.needs(command.kind, command.priority, area), plan=rules.plan.version,
                            called_at=command.called_at, area=area)
    return (opened, *joined_at_once(rules, state, command))


def _reprioritise(rules: Rules, state: State, command: ChangePriority) -> tuple[Fact, ...]:
    now = main_one(state, command.incident)
    if now.priority == command.priority:
        raise Refused("priority_same", f"incident {now.incident} already has priority {now.priority}",
                      f"警情 {now.incident} 已是 {now.priority} 级", field="priority")
    return (PriorityChanged(incident=now.incident, priority=command.priority,
                            needs=rules.plan.needs(now.kind, command.priority, now.area, now.alarm), reason=command.reason),)


def _raise_alarm(rules: Rules, state: State, command: RaiseAlarm) -> tuple[Fact, ...]:
    now = main_one(state, command.incident)
    alarm, last = command.alarm or now.alarm + 1, rules.plan.last_alarm(now.kind, now.area)
    if alarm <= now.alarm:
        raise Refused("alarm_not_higher", f"incident {now.incident} is already at alarm {now.alarm}: stand down what is not needed",
                      f"警情 {now.incident} 已是 {now.alarm} 级响应：不再需要的力量请撤回", field="alarm")
    if alarm > last:
        raise Refused("alarm_not_in_plan", f"the plan {rules.plan.version} knows no alarm {alarm} for {now.kind} here; the highest is {last}",
                      f"预案 {rules.plan.version} 对此类警情最高为 {last} 级响应，没有 {alarm} 级", field="alarm")
    return (AlarmRaised(incident=now.incident, alarm=alarm, needs=rules.plan.needs(now.kind, now.priority, now.area, alarm),
                        plan=rules.plan.version, reason=command.reason),)


def _close(rules: Rules, state: State, command: CloseIncident) -> tuple[Fact, ...]:
    now = main_one(state, command.incident)
    if command.disposition not in rules.plan.dispositions:
        raise Refused("disposition_unknown", f"there is no disposition {command.disposition}; there are {', '.join(rules.plan.dispositions)}",
                      f"没有“{command.disposition}”这一处警结果", field="disposition", status=422)
    if now.units:
        names = ", ".join(sorted(key.split("@")[0] for key in now.units))
        raise Refused("units_still_on", f"{names} still on incident {now.incident}: stand down or let clear first",
                      f"警情 {now.incident} 仍有 {names} 在处置：请先撤回或待其收尾")
    if now.unseen:
        names = ", ".join(sorted(now.unseen))
        raise Refused("difference_unseen", f"{names} told of something else and nobody has looked: look, or separate it, before {now.incident} is closed",
                      f"{names} 所报情况不同且尚无人查看：请先查看或拆案，再结案 {now.incident}")
    if command.paper:
        ended_then(now, command)
    ended = IncidentClosed(incident=now.incident, disposition=command.disposition, reason=command.reason)
    return (*unstacked(now, "closed"), ended, *(IncidentClosed(incident=one, disposition=command.disposition, closed_with=now.incident)
                                                for one in now.joined))


def _note(rules: Rules, state: State, command: AddNote) -> tuple[Fact, ...]:
    now = known(state, command.incident)
    return (NoteAdded(incident=now.incident, note=Sealed(f"incident:{now.incident}", command.note), into=now.into,
                      differs=told(rules, now, command.note)),)


DECISIONS: dict[type[Command], Decision] = {
    OpenIncident: _open, ChangePriority: _reprioritise, RaiseAlarm: _raise_alarm, AddNote: _note, CloseIncident: _close}
