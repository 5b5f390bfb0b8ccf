"""What timers, messages, files and commands of major incidents add to an incident's story; the text of a message is not opened for it."""

from tocsin.facts.aid import AidAsked, AidDeclined, AidEnded, LoanTurnedAway, RecallHeard, UnitBorrowed, UnitGivenBack
from tocsin.facts.command import IncidentGathered, IncidentReleased, PatientsSent, TaskGiven
from tocsin.facts.dispatch import FileAttached
from tocsin.facts.messages import MessageSent
from tocsin.facts.timers import AssignmentAcknowledged, MovementSeen, TimerAcknowledged, TimerEscalated, TimerFact
from tocsin.kernel import Kept, Sight, Words
from tocsin.rooms.dispatch.model import TimerTable
from tocsin.rooms.dispatch.views.offer import clock

ROLES = {"call_taker": Words("call-taker", "接警员"), "dispatcher": Words("dispatcher", "调度员"),
         "supervisor": Words("supervisor", "值班长"), "responder": Words("crews", "一线人员"), "planner": Words("planner", "规划员"),
         "auditor": Words("auditor", "审计员"), "admin": Words("administrator", "管理员"), "device": Words("device", "设备")}
_FILES = {"image/jpeg": ("picture", "图片"), "image/png": ("picture", "图片"), "image/webp": ("picture", "图片"),
          "application/pdf": ("PDF document", " PDF 文档"), "text/plain": ("text", "文本"),
          "audio/ogg": ("voice note", "语音"), "audio/mp4": ("voice note", "语音")}


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


def of_command(kept: Kept) -> Words | None:
    """What a command did about this incident; its own log says the rest."""
    match kept.fact:
        case IncidentGathered() as fact:
            return Words(f"Gathered under major incident {fact.major}.", f"归入重大警情 {fact.major}。")
        case IncidentReleased() as fact:
            return Words(f"Released from major incident {fact.major}.", f"移出重大警情 {fact.major}。")
        case TaskGiven() as fact:
            return Words(f"Task {fact.task} given to {fact.agency}.", f"向 {fact.agency} 下达任务 {fact.task}。")
        case PatientsSent() as fact:
            number = sum(fact.counts.values())
            return Words(f"Patients sent to {fact.name}: {number}.", f"送往 {fact.name} 的伤病员：{number} 人。")
    return None


_WHY_NOT = {"busy": ("its units are busy", "其单位均在执行任务"), "least_stays": ("what it has must stay there", "须保留本地力量"), "too_far": ("it is too far", "距离过远"),
            "no_such_unit": ("it has no such unit", "没有此类单位"), "other": ("for another reason", "其他原因")}


def of_aid(kept: Kept) -> Words | None:
    """Help that a neighbouring city was asked for, gave or did not give for this incident."""
    match kept.fact:
        case AidAsked() as fact:
            en = ", ".join(f"{need.count} × {need.skill}" for need in fact.needs)
            return Words(f"{fact.of} asked for help: {en}.", f"向 {fact.of} 请求增援：{en}。")
        case AidDeclined() as fact:
            en, zh = _WHY_NOT.get(fact.reason, (fact.reason, fact.reason))
            return Words(f"{fact.of} lends none, or no more: {en}.", f"{fact.of} 不再出借：{zh}。")
        case AidEnded() as fact:
            return Words(f"No more help is wanted of {fact.of}.", f"不再需要 {fact.of} 增援。")
        case UnitBorrowed() as fact:
            en, zh = (f", {clock(fact.eta_s)} away", f"，预计 {clock(fact.eta_s)}") if fact.eta_s >= 0 else ("", "")
            return Words(f"{fact.unit} lent by {fact.lender}{en}.", f"{fact.lender} 出借 {fact.unit}{zh}。")
        case LoanTurnedAway() as fact:
            return Words(f"{fact.of}'s {fact.theirs.unit} turned away: {fact.code}.", f"未接收 {fact.of} 的 {fact.theirs.unit}：{fact.code}。")
        case UnitGivenBack() as fact:
            return Words(f"{fact.unit} given back to {fact.lender}.", f"{fact.unit} 已归还 {fact.lender}。")
        case RecallHeard() as fact:
            return Words(f"{fact.of} asks for {fact.unit} back.", f"{fact.of} 请求归还 {fact.unit}。")
    return None


def _named(timers: TimerTable, fact: TimerFact) -> tuple[str, str]:
    rule = timers.rules.get(fact.rule)
    words = rule.says if rule is not None else Words(fact.rule, fact.rule)
    unit = f"{fact.unit} " if fact.unit else ""
    said = f"{unit}{words.en}"
    return f"{said[0].upper()}{said[1:]}", f"{unit}{words.zh}"


def of_files(kept: Kept) -> Words | None:
    """A file that was attached: what it is and how large or long, never its name or what is in it."""
    fact = kept.fact
    if not isinstance(fact, FileAttached):
        return None
    gone, gone_zh = (", its location removed", "，已去除位置信息") if "location" in fact.stripped else ("", "")
    en, zh = _FILES.get(fact.media, ("file", "文件"))
    seconds = -(-fact.length_ms // 1000)
    size = f"{seconds // 60}:{seconds % 60:02d}" if seconds else _sized(fact.size)
    return Words(f"{kept.entry.by} attached a {en}, {size}{gone}.", f"{kept.entry.by} 附上{zh}，{size}{gone_zh}。")


def _sized(size: int) -> str:
    return f"{size / 1_048_576:.1f} MB" if size >= 1_048_576 else f"{max(1, size // 1024)} kB"
