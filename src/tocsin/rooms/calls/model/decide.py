"""The call-takers' decisions: who waits and who answers, a call of a known kind once under its number, its questions, its hand-over."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from tocsin.facts.calls import (
    CallHandedOver,
    CallTaken,
    ContactAnswered,
    ContactArrived,
    ContactCalledBack,
    ContactEnded,
    ContactLocated,
    QuestionAnswered,
)
from tocsin.kernel import Command, Fact, Refused, Sealed, Words
from tocsin.rooms.calls.commands import (
    AnswerContact,
    AnswerQuestion,
    ArriveContact,
    CallBack,
    EndContact,
    GivePaperBlock,
    HandOverCall,
    LocateContact,
    TakeCall,
    VoidPaperForm,
)
from tocsin.rooms.calls.model.intake import Intake
from tocsin.rooms.calls.model.paper import give_block, usable_form, void_form
from tocsin.rooms.calls.model.state import State, call_of, contact_of, open_contact
from tocsin.rooms.calls.model.trees import made, walked


def no_mentions(text: str) -> tuple[str, ...]:
    """Nothing is told of, where no words are known to tell."""
    return ()


class Rules(msgspec.Struct, frozen=True):
    """What decides beside the histories: the kinds with their usual priorities, the city's tables, its bounds, and what notes tell of."""

    kinds: Mapping[str, int]
    intake: Intake = Intake()
    bounds: tuple[float, float, float, float] = (-180.0, -90.0, 180.0, 90.0)
    mentions: Callable[[str], tuple[str, ...]] = no_mentions


Decision = Callable[[Rules, State, Any], tuple[Fact, ...]]


def _sealed(record: str, text: str) -> Sealed | None:
    return Sealed(record, text) if text else None


def _arrive(rules: Rules, state: State, command: ArriveContact) -> tuple[Fact, ...]:
    if command.contact in state.contacts:
        raise Refused("contact_known", f"contact {command.contact} is known already", f"来话 {command.contact} 已登记", field="contact")
    record = f"contact:{command.contact}"
    story = msgspec.json.encode(command.story).decode() if command.story else ""
    return (ContactArrived(contact=command.contact, channel=command.channel, line=command.line, number=_sealed(record, command.number),
                           words=_sealed(record, command.words), place=command.place, from_centre=command.from_centre,
                           their_number=command.their_number, story=_sealed(record, story)),)


def _locate(rules: Rules, state: State, command: LocateContact) -> tuple[Fact, ...]:
    return (ContactLocated(contact=open_contact(state, command.contact, command.machine).contact, place=command.place),)


def _answer(rules: Rules, state: State, command: AnswerContact) -> tuple[Fact, ...]:
    now = open_contact(state, command.contact)
    if now.by:
        raise Refused("contact_answered", f"{now.by} has contact {now.contact}: take the next", f"来话 {now.contact} 已由 {now.by} 接听，请接下一个", field="contact")
    return (ContactAnswered(contact=now.contact, by=command.by),)


def _end(rules: Rules, state: State, command: EndContact) -> tuple[Fact, ...]:
    now = open_contact(state, command.contact, command.machine)
    if command.how == "abandoned" and now.by:
        raise Refused("contact_not_waiting", f"{now.by} answered contact {now.contact}, so it was not abandoned: say how it ended",
                      f"来话 {now.contact} 已由 {now.by} 接听，不属于未接挂断，请另选结束方式", field="how")
    if command.how != "abandoned" and not now.by:
        raise Refused("contact_not_answered", f"nobody has answered contact {now.contact}: answer it first", f"来话 {now.contact} 尚未接听，请先接听", field="how")
    return (ContactEnded(contact=now.contact, how=command.how, note=_sealed(f"contact:{now.contact}", command.note),
                         call_back_due=command.call_back_due),)


def _call_back(rules: Rules, state: State, command: CallBack) -> tuple[Fact, ...]:
    now = contact_of(state, command.contact)
    if not now.call_back_due:
        raise Refused("no_call_back_due", f"contact {now.contact} waits for no call back", f"来话 {now.contact} 不需要回拨", field="contact")
    return (ContactCalledBack(contact=now.contact, outcome=command.outcome),)


def _take(rules: Rules, state: State, command: TakeCall) -> tuple[Fact, ...]:
    if command.paper:
        usable_form(state, command.paper)
    if command.call in state.calls:
        raise Refused("call_taken", f"call {command.call} was already taken", f"报警 {command.call} 已登记", field="call")
    if command.kind not in rules.kinds:
        raise Refused("kind_unknown", f"there is no kind of incident {command.kind}; there are {', '.join(rules.kinds)}",
                      f"没有“{command.kind}”这一警情类型", field="kind", status=422)
    now = open_contact(state, command.contact) if command.contact else None
    record = f"call:{command.call}"
    return (CallTaken(call=command.call, channel=now.channel if now else command.channel, place=command.place, kind=command.kind,
                      priority=command.priority or rules.kinds[command.kind], number=_sealed(record, command.number),
                      caller=_sealed(record, command.caller), notes=_sealed(record, command.notes), joins=command.joins,
                      likeness=command.likeness if command.joins else -1.0, mentions=rules.mentions(command.notes) if command.joins else (), contact=command.contact,
                      line=now.line if now else command.line, protocol=rules.intake.protocol(command.kind), form=command.paper),)


def _answer_question(rules: Rules, state: State, command: AnswerQuestion) -> tuple[Fact, ...]:
    call = call_of(state, command.call)
    tree = rules.intake.trees.get(command.tree)
    if tree is None:
        raise Refused("tree_unknown", f"there is no question tree {command.tree}", f"没有询问流程“{command.tree}”", field="tree", status=422)
    if command.version not in ("", tree.version):
        raise Refused("tree_changed", f"the questions are now those of {tree.version}, not {command.version}: reload the page",
                      f"询问流程已更新为 {tree.version}（您使用的是 {command.version}），请刷新页面", field="version")
    answer = tree.answer(command.question, command.answer)
    if answer is None:
        raise Refused("answer_unknown", f"the tree {tree.tree} has no answer {command.answer} to {command.question}",
                      f"询问流程“{tree.tree}”的“{command.question}”没有“{command.answer}”这一答案", field="answer", status=422)
    given = call.answers.get(tree.tree, {})
    way, due = walked(tree, given)
    if command.question != due and command.question not in dict(way):
        raise Refused("question_not_due", f"{command.question} is not asked yet: {due} comes first", f"尚未问到“{command.question}”，应先问“{due}”", field="question")
    if given.get(command.question) == command.answer and not command.words:
        raise Refused("answer_same", f"{command.question} has that answer already", f"“{command.question}”已是该答案", field="answer")
    before, after = made(way), made(walked(tree, {**given, command.question: command.answer})[0])
    asked = tree.questions[command.question]
    return (QuestionAnswered(
        call=call.call, tree=tree.tree, version=tree.version, question=command.question, answer=command.answer,
        asked=Words(asked.en, asked.zh), answered=Words(answer.en, answer.zh),
        priority=(after[0] or call.priority) if after[0] != before[0] else 0, kind=(after[1] or call.kind) if after[1] != before[1] else "",
        certain=answer.certain, words=_sealed(f"call:{call.call}", command.words)),)


def _give_block(rules: Rules, state: State, command: GivePaperBlock) -> tuple[Fact, ...]:
    return give_block(state, command)


def _void_form(rules: Rules, state: State, command: VoidPaperForm) -> tuple[Fact, ...]:
    return void_form(state, command)


def _hand_over(rules: Rules, state: State, command: HandOverCall) -> tuple[Fact, ...]:
    call = call_of(state, command.call)
    to = command.to or rules.intake.neighbours.of(call.place.lon, call.place.lat, rules.bounds)
    if not to:
        raise Refused("centre_unclear", f"call {call.call} lies in our own area: say which centre takes it", f"报警 {call.call} 在本辖区内，请指明移交给哪个中心", field="to")
    if to not in rules.intake.neighbours.centres:
        raise Refused("centre_unknown", f"there is no neighbouring centre {to}", f"没有邻近中心“{to}”", field="to", status=422)
    return (CallHandedOver(call=call.call, to=to, reason=command.reason, place=call.place),)


DECISIONS: dict[type[Command], Decision] = {
    ArriveContact: _arrive, LocateContact: _locate, AnswerContact: _answer, EndContact: _end, CallBack: _call_back, TakeCall: _take,
    AnswerQuestion: _answer_question, HandOverCall: _hand_over, GivePaperBlock: _give_block, VoidPaperForm: _void_form,
}


def decider(rules: Rules) -> Callable[[State, Command], tuple[Fact, ...]]:
    """The room's decide, for one city's kinds and tables."""

    def decide(state: State, command: Command) -> tuple[Fact, ...]:
        return DECISIONS[type(command)](rules, state, command)

    return decide
