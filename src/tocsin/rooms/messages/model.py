"""How messages are decided: to whom exactly a message goes, and that only a recipient's own side marks and answers it."""

from collections.abc import Sequence
from math import cos, hypot, radians

import msgspec

from tocsin.engines.outlines import inside
from tocsin.facts.messages import MessageDelivered, MessageRead, MessageSent
from tocsin.kernel import Command, Fact, Kept, Refused, Sealed
from tocsin.rooms.messages.commands import AnswerMessage, Here, MarkDelivered, MarkMessage, MarkRead, PostMessage, SendMessage

MOST_IN_A_THREAD = 200
ROLES = ("call_taker", "dispatcher", "supervisor", "responder", "planner", "auditor", "admin")
_M_PER_DEGREE = 111_320.0


class Posted(msgspec.Struct, frozen=True, kw_only=True):
    """A message as its facts leave it."""

    sent: MessageSent
    delivered: frozenset[str] = frozenset()
    read: frozenset[str] = frozenset()


class State(msgspec.Struct, frozen=True):
    """The touched messages by number, and how many stand in each thread."""

    messages: dict[str, Posted] = {}
    answers: dict[str, int] = {}


def evolve(state: State, kept: Kept) -> State:
    """The state after one more kept fact."""
    fact = kept.fact
    match fact:
        case MessageSent():
            answers = {**state.answers, fact.thread: state.answers.get(fact.thread, 0) + 1} if fact.thread else state.answers
            return State({**state.messages, fact.message: Posted(sent=fact)}, answers)
        case MessageDelivered() | MessageRead() if fact.message in state.messages:
            now = state.messages[fact.message]
            field = "read" if isinstance(fact, MessageRead) else "delivered"
            now = msgspec.structs.replace(now, **{field: getattr(now, field) | {fact.recipient}})
            return State({**state.messages, fact.message: now}, state.answers)
    return state


def decide(state: State, command: Command) -> tuple[Fact, ...]:
    """The facts that follow, or Refused."""
    match command:
        case PostMessage():
            return (_post(command),)
        case AnswerMessage():
            return (_answer(state, command),)
        case MarkDelivered() | MarkRead():
            return (_mark(state, command),)
    raise AssertionError(f"no decision for {type(command).__name__}")


def _post(command: PostMessage) -> MessageSent:
    asked = command.asked
    on_duty = {unit.unit for unit in command.units}
    if not command.desk and not asked.from_unit:
        raise Refused("from_unit_missing", "say which unit you write for", "请注明以哪个单位的名义发送", field="from_unit", status=422)
    if asked.from_unit and asked.from_unit not in on_duty:
        raise Refused("unit_not_on_shift", f"{asked.from_unit} is not on duty", f"{asked.from_unit} 不在岗", field="from_unit")
    sender = f"unit:{asked.from_unit}" if asked.from_unit else f"person:{command.by}"
    recipients = tuple(one for one in _recipients(asked, command.units) if one != sender)
    if not recipients:
        raise Refused("nobody_there", f"there is nobody at {asked.to or 'that place'} to send to now", f"“{asked.to or '该处'}”目前无人可发", field="to")
    return MessageSent(message=command.message, sender=sender, to_kind=asked.to_kind, to=asked.to, recipients=recipients,
                       text=Sealed(f"message:{command.message}", asked.text), urgent=asked.urgent, answer_by_s=asked.answer_by_s,
                       incident=asked.to if asked.to_kind == "incident" else asked.incident, ring=asked.ring)


def _recipients(asked: SendMessage, units: Sequence[Here]) -> tuple[str, ...]:
    """Who a message is for at this moment."""
    match asked.to_kind:
        case "role":
            if asked.to not in ROLES:
                raise Refused("role_unknown", f"there is no role {asked.to}; there are {', '.join(ROLES)}", f"没有“{asked.to}”这一角色",
                              field="to", status=422)
            return (f"role:{asked.to}",)
        case "person":
            return (f"person:{asked.to}",) if asked.to else ()
        case "unit":
            if asked.to not in {unit.unit for unit in units}:
                raise Refused("unit_not_on_shift", f"{asked.to} is not on duty", f"{asked.to} 不在岗", field="to")
            return (f"unit:{asked.to}",)
        case "station":
            found = [unit for unit in units if unit.station == asked.to]
        case "skill":
            found = [unit for unit in units if asked.to in unit.skills]
        case "incident":
            found = [unit for unit in units if unit.incident == asked.to]
        case "area":
            found = [unit for unit in units if _inside(asked, unit.lon, unit.lat)]
        case "everyone":
            found = list(units)
    return tuple(f"unit:{unit.unit}" for unit in sorted(found, key=lambda unit: unit.unit))


def _inside(asked: SendMessage, lon: float, lat: float) -> bool:
    """Whether a point lies in the area asked for: its outline by the even-odd rule, else its circle."""
    if asked.ring:
        return inside(lon, lat, [asked.ring])
    if asked.lon is None or asked.lat is None:
        raise Refused("area_missing", "say which area: an outline, or a point and how far round it", "请指明区域：边界，或中心点与半径",
                      field="ring", status=422)
    return _M_PER_DEGREE * hypot((lon - asked.lon) * cos(radians(asked.lat)), lat - asked.lat) <= asked.within_m


def _answer(state: State, command: AnswerMessage) -> MessageSent:
    now = _own(state, command)
    thread = now.sent.thread or now.sent.message
    if state.answers.get(thread, 0) >= MOST_IN_A_THREAD:
        raise Refused("thread_full", f"this thread has {MOST_IN_A_THREAD} answers: begin a new message", f"该会话已有 {MOST_IN_A_THREAD} 条回复，请新建消息")
    return MessageSent(message=command.number, sender=_speaks(command.recipient, command.by), to_kind=now.sent.sender.partition(":")[0],
                       to=now.sent.sender.partition(":")[2], recipients=(now.sent.sender,), text=Sealed(f"message:{thread}", command.text),
                       incident=now.sent.incident, urgent=False, answers=now.sent.message, answered_as=command.recipient, thread=thread)


def _mark(state: State, command: MarkMessage) -> Fact:
    now = _own(state, command)
    reads = isinstance(command, MarkRead)
    if command.recipient in (now.read if reads else now.delivered | now.read):
        raise Refused("already_marked", f"message {command.message} is marked so already", f"消息 {command.message} 已有此标记", field="recipient")
    made = MessageRead if reads else MessageDelivered
    return made(message=command.message, recipient=command.recipient)


def _own(state: State, command: AnswerMessage | MarkMessage) -> Posted:
    """The message, if the one who asks may speak for this recipient; a crew for units, a person for themselves, a desk for roles too."""
    now = state.messages.get(command.message)
    if now is None:
        raise Refused("message_unknown", f"there is no message {command.message}", f"没有消息 {command.message}", field="message", status=404)
    kind, _, name = command.recipient.partition(":")
    if command.recipient not in now.sent.recipients:
        raise Refused("not_a_recipient", f"message {command.message} was not sent to {name}", f"消息 {command.message} 未发给 {name}", field="recipient")
    if (kind == "person" and name != command.by) or (kind == "role" and not command.desk):
        raise Refused("not_yours", f"only {name} can do that", f"只有 {name} 可以操作", field="recipient", status=403)
    return now


def _speaks(recipient: str, by: str) -> str:
    return recipient if recipient.startswith("unit:") else f"person:{by}"
