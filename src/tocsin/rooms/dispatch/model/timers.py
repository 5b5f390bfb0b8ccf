"""How timers are raised and acknowledged: only while what they watch is still so by the histories, and each step once."""

from tocsin.facts.timers import AssignmentAcknowledged, MovementSeen, TimerAcknowledged, TimerEscalated
from tocsin.kernel import Command, Fact, Refused, Sealed
from tocsin.rooms.dispatch.commands import AcknowledgeAssignment, RaiseTimers, TakeTimer
from tocsin.rooms.dispatch.commands.timers import Due
from tocsin.rooms.dispatch.model.rules import Decision, Rules
from tocsin.rooms.dispatch.model.state import State, known
from tocsin.rooms.dispatch.model.timing import Rule

MOVED_M = 150
"""Beyond what a standing device's position wanders by, and a unit has left its station."""

_ON_THE_WAY = ("assigned", "en_route")
_STATES = {"not_acknowledged": ("assigned",), "not_moving": _ON_THE_WAY, "overdue": _ON_THE_WAY, "at_scene_silent": ("at_scene",)}


def _raise(rules: Rules, state: State, command: RaiseTimers) -> tuple[Fact, ...]:
    facts: list[Fact] = []
    for due in command.due:
        rule = rules.timers.rules.get(due.rule)
        if rule is None or not holds(rule, state, due):
            continue
        if rule.condition == "not_moving" and due.moved_m > MOVED_M:
            facts.append(MovementSeen(incident=due.incident, unit=due.unit, shift=due.shift, moved_m=due.moved_m))
            continue
        for step in range(due.step, len(rule.steps)):
            at = rule.step_at(due.due_at, step)
            if at <= command.now and f"{due.timer}/{at}" not in state.raised:
                facts.append(TimerEscalated(timer=due.timer, rule=due.rule, since=due.since, due_at=at, step=step + 1,
                                            to=rule.steps[step].to, incident=due.incident, unit=due.unit, shift=due.shift,
                                            message=due.message))
    return tuple(facts)


def _take(rules: Rules, state: State, command: TakeTimer) -> tuple[Fact, ...]:
    due = command.running
    rule = rules.timers.rules.get(due.rule) if due is not None else None
    if due is None or rule is None or not holds(rule, state, due):
        raise Refused("timer_over", f"no timer {command.timer} is running any more", f"计时 {command.timer} 已不在运行", field="timer", status=404)
    record = f"incident:{due.incident}" if due.incident else f"message:{due.message}"
    return (TimerAcknowledged(timer=due.timer, rule=due.rule, since=due.since, due_at=due.due_at, incident=due.incident, unit=due.unit,
                              shift=due.shift, message=due.message, word=Sealed(record, command.word) if command.word else None),)


def _hear(rules: Rules, state: State, command: AcknowledgeAssignment) -> tuple[Fact, ...]:
    incident, unit = known(state, command.incident), state.units.get(f"{command.unit}@{command.shift}")
    if unit is None or unit.incident != incident.incident:
        raise Refused("unit_not_on_incident", f"{command.unit} is not on incident {incident.incident}",
                      f"{command.unit} 不在警情 {incident.incident} 上", field="unit")
    if unit.state != "assigned" or f"{incident.incident}/{unit.unit}@{unit.shift}" in state.heard:
        raise Refused("assignment_acknowledged", f"{unit.unit} has acknowledged already, or is on its way",
                      f"{unit.unit} 已确认或已出动", field="unit")
    return (AssignmentAcknowledged(incident=incident.incident, unit=unit.unit, shift=unit.shift),)


def holds(rule: Rule, state: State, due: Due) -> bool:
    """Whether what this timer watches is still so, by the histories that guard it."""
    if rule.condition == "unanswered":
        return bool(state.waiting.get(due.message))
    if rule.condition in ("pending", "unfilled"):
        incident = state.incidents.get(due.incident)
        return incident is not None and not incident.closed and bool(incident.units) == (rule.condition == "unfilled")
    unit = state.units.get(f"{due.unit}@{due.shift}")
    if unit is None or unit.incident != due.incident or unit.state not in _STATES[rule.condition]:
        return False
    return rule.condition != "not_acknowledged" or f"{due.incident}/{due.unit}@{due.shift}" not in state.heard


DECISIONS: dict[type[Command], Decision] = {RaiseTimers: _raise, TakeTimer: _take, AcknowledgeAssignment: _hear}
