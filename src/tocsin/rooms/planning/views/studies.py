"""Studies as they go out: a line for each, and one whole with its question, its answer and what was decided."""

from collections.abc import Callable
from zlib import crc32

import msgspec

from tocsin.facts.planning import (
    AdoptionDeclined,
    AdoptionProposed,
    Answer,
    AnyChange,
    PlanEnded,
    StudyAnswered,
    StudyAsked,
    StudyFact,
    StudyFailed,
)
from tocsin.kernel import Instant, Kept, Picture, Row, Sight, View, Words
from tocsin.rooms.planning.commands import ReadStudies, ReadStudy
from tocsin.rooms.planning.model import Stage, stage_after, unknown

MOST_ROWS = 500
Progress = Callable[[str], float]
"""How far the computing of a study is, 0 … 1; below 0 where it has not begun."""


class Late(msgspec.Struct, frozen=True, kw_only=True):
    """The share of late arrivals before and after, and the interval of the difference."""

    before: float
    after: float
    low: float
    high: float


class StudyRow(Row, frozen=True, kw_only=True, tag="study"):
    """One study."""

    name: Words
    stage: Stage
    asked_at: Instant
    asked_by: str
    sample: bool
    first_line: Words | None = None
    late: Late | None = None


class Studies(Picture):
    """The newest 500 studies by number."""

    name = "study"
    row_type = StudyRow
    inner = True

    def fold(self, kept: Kept) -> tuple[str, ...]:
        fact = kept.fact
        if not isinstance(fact, StudyFact):
            return ()
        row = self.rows.get(fact.study)
        if isinstance(fact, StudyAsked):
            row = StudyRow(id=fact.study, name=fact.name, stage="", asked_at=kept.entry.known_at, asked_by=kept.entry.by, sample=fact.demand == "generated")
        if not isinstance(row, StudyRow):
            return ()
        row = msgspec.structs.replace(row, stage=stage_after(row.stage, fact))
        if isinstance(fact, StudyAnswered):
            whole = fact.answer.whole
            row = msgspec.structs.replace(row, first_line=fact.answer.first_line, late=Late(before=whole.before.late, after=whole.after.late, low=whole.late.low, high=whole.late.high))
        self.rows[fact.study] = row
        old = sorted(self.rows)[: max(0, len(self.rows) - MOST_ROWS)]
        for study in old:
            del self.rows[study]
        return (fact.study, *old)


class StudyLine(View, frozen=True, kw_only=True):
    """One study as a line: `state` is its stage, `running` where the computing has begun."""

    id: str
    name: Words
    state: str
    progress: float
    asked_at: Instant
    asked_by: str
    sample: bool
    first_line: Words | None
    late: Late | None


class StudiesView(View, frozen=True, kw_only=True):
    """All studies, newest first; `version` changes whenever any line but its progress does."""

    version: str
    rows: tuple[StudyLine, ...]


class Question(View, frozen=True, kw_only=True):
    """A study as it was asked."""

    changes: tuple[AnyChange, ...]
    days: int
    replications: int
    factor: float
    demand: str


class Step(View, frozen=True, kw_only=True):
    """One thing that was done: `asked`, `answered`, `failed`, `stopped`, `proposed`, `adopted`, `declined` or `ended`."""

    at: Instant
    what: str
    by: str
    because: str = ""


class Failure(View, frozen=True, kw_only=True):
    """Why there is no answer."""

    code: str
    en: str
    zh: str


class StudyView(View, frozen=True, kw_only=True):
    """One study whole. `since` is from when an adopted or proposed plan is to hold, 0 where there is none."""

    id: str
    name: Words
    state: str
    progress: float
    sample: bool
    question: Question
    answer: Answer | None
    trail: tuple[Step, ...]
    failed: Failure | None
    since: Instant


def state_of(stage: Stage, progress: float) -> tuple[str, float]:
    """What a stage is called where people see it, and how far the computing is."""
    if stage != "waiting":
        return stage, 1.0 if stage not in ("failed", "stopped") else 0.0
    return ("waiting", 0.0) if progress < 0 else ("running", min(progress, 1.0))


def read_studies(progress: Progress, ask: ReadStudies, sight: Sight) -> StudiesView:
    """The lines of all studies."""
    rows = [row for row in sight.rows("study").values() if isinstance(row, StudyRow)]
    rows.sort(key=lambda row: (row.asked_at, row.id), reverse=True)
    lines = []
    for row in rows:
        state, part = state_of(row.stage, progress(row.id) if row.stage == "waiting" else 0.0)
        lines.append(StudyLine(id=row.id, name=row.name, state=state, progress=part, asked_at=row.asked_at, asked_by=row.asked_by, sample=row.sample,
                               first_line=row.first_line, late=row.late))
    return StudiesView(version=f"{crc32(repr([(row.id, row.stage) for row in rows]).encode()):08x}", rows=tuple(lines))


_WHAT = {"study-asked": "asked", "study-answered": "answered", "study-failed": "failed", "study-stopped": "stopped", "adoption-proposed": "proposed",
         "plan-adopted": "adopted", "adoption-declined": "declined", "plan-ended": "ended"}


def read_study(progress: Progress, ask: ReadStudy, sight: Sight) -> StudyView:
    """One study, read from its history."""
    history = [kept for kept in sight.history(f"study:{ask.study}") if isinstance(kept.fact, StudyFact)]
    asked = next((kept.fact for kept in history if isinstance(kept.fact, StudyAsked)), None)
    if asked is None:
        raise unknown(ask.study)
    stage: Stage = ""
    answer: Answer | None = None
    failed: Failure | None = None
    steps, since = [], 0
    for kept in history:
        fact = kept.fact
        stage = stage_after(stage, fact)
        answer = fact.answer if isinstance(fact, StudyAnswered) else answer
        failed = Failure(code=fact.code, en=fact.says.en, zh=fact.says.zh) if isinstance(fact, StudyFailed) else failed
        since = fact.since if isinstance(fact, AdoptionProposed) else 0 if isinstance(fact, AdoptionDeclined) else since
        because = fact.because if isinstance(fact, AdoptionProposed | AdoptionDeclined | PlanEnded) else ""
        steps.append(Step(at=kept.entry.known_at, what=_WHAT[fact.fact_kind.partition(".")[2]], by=kept.entry.by, because=because))
    state, part = state_of(stage, progress(ask.study) if stage == "waiting" else 0.0)
    return StudyView(id=ask.study, name=asked.name, state=state, progress=part, sample=asked.demand == "generated", answer=answer, trail=tuple(steps), failed=failed, since=since,
                     question=Question(changes=asked.changes, days=asked.days, replications=asked.replications, factor=asked.factor, demand=asked.demand))
