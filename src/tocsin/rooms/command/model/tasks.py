"""How a partner's tasks are given, answered and withdrawn; a partner reaches its own agency's, and no other exists for it."""

from tocsin.facts.command import TaskAccepted, TaskDeclined, TaskDone, TaskGiven, TaskNoted, TaskWithdrawn
from tocsin.kernel import Command, Fact, Refused, Sealed
from tocsin.rooms.command.commands import AcceptTask, DeclineTask, FinishTask, GiveTask, NoteTask, WithdrawTask
from tocsin.rooms.command.model.rules import AgencyDecision, Decision, Rules
from tocsin.rooms.command.model.state import State, open_incident, open_major
from tocsin.rooms.command.model.tasking import OVER, TaskNow


def unknown_task(number: str) -> Refused:
    """The same no for a task that does not exist and for one of another agency, so that nothing leaks."""
    return Refused("task_unknown", f"there is no task {number}", f"没有任务 {number}", field="task", status=404)


def _give(rules: Rules, state: State, command: GiveTask) -> tuple[Fact, ...]:
    if command.task in state.tasks:
        raise Refused("task_exists", f"task {command.task} was given already", f"任务 {command.task} 已下达", field="task")
    rules.table.known("agencies", command.agency, "agency")
    if not command.incident and not command.major:
        raise Refused("task_without_cause", "say which incident or major incident it serves", "请指明任务所属警情", field="incident", status=422)
    place = command.place
    if command.incident:
        place = place or open_incident(state, command.incident).place
    if command.major:
        place = place or open_major(state, command.major).place
    return (TaskGiven(task=command.task, agency=command.agency, incident=command.incident, major=command.major,
                      text=_sealed(command.task, command.text), place=place, due=command.due),)


def _own(state: State, number: str, agency: str | None, *, over: bool = False) -> TaskNow:
    now = state.tasks.get(number)
    if now is None or (agency is not None and (not agency or now.agency != agency)):
        raise unknown_task(number)
    if now.state in OVER and not over:
        raise Refused("task_over", f"task {number} is {now.state}", f"任务 {number} 已了结", field="task")
    return now


def _accept(rules: Rules, state: State, command: AcceptTask, agency: str | None) -> tuple[Fact, ...]:
    now = _own(state, command.task, agency)
    if now.state == "accepted":
        raise Refused("task_accepted", f"task {now.task} is accepted already", f"任务 {now.task} 已接受", field="task")
    return (TaskAccepted(task=now.task, agency=now.agency, incident=now.incident, major=now.major),)


def _decline(rules: Rules, state: State, command: DeclineTask, agency: str | None) -> tuple[Fact, ...]:
    now = _own(state, command.task, agency)
    return (TaskDeclined(task=now.task, agency=now.agency, incident=now.incident, major=now.major, reason=_sealed(now.task, command.reason)),)


def _finish(rules: Rules, state: State, command: FinishTask, agency: str | None) -> tuple[Fact, ...]:
    now = _own(state, command.task, agency)
    if now.state != "accepted":
        raise Refused("task_not_accepted", f"accept task {now.task} first, so that the floor knows it is yours", f"请先接受任务 {now.task}", field="task")
    return (TaskDone(task=now.task, agency=now.agency, incident=now.incident, major=now.major,
                     note=_sealed(now.task, command.note) if command.note else None),)


def _note(rules: Rules, state: State, command: NoteTask, agency: str | None) -> tuple[Fact, ...]:
    now = _own(state, command.task, agency, over=True)
    return (TaskNoted(task=now.task, agency=now.agency, incident=now.incident, major=now.major, note=_sealed(now.task, command.note)),)


def _withdraw(rules: Rules, state: State, command: WithdrawTask) -> tuple[Fact, ...]:
    now = _own(state, command.task, None)
    return (TaskWithdrawn(task=now.task, agency=now.agency, incident=now.incident, major=now.major, reason=command.reason),)


def _sealed(task: str, text: str) -> Sealed:
    return Sealed(f"task:{task}", text)


DECISIONS: dict[type[Command], Decision] = {GiveTask: _give, WithdrawTask: _withdraw}
FOR_AGENCIES: dict[type[Command], AgencyDecision] = {AcceptTask: _accept, DeclineTask: _decline, FinishTask: _finish, NoteTask: _note}
