"""What an adopted plan promised beside what came since, and beside the time before; too early says so."""

import msgspec

from tocsin.facts.planning import AdoptionProposed, Between, PlanAdopted, PlanEnded, StudyAnswered
from tocsin.kernel import Instant, Refused, Sight, View, Words
from tocsin.rooms.planning.commands import ReadHappened
from tocsin.rooms.planning.model import PlanningTable, unknown
from tocsin.rooms.planning.views.served import DAY_US, MOST_DAYS, days_of, service

_LEAST_BEFORE = 28


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """How calls were answered, each figure with its 95 % interval; `calls` is None for what was promised."""

    calls: int | None
    mean_s: Between
    p90_s: Between
    late: Between


class HappenedView(View, frozen=True, kw_only=True):
    """Promised beside happened, over whole days of UTC since the plan holds; `before` are as many days before it, four weeks at least.

    `early`: with so few calls nothing is said to be kept or broken. None where there are not two days with arrivals.
    """

    since: Instant
    until: Instant
    calls: int
    early: bool
    sample: bool
    promised: Told
    before: Told | None
    happened: Told | None
    says: Words


def read_happened(table: PlanningTable, ask: ReadHappened, sight: Sight) -> HappenedView:
    """What came of an adopted plan; Refused `plan_not_adopted` where it never was one."""
    history = list(sight.history(f"study:{ask.study}"))
    if not history:
        raise unknown(ask.study)
    answer = next((kept.fact.answer for kept in history if isinstance(kept.fact, StudyAnswered)), None)
    adopted = next((kept.entry.known_at for kept in history if isinstance(kept.fact, PlanAdopted)), 0)
    wanted = max((kept.fact.since for kept in history if isinstance(kept.fact, AdoptionProposed)), default=0)
    if answer is None or not adopted:
        raise Refused("plan_not_adopted", "This plan was never adopted, so nothing can be held beside it.", "该方案未曾采纳，无从对照。")
    ended = next((kept.entry.known_at for kept in history if isinstance(kept.fact, PlanEnded)), 0)
    since, until = max(adopted, wanted), min(ended or sight.now(), sight.now())
    rows = sight.rows("served")
    span = max(until - since, _LEAST_BEFORE * DAY_US)
    came, was = service(days_of(rows, since, until), table), service(days_of(rows, max(since - span, since - MOST_DAYS * DAY_US), since), table)
    promise = answer.promise
    calls = came[0] if came else sum(row.calls for row in days_of(rows, since, until))
    early = calls < table.least_promise or came is None
    return HappenedView(since=since, until=until, calls=calls, early=early, sample=answer.sample, promised=Told(calls=None, mean_s=promise.mean_s, p90_s=promise.p90_s, late=promise.late),
                        before=_told(was), happened=_told(came), says=_says(calls, table, promise.late, came[3] if came else None, early=early))


def _told(found: tuple[int, Between, Between, Between] | None) -> Told | None:
    return None if found is None else Told(calls=found[0], mean_s=found[1], p90_s=found[2], late=found[3])


def _says(calls: int, table: PlanningTable, promised: Between, came: Between | None, *, early: bool) -> Words:
    """One sentence; a promise counts as kept or broken only where the two intervals do not meet."""
    if early or came is None:
        return Words(f"Too early: {calls} calls since, {table.least_promise} are needed before the two can be held side by side.",
                     f"为时尚早：采纳以来仅 {calls} 起警情，至少 {table.least_promise} 起方可对照。")
    both = (f"{promised.value:.1%} late promised, {came.value:.1%} came ({came.low:.1%} to {came.high:.1%})", f"承诺超时率 {promised.value:.1%}，实际 {came.value:.1%}（{came.low:.1%} 至 {came.high:.1%}）")
    if came.low > promised.high:
        return Words(f"Not kept: {both[0]}.", f"未兑现：{both[1]}。")
    if came.high < promised.low:
        return Words(f"Better than promised: {both[0]}.", f"优于承诺：{both[1]}。")
    return Words(f"Within what was promised: {both[0]}.", f"与承诺相符：{both[1]}。")
