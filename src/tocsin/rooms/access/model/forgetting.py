"""How forgetting is decided: by rule on the day, kept back by a hold, which one person asks for and another grants, or lifts."""

from tocsin.facts.access import HoldAsked, HoldGranted, HoldLiftAsked, HoldLifted, KeyDestroyed, KeyHeld, MasterRotated
from tocsin.kernel import Command, Fact, Refused, Sealed
from tocsin.rooms.access.commands import AskHold, AskLift, ForgetDue, GrantHold, LiftHold, NoteRotation
from tocsin.rooms.access.commands.forgetting import day
from tocsin.rooms.access.model.holding import HoldNow
from tocsin.rooms.access.model.rules import Decision
from tocsin.rooms.access.model.state import State

_DAY_US = 24 * 3600 * 1_000_000


def _ask(state: State, command: AskHold) -> tuple[Fact, ...]:
    if command.subject not in state.seen:
        raise Refused("subject_unknown", f"there is nothing called {command.subject}", f"没有 {command.subject}", field="subject", status=404)
    return (HoldAsked(hold=command.number, subject=command.subject, until=command.now + command.days * _DAY_US,
                      reason=Sealed(f"hold:{command.number}", command.reason)),)


def _grant(state: State, command: GrantHold) -> tuple[Fact, ...]:
    now = _known(state, command.hold)
    if now.granted:
        raise Refused("hold_granted", f"hold {command.hold} was granted already", f"保全 {command.hold} 已批准", field="hold")
    if now.until <= command.now:
        raise _over(command.hold)
    if now.asked_by == command.by:
        raise _own()
    return (HoldGranted(hold=command.hold, subject=now.subject, until=now.until, day=day(command.now)),)


def _ask_lift(state: State, command: AskLift) -> tuple[Fact, ...]:
    now = _stands(state, command)
    if now.lift_asked_by:
        raise Refused("lift_asked", f"{now.lift_asked_by} has asked for this already; somebody else lifts it.",
                      f"{now.lift_asked_by} 已申请解除，须由他人批准。", field="hold")
    return (HoldLiftAsked(hold=command.hold, reason=Sealed(f"hold:{command.hold}", command.reason)),)


def _lift(state: State, command: LiftHold) -> tuple[Fact, ...]:
    now = _stands(state, command)
    if not now.lift_asked_by:
        raise Refused("lift_not_asked", "Somebody asks first, with a reason, and a second person lifts it.", "须先由一人说明理由提出申请，再由第二人解除。", field="hold")
    if now.lift_asked_by == command.by:
        raise _own()
    return (HoldLifted(hold=command.hold),)


def _forget(state: State, command: ForgetDue) -> tuple[Fact, ...]:
    standing = command.standing | {now.subject: hold for hold, now in state.holds.items() if now.granted and not now.lifted and now.until > command.now}
    facts: list[Fact] = []
    for due in command.due:
        hold = next((standing[one] for one in due.under if one in standing), "")
        if hold:
            facts.append(KeyHeld(record=due.record, rule=due.rule, days=due.days, ended=due.ended, hold=hold, under=due.under, basis=due.basis))
        else:
            facts.append(KeyDestroyed(record=due.record, rule=due.rule, days=due.days, ended=due.ended, basis=due.basis))
    return tuple(facts)


def _rotated(state: State, command: NoteRotation) -> tuple[Fact, ...]:
    if not command.epoch or command.epoch in state.rotated:
        return ()
    return (MasterRotated(epoch=command.epoch, keys=command.keys),)


def _known(state: State, number: str) -> HoldNow:
    now = state.holds.get(number)
    if now is None:
        raise Refused("hold_unknown", f"there is no hold {number}", f"没有保全 {number}", field="hold", status=404)
    return now


def _stands(state: State, command: AskLift | LiftHold) -> HoldNow:
    now = _known(state, command.hold)
    if not now.granted:
        raise Refused("hold_not_granted", f"hold {command.hold} was never granted", f"保全 {command.hold} 尚未批准", field="hold")
    if now.lifted or now.until <= command.now:
        raise _over(command.hold)
    return now


def _over(number: str) -> Refused:
    return Refused("hold_over", f"hold {number} is over; ask for a new one.", f"保全 {number} 已结束，请重新申请。", field="hold")


def _own() -> Refused:
    return Refused("approve_own", "A second person decides what you asked for; ask another supervisor, the auditor or the administrator.",
                   "本人提出的申请须由第二人决定，请联系其他主管、审计员或管理员。", field="hold", status=403)


DECISIONS: dict[type[Command], Decision] = {
    AskHold: _ask, GrantHold: _grant, AskLift: _ask_lift, LiftHold: _lift, ForgetDue: _forget, NoteRotation: _rotated}
