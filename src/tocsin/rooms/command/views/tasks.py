"""Tasks of partners as they are seen: live rows for the floor, and for each asker what is theirs to see."""

from collections.abc import Callable

from tocsin.facts.command import MajorEnded, TaskDeclined, TaskDone, TaskFact, TaskGiven, TaskNoted, TaskWithdrawn
from tocsin.facts.dispatch import IncidentClosed
from tocsin.kernel import Ask, Kept, Picture, Row, Sight, View
from tocsin.rooms.command.commands import ReadTask
from tocsin.rooms.command.model import OVER, TaskNow, task_after, unknown_task


class TaskRow(Row, frozen=True, kw_only=True, tag="task"):
    """A task that is worked, or whose incident is. It carries no text. `loose`: what it serves has ended."""

    now: TaskNow
    loose: bool = False


class Tasks(Picture):
    """Tasks by number. One leaves when it is over and what it served has ended too."""

    name = "task"
    row_type = TaskRow

    def fold(self, kept: Kept) -> tuple[str, ...]:
        fact = kept.fact
        match fact:
            case IncidentClosed():
                return self._loosen(lambda now: not now.major and now.incident == fact.incident)
            case MajorEnded():
                return self._loosen(lambda now: now.major == fact.major)
            case TaskFact():
                row = self.rows.get(fact.task)
                now = task_after(row.now if isinstance(row, TaskRow) else None, kept)
                return () if now is None else self._put(TaskRow(id=fact.task, now=now, loose=isinstance(row, TaskRow) and row.loose))
        return ()

    def _loosen(self, served: Callable[[TaskNow], bool]) -> tuple[str, ...]:
        ended = [row.now for row in self.rows.values() if isinstance(row, TaskRow) and not row.loose and served(row.now)]
        return tuple(changed for now in ended for changed in self._put(TaskRow(id=now.task, now=now, loose=True)))

    def _put(self, row: TaskRow) -> tuple[str, ...]:
        if row.loose and row.now.state in OVER:
            self.rows.pop(row.id, None)
        else:
            self.rows[row.id] = row
        return (row.id,)


class TasksView(View, frozen=True, kw_only=True):
    """Tasks as they stand; the ones that wait longest first."""

    at: int
    tasks: tuple[TaskNow, ...]


class TaskLine(View, frozen=True, kw_only=True):
    """One thing that was said or done about a task; `by` is empty where a partner need not know who on the floor it was."""

    happened_at: int
    by: str
    fact: str
    text: str | None


class TaskView(View, frozen=True, kw_only=True):
    """One task with its text and what was said about it."""

    task: TaskNow
    text: str | None
    """None where its key was destroyed."""
    lines: tuple[TaskLine, ...]


def own_agency(sight: Sight) -> str | None:
    """The agency to which a partner is bound; None for the floor. A partner without an agency is bound to none, and sees nothing."""
    return sight.by.agency if "partner" in sight.by.roles else None


def read_tasks(ask: Ask, sight: Sight) -> TasksView:
    """The tasks on the board; a partner's own agency's alone."""
    agency = own_agency(sight)
    found = [row.now for row in sight.rows("task").values()
             if isinstance(row, TaskRow) and (agency is None or (agency and row.now.agency == agency))]
    return TasksView(at=sight.now(), tasks=tuple(sorted(found, key=lambda one: (one.state in OVER, one.given_at, one.task))))


def read_task(ask: ReadTask, sight: Sight) -> TaskView:
    """One task, its text opened, which is kept; another agency's is as unknown as one that does not exist."""
    agency = own_agency(sight)
    history = [kept for kept in sight.history(f"task:{ask.task}") if isinstance(kept.fact, TaskFact)]
    now: TaskNow | None = None
    for kept in history:
        now = task_after(now, kept)
    if now is None or (agency is not None and (not agency or now.agency != agency)):
        raise unknown_task(ask.task)
    given = next(kept.fact for kept in history if isinstance(kept.fact, TaskGiven))
    lines = tuple(TaskLine(happened_at=kept.entry.happened_at, fact=kept.entry.kind, text=_said(kept, sight),
                           by=kept.entry.by if agency is None or kept.entry.by == sight.by.name else "") for kept in history)
    return TaskView(task=now, text=sight.opened(given.text), lines=lines)


def _said(kept: Kept, sight: Sight) -> str | None:
    match kept.fact:
        case TaskDeclined() as fact:
            return sight.opened(fact.reason)
        case TaskDone() | TaskNoted() as fact:
            return sight.opened(fact.note)
        case TaskWithdrawn() as fact:
            return fact.reason or None
    return None
