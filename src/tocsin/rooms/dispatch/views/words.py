"""What timers and messages add to an incident's story, in words; the text of a message is not opened for it."""

from tocsin.facts.messages import MessageSent
from tocsin.facts.timers import AssignmentAcknowledged, MovementSeen, TimerAcknowledged, TimerEscalated, TimerFact
from tocsin.kernel import Kept, Sight, Words
from tocsin.rooms.dispatch.model import TimerTable
from tocsin.rooms.dispatch.views.offer import clock

ROLES = {"call_taker": Words("call-taker", "接警员"), "dispatcher": Words("dispatcher", "调度员"),
         "supervisor": Words("supervisor", "值班长"), "responder": Words("crews", "一线人员"), "planner": Words("planner", "规划员"),
         "auditor": Words("auditor", "审计员"), "admin": Words("administrator", "管理员"), "device": Words("device", "设备")}


def of_timers(timers: TimerTable, kept: Kept, sight: Sight) -> Words | None:
    """A timer that was raised or taken in hand, a crew that acknowledged, a unit that was seen moving."""
    fact = kept.fact
    match fact:
        case TimerEscalated():
            en, zh = _named(timers, fact)
            role, after = ROLES.get(fact.to, Words(fact.to, fact.to)), clock((fact.due_at - fact.since) // 1_000_000)
            late_s = (kept.entry.known_at - fact.due_at) // 1_000_000
            late, late_zh = (f" It was due {clock(late_s)} before it was raised.", f"到时 {clock(late_s)} 后才提醒。") if late_s > 60 else ("", "")
            return Words(f"{en} for {after}: raised to the {role.en}.{late}", f"{zh} {after}，已提醒{role.zh}。{late_zh}")
        case TimerAcknowledged():
            en, zh = _named(timers, fact)
            word = sight.opened(fact.word) or ""
            return Words(f"{en}: in hand with {kept.entry.by}{f'. {word}' if word else '.'}", f"{zh}：{kept.entry.by} 已接手{f'。{word}' if word else '。'}")
        case AssignmentAcknowledged():
            return Words(f"{fact.unit} acknowledged.", f"{fact.unit} 已确认。")
        case MovementSeen():
            return Words(f"{fact.unit} was seen moving.", f"{fact.unit} 已见移动。")
    return None


def of_messages(kept: Kept) -> Words | None:
    """That a message went out or was answered, from whom and to whom."""
    fact = kept.fact
    if not isinstance(fact, MessageSent):
        return None
    sender, to = fact.sender.partition(":")[2], ", ".join(one.partition(":")[2] for one in fact.recipients[:6])
    more = len(fact.recipients) - 6
    if fact.answers:
        return Words(f"{sender} answered {to}.", f"{sender} 回复 {to}。")
    urgent, urgent_zh = ("Urgent message", "紧急消息") if fact.urgent else ("Message", "消息")
    return Words(f"{urgent} from {sender} to {to}{f' and {more} more' if more > 0 else ''}.",
                 f"{sender} 向 {to}{f' 等 {len(fact.recipients)} 方' if more > 0 else ''} 发出{urgent_zh}。")


def _named(timers: TimerTable, fact: TimerFact) -> tuple[str, str]:
    rule = timers.rules.get(fact.rule)
    words = rule.says if rule is not None else Words(fact.rule, fact.rule)
    unit = f"{fact.unit} " if fact.unit else ""
    said = f"{unit}{words.en}"
    return f"{said[0].upper()}{said[1:]}", f"{unit}{words.zh}"
