"""Timers as rows: one exists while what it watches holds, and a console reads from it by its own clock when it is due."""

from collections.abc import Mapping

import msgspec

from tocsin.facts.dispatch import IncidentClosed, PriorityChanged, UnitAssigned, UnitStoodDown
from tocsin.facts.fleet import ShiftEnded, UnitStateChanged
from tocsin.facts.messages import MessageSent
from tocsin.facts.timers import AssignmentAcknowledged, MovementSeen, TimerAcknowledged, TimerEscalated
from tocsin.kernel import Kept, Picture, Row, View, Words
from tocsin.rooms.dispatch.model.timing import CONDITIONS, Rule, TimerTable
from tocsin.rooms.dispatch.views.board import IncidentRow, Incidents

_ON_THE_WAY = ("assigned", "en_route")
_SECOND = 1_000_000


class TimerRow(Row, frozen=True, kw_only=True, tag="timer"):
    """A running timer. `due_at` is when it is first due, `next_at` when its next step is (0: none is left), `step` how many
    were taken, `to` the role it was last raised to. A timer that was acknowledged runs on from its pause."""

    rule: str
    condition: str
    since: int
    due_at: int
    next_at: int
    priority: int
    incident: str = ""
    unit: str = ""
    shift: str = ""
    message: str = ""
    eta_s: int = -1
    step: int = 0
    to: str = ""
    escalated_at: int = 0
    acknowledged_by: str = ""
    acknowledged_at: int = 0


class OnIt(msgspec.Struct, frozen=True, kw_only=True):
    """A unit on an incident, as far as its timers go by it; in the memo as plain values."""

    shift: str
    incident: str
    state: str
    sent_at: int
    word_at: int
    eta_s: int
    heard: bool = False
    moved: bool = False

    def since(self, condition: str) -> int | None:
        """Since when this condition holds for the unit; None where it does not."""
        on_the_way = self.state in _ON_THE_WAY
        return {"not_acknowledged": self.sent_at if self.state == "assigned" and not self.heard else None,
                "not_moving": self.sent_at if on_the_way and not self.moved else None,
                "overdue": self.sent_at if on_the_way else None,
                "at_scene_silent": self.word_at if self.state == "at_scene" else None}.get(condition)


class Timers(Picture):
    """Running timers by rule and subject. It reads the board's incidents, which are folded before it, for what they need."""

    name = "timer"
    row_type = TimerRow

    def __init__(self, table: TimerTable) -> None:
        super().__init__()
        self._table = table
        self._board: Picture = Incidents()
        self.version = msgspec.json.encode(table).decode()
        self._incident_rules, self._unit_rules = (
            table.watching(*(name for name, subject in CONDITIONS.items() if subject == wanted)) for wanted in ("incident", "unit"))
        self._message_rules = table.watching("unanswered")

    def among(self, others: Mapping[str, Picture]) -> None:
        self._board = others[Incidents.name]

    def fold(self, kept: Kept) -> tuple[str, ...]:
        fact, at = kept.fact, _begins(kept)
        changed: list[str] = []
        match fact:
            case TimerEscalated():
                return self._escalated(fact, kept.entry.known_at)
            case TimerAcknowledged():
                changed += self._acknowledged(fact, kept)
            case MessageSent():
                changed += self._messages(fact, at)
            case ShiftEnded():
                changed += self._nobody_left(f"unit:{fact.unit}")
            case IncidentClosed():
                changed += self._nobody_asks(fact.incident)
        unit = getattr(fact, "unit", "") or (fact.sender.removeprefix("unit:") if isinstance(fact, MessageSent) else "")
        before = self._on(unit)
        after = _after(before, kept)
        if after != before:
            self.memo.pop(f"unit:{unit}", None)
            if after is not None:
                self.memo[f"unit:{unit}"] = msgspec.to_builtins(after)
        if after is not None or before is not None:
            changed += self._watch_unit(unit, before, after)
        incident = getattr(fact, "incident", "")
        if incident:
            changed += self._watch_incident(incident, at)
        if isinstance(fact, PriorityChanged):
            changed += [key for row in self._all() if row.unit and row.incident == incident
                        for key in self._watch_unit(row.unit, None, self._on(row.unit))]
        return tuple(dict.fromkeys(changed))

    def _on(self, unit: str) -> OnIt | None:
        held = self.memo.get(f"unit:{unit}") if unit else None
        return None if held is None else msgspec.convert(held, OnIt)

    def _all(self) -> list[TimerRow]:
        return [row for row in self.rows.values() if isinstance(row, TimerRow)]

    def _drop(self, timer: str) -> bool:
        return self.rows.pop(timer, None) is not None

    def _priority(self, incident: str) -> int:
        row = self._board.rows.get(incident)
        return row.priority if isinstance(row, IncidentRow) else 4

    def _watch_incident(self, incident: str, at: int) -> list[str]:
        row = self._board.rows.get(incident)
        changed = []
        for code, rule in self._incident_rules:
            holds = isinstance(row, IncidentRow) and bool(row.unmet) and bool(row.units) == (rule.condition == "unfilled")
            running = self.rows.get(f"{code}:{incident}")
            since = running.since if isinstance(running, TimerRow) else at
            changed += self._run(code, rule, incident, since if holds else None, incident=incident, priority=self._priority(incident))
        return changed

    def _watch_unit(self, unit: str, before: OnIt | None, after: OnIt | None) -> list[str]:
        changed = []
        for code, rule in self._unit_rules:
            if before is not None and (after is None or after.shift != before.shift):
                changed += self._run(code, rule, f"{unit}@{before.shift}", None)
            if after is not None:
                changed += self._run(code, rule, f"{unit}@{after.shift}", after.since(rule.condition), incident=after.incident, unit=unit,
                                     shift=after.shift, priority=self._priority(after.incident), eta_s=after.eta_s)
        return changed

    def _run(self, code: str, rule: Rule, subject: str, since: int | None, *, priority: int = 4, eta_s: int = -1, incident: str = "",
             unit: str = "", shift: str = "") -> list[str]:
        timer = f"{code}:{subject}"
        row = self.rows.get(timer)
        if since is None:
            return [timer] if self._drop(timer) else []
        due_at = rule.due_at(since, priority, eta_s)
        fresh = TimerRow(id=timer, rule=code, condition=rule.condition, since=since, due_at=due_at, next_at=due_at, priority=priority,
                         incident=incident, unit=unit, shift=shift, eta_s=eta_s)
        if isinstance(row, TimerRow) and (row.since, row.incident) == (since, incident):
            if row.priority == priority:
                return []
            begun = row.step or row.acknowledged_at
            fresh = msgspec.structs.replace(row, priority=priority) if begun else fresh
        self.rows[timer] = fresh
        return [timer]

    def _escalated(self, fact: TimerEscalated, known_at: int) -> tuple[str, ...]:
        row, rule = self.rows.get(fact.timer), self._table.rules.get(fact.rule)
        if not isinstance(row, TimerRow) or rule is None or row.since != fact.since:
            return ()
        self.rows[fact.timer] = msgspec.structs.replace(row, step=fact.step, to=fact.to, escalated_at=known_at,
                                                        next_at=rule.step_at(row.due_at, fact.step))
        return (fact.timer,)

    def _acknowledged(self, fact: TimerAcknowledged, kept: Kept) -> list[str]:
        row, rule = self.rows.get(fact.timer), self._table.rules.get(fact.rule)
        if not isinstance(row, TimerRow) or rule is None:
            return []
        if rule.again_s == 0:
            self._drop(fact.timer)
            self.memo.pop(f"wait:{fact.message}", None)
            return [fact.timer]
        at = kept.entry.happened_at
        due_at = at + rule.again_s * _SECOND
        self.rows[fact.timer] = msgspec.structs.replace(row, due_at=due_at, next_at=due_at, step=0, to="", escalated_at=0,
                                                        acknowledged_by=kept.entry.by, acknowledged_at=at)
        return [fact.timer]

    def _messages(self, fact: MessageSent, at: int) -> list[str]:
        changed = []
        if fact.answers:
            changed += self._one_less(fact.answers, fact.answered_as)
        if fact.answer_by_s:
            self.memo[f"wait:{fact.message}"] = list(fact.recipients)
            due_at, priority = at + fact.answer_by_s * _SECOND, 1 if fact.urgent else 3
            for code, rule in self._message_rules:
                timer = f"{code}:{fact.message}"
                self.rows[timer] = TimerRow(id=timer, rule=code, condition=rule.condition, since=at, due_at=due_at, next_at=due_at,
                                            priority=priority, incident=fact.incident, message=fact.message)
                changed.append(timer)
        return changed

    def _one_less(self, message: str, recipient: str) -> list[str]:
        """One recipient needs to answer no more; the timer ends with the last."""
        waiting = self.memo.get(f"wait:{message}")
        if waiting is None:
            return []
        left = [one for one in waiting if one != recipient]
        if left:
            self.memo[f"wait:{message}"] = left
            return []
        del self.memo[f"wait:{message}"]
        return [timer for code, _ in self._message_rules if self._drop(timer := f"{code}:{message}")]

    def _nobody_asks(self, incident: str) -> list[str]:
        """Nobody waits for an answer about an incident that has ended."""
        over = [row for row in self._all() if row.message and row.incident == incident]
        for row in over:
            self._drop(row.id)
            self.memo.pop(f"wait:{row.message}", None)
        return [row.id for row in over]

    def _nobody_left(self, recipient: str) -> list[str]:
        """A unit that went off duty will not answer any more."""
        waiting = [key.removeprefix("wait:") for key, left in self.memo.items() if key.startswith("wait:") and recipient in left]
        return [timer for message in waiting for timer in self._one_less(message, recipient)]


def _begins(kept: Kept) -> int:
    """When a clock begins: as it happened; what comes from paper, as it was entered: nobody could have been told of it before."""
    return kept.entry.known_at if kept.entry.from_paper else kept.entry.happened_at


def _after(on: OnIt | None, kept: Kept) -> OnIt | None:
    fact, at = kept.fact, _begins(kept)
    match fact:
        case UnitAssigned():
            return OnIt(shift=fact.shift, incident=fact.incident, state="assigned", sent_at=at, word_at=at, eta_s=fact.eta_s)
        case UnitStoodDown() | ShiftEnded() | UnitStateChanged(state="available" | "out_of_service"):
            return None
        case UnitStateChanged() if on is not None:
            return msgspec.structs.replace(on, state=fact.state, word_at=at)
        case AssignmentAcknowledged() if on is not None:
            return msgspec.structs.replace(on, heard=True, word_at=at)
        case MovementSeen() if on is not None:
            return msgspec.structs.replace(on, moved=True)
        case MessageSent() | TimerAcknowledged() if on is not None:
            return msgspec.structs.replace(on, word_at=at)
    return on


class RuleLine(View, frozen=True, kw_only=True):
    """One rule of the timers, in words."""

    code: str
    says: Words
    letter: str
    condition: str
    after_s: dict[str, int]
    again_s: int


class TimersView(View, frozen=True, kw_only=True):
    """The rules of the timers, most important first, as the table lists them."""

    version: str
    sample: bool
    rules: tuple[RuleLine, ...]


def timers_view(table: TimerTable) -> TimersView:
    """The table as it goes out."""
    return TimersView(version=table.version, sample=table.sample, rules=tuple(
        RuleLine(code=code, says=rule.says, letter=rule.letter, condition=rule.condition, after_s=rule.after_s, again_s=rule.again_s)
        for code, rule in table.rules.items()))
