"""One task of a partner as its facts leave it; the one fold that decisions and rows share."""

import msgspec

from tocsin.facts.calls import Place
from tocsin.facts.command import TaskAccepted, TaskDeclined, TaskDone, TaskGiven, TaskNoted, TaskWithdrawn
from tocsin.kernel import Kept

OVER = ("declined", "done", "withdrawn")


class TaskNow(msgspec.Struct, frozen=True, kw_only=True):
    """A task: whose it is, what it serves, and how it stands: `given`, `accepted`, `declined`, `done` or `withdrawn`, since `since`."""

    task: str
    agency: str
    incident: str
    major: str
    place: Place | None
    due: int
    state: str
    given_at: int
    since: int
    notes: int = 0


_AFTER = {TaskAccepted: "accepted", TaskDeclined: "declined", TaskDone: "done", TaskWithdrawn: "withdrawn"}


def task_after(now: TaskNow | None, kept: Kept) -> TaskNow | None:
    """A task after one more fact; None before it was given."""
    fact, at = kept.fact, kept.entry.happened_at
    if isinstance(fact, TaskGiven):
        return TaskNow(task=fact.task, agency=fact.agency, incident=fact.incident, major=fact.major, place=fact.place, due=fact.due,
                       state="given", given_at=at, since=at)
    if now is None:
        return None
    if isinstance(fact, TaskNoted):
        return msgspec.structs.replace(now, notes=now.notes + 1)
    state = _AFTER.get(type(fact))
    return now if state is None else msgspec.structs.replace(now, state=state, since=at)
