"""One incident's story in words: every fact of its history, its caller and notes opened for the reader, which is kept."""

from collections.abc import Sequence

from tocsin.facts.calls import CallTaken, QuestionAnswered
from tocsin.facts.dispatch import (
    AlarmRaised,
    CandidatesOffered,
    DifferenceLookedAt,
    DifferenceTold,
    IncidentClosed,
    IncidentJoined,
    IncidentOpened,
    IncidentSeparated,
    IncidentsLinked,
    IncidentStacked,
    IncidentsUnlinked,
    IncidentUnstacked,
    NoteAdded,
    PriorityChanged,
    UnitAssigned,
    UnitStoodDown,
)
from tocsin.facts.fleet import UnitStateChanged
from tocsin.facts.handling import HandlingKept
from tocsin.facts.hazards import HazardMarked, HazardWithdrawn
from tocsin.facts.timers import TimerAcknowledged
from tocsin.kernel import Kept, Refused, Sight, View, Words
from tocsin.rooms.dispatch.commands import ReadStory
from tocsin.rooms.dispatch.model import Plan, Rules
from tocsin.rooms.dispatch.views.answered import answered_sentence
from tocsin.rooms.dispatch.views.board import IncidentRow
from tocsin.rooms.dispatch.views.called import called_words, callouts
from tocsin.rooms.dispatch.views.checklists import of_items
from tocsin.rooms.dispatch.views.handling import may_be_told, of_handling
from tocsin.rooms.dispatch.views.hazards import of_hazards
from tocsin.rooms.dispatch.views.offer import clock
from tocsin.rooms.dispatch.views.paired import PAIRED, paired
from tocsin.rooms.dispatch.views.words import of_aid, of_command, of_files, of_messages, of_timers

_HOW = {"divert": ("diverted here", "途中改派"), "preempt": ("taken from a less pressing incident", "抽调"),
        "stacked": ("sent as it became free", "空闲即派"), "swap": ("sent in exchange", "换派")}

class Line(View, frozen=True, kw_only=True):
    """One line of an incident's story: when it happened, when it was known, who said it, and the sentence."""

    position: int
    happened_at: int
    known_at: int
    by: str
    fact: str
    unit: str
    says: Words
    sealed: bool = False
    """Whether the sentence holds words that were sealed; paper leaves such a line out unless it is asked for."""
    paper: bool = False
    """Done on paper first, and entered with its true time."""
    quiet: bool = False
    """Whether it tells of the house's own work on the side, and stands back behind what people did."""


class Story(View, frozen=True, kw_only=True):
    """One incident from its call to its end."""

    incident: str
    row: IncidentRow | None
    closed: bool
    number: str | None
    caller: str | None
    notes: str | None
    lines: tuple[Line, ...]
    tell: Words | None = None
    """What the caller may be told of how it ended, where the table has a sentence for it; nothing is sent to anybody."""


def read_story(rules: Rules, ask: ReadStory, sight: Sight) -> Story:
    """The story of this incident; opening its sealed fields is kept before they are shown."""
    history = sight.history(f"call:{ask.incident}", f"incident:{ask.incident}", f"offers:{ask.incident}",
                            f"messages:{ask.incident}")
    if not history:
        raise Refused("incident_unknown", f"there is no incident {ask.incident}", f"没有警情 {ask.incident}", field="incident", status=404)
    call = next((kept.fact for kept in history if isinstance(kept.fact, CallTaken)), None)
    joined = _joined(ask.incident, history)
    called_at = history[0].entry.happened_at
    if joined:  # what was said in a joined call belongs to this story too: nothing that was joined goes out of sight
        history = sight.history(*(tag for one in (ask.incident, *joined) for tag in (f"call:{one}", f"incident:{one}", f"offers:{one}", f"messages:{one}")))
    row = sight.rows("incident").get(ask.incident)
    return Story(
        incident=ask.incident, row=row if isinstance(row, IncidentRow) else None,
        closed=any(isinstance(kept.fact, IncidentClosed) for kept in history),
        number=sight.opened(call.number, "number") if call else None, caller=sight.opened(call.caller, "caller") if call else None,
        notes=sight.opened(call.notes) if call else None, lines=_lines(rules, history, called_at, joined, sight),
        tell=may_be_told(rules.handling, history, ask.incident))


def _joined(incident: str, history: Sequence[Kept]) -> tuple[str, ...]:
    """The incidents that stand joined into this one at the end of its history."""
    joined: dict[str, None] = {}
    for kept in history:
        if isinstance(kept.fact, IncidentJoined) and kept.fact.into == incident:
            joined[kept.fact.incident] = None
        elif isinstance(kept.fact, IncidentSeparated):
            joined.pop(kept.fact.incident, None)
    return tuple(joined)


def _lines(rules: Rules, history: Sequence[Kept], called_at: int, joined: tuple[str, ...], sight: Sight) -> tuple[Line, ...]:
    lines, (ticked, ticks) = [], of_items(rules.checklists, history) or (None, None)
    for kept in history:
        says = ticks if kept is ticked else _sentence(rules, kept, called_at, sight) or of_timers(rules.timers, kept, sight) or of_messages(kept) or of_files(kept) or of_command(kept) or of_aid(kept) or of_handling(rules.handling, kept, sight) or of_hazards(rules.hazards, kept, sight)
        about = getattr(kept.fact, "call", "") or getattr(kept.fact, "incident", "")
        if says is not None and about in joined and not isinstance(kept.fact, PAIRED):
            said = sight.opened(kept.fact.notes) if isinstance(kept.fact, CallTaken) else None
            says = Words(f"{about}: {says.en}{f' {said}' if said else ''}", f"{about}：{says.zh}{said or ''}")
        if says is not None:
            lines.append(Line(position=kept.position, happened_at=kept.entry.happened_at, known_at=kept.entry.known_at,
                              by=kept.entry.by, fact=kept.entry.kind, unit=getattr(kept.fact, "unit", ""), says=says,
                              sealed=_sealed(kept, about in joined), paper=kept.entry.from_paper))
    lines += [Line(position=one.kept.position, happened_at=one.kept.entry.happened_at, known_at=one.kept.entry.known_at, by=one.kept.entry.by, fact=one.kept.entry.kind,
                   unit=getattr(one.kept.fact, "unit", ""), says=called_words(one), quiet=True) for one in callouts(history, sight)]
    return tuple(sorted(lines, key=lambda one: one.position))


def _sealed(kept: Kept, joined: bool) -> bool:
    match kept.fact:
        case NoteAdded() | HandlingKept() | HazardWithdrawn():
            return True
        case HazardMarked(words=words):
            return words is not None
        case TimerAcknowledged(word=words) | QuestionAnswered(words=words):
            return words is not None
        case CallTaken(notes=notes):
            return joined and notes is not None
    return False


def _sentence(rules: Rules, kept: Kept, called_at: int, sight: Sight) -> Words | None:
    fact, by, plan = kept.fact, kept.entry.by, rules.plan
    after = clock(max(0, (kept.entry.happened_at - called_at) // 1_000_000))
    match fact:
        case CallTaken():
            kind = plan.kinds.get(fact.kind)
            en, zh = (kind.en, kind.zh) if kind else (fact.kind, fact.kind)
            return Words(f"Call taken by {by}: {en}, {fact.place.text or 'a point on the map'}.",
                         f"{by} 接警：{zh}，{fact.place.text or '地图点位'}。")
        case IncidentOpened():
            return Words(f"Incident opened, priority {fact.priority}, plan {fact.plan}.", f"立案，{fact.priority} 级，预案 {fact.plan}。")
        case PriorityChanged():
            return Words(f"Priority is now {fact.priority}{_because(fact.reason, ': ')}.", f"调整为 {fact.priority} 级{_because(fact.reason, '：')}。")
        case NoteAdded():
            text = sight.opened(fact.note)
            return Words(text or "A note whose text was destroyed.", text or "备注内容已销毁。")
        case CandidatesOffered():
            names = ", ".join(fact.chosen) or "nobody"
            return Words(f"{len(fact.units)} units ranked; proposed: {names}.", f"已排序 {len(fact.units)} 个单位；推荐：{'、'.join(fact.chosen) or '无'}。")
        case AlarmRaised():
            return Words(f"Alarm {fact.alarm} by {by}{_because(fact.reason, ': ')}.", f"{by} 升级为 {fact.alarm} 级响应{_because(fact.reason, '：')}。")
        case IncidentStacked():
            return Words(f"Waits for {fact.unit}, asked by {by}.", f"{by} 安排等候 {fact.unit}。")
        case IncidentUnstacked():
            return Words(f"Waits for {fact.unit} no longer.", f"不再等候 {fact.unit}。")
        case UnitAssigned():
            return _sent(plan, fact, by, after)
        case UnitStoodDown():
            return Words(f"{fact.unit} stood down by {by}{_because(fact.reason, ': ')}.", f"{by} 撤回 {fact.unit}{_because(fact.reason, '：')}。")
        case UnitStateChanged():
            words = rules.states.get(fact.state, Words(fact.state, fact.state))
            return Words(f"{fact.unit} {words.en}, {after} after the call.", f"{fact.unit} {words.zh}，报警后 {after}。")
        case IncidentJoined() | IncidentSeparated() | IncidentsLinked() | IncidentsUnlinked() | DifferenceTold() | DifferenceLookedAt():
            return paired(fact, by, rules.likeness.families)
        case IncidentClosed():
            words = plan.dispositions.get(fact.disposition, Words(fact.disposition, fact.disposition))
            if fact.closed_with:
                return Words(f"Closed with {fact.closed_with} by {by}: {words.en}.", f"{by} 随 {fact.closed_with} 结案：{words.zh}。")
            return Words(f"Closed by {by}: {words.en}.", f"{by} 结案：{words.zh}。")
    return answered_sentence(plan, fact, sight)


def _sent(plan: Plan, fact: UnitAssigned, by: str, after: str) -> Words:
    eta = f", due in {clock(fact.eta_s)}" if fact.eta_s >= 0 else ""
    eta_zh = f"，预计 {clock(fact.eta_s)} 到场" if fact.eta_s >= 0 else ""
    how_en, how_zh = _HOW.get(fact.how, ("assigned", "派出"))
    gain, gain_zh = (f", {clock(fact.gain_s)} gained", f"，节省 {clock(fact.gain_s)}") if fact.gain_s else ("", "")
    why = plan.overrides.get(fact.override, Words(fact.override, fact.override))
    return Words(f"{fact.unit} {how_en} by {by}, {after} after the call{eta}{gain}.{f' Not as proposed: {why.en}.' if fact.override else ''}",
                 f"{by} {how_zh} {fact.unit}，报警后 {after}{eta_zh}{gain_zh}。{f'未按推荐：{why.zh}。' if fact.override else ''}")


def _because(reason: str, colon: str) -> str:
    return f"{colon}{reason}" if reason else ""
