"""What the call-takers' room knows when it decides: contacts and calls as the touched histories leave them."""

from collections.abc import Mapping

import msgspec

from tocsin.facts.calls import (
    CallHandedOver,
    CallTaken,
    ContactAnswered,
    ContactArrived,
    ContactCalledBack,
    ContactEnded,
    PaperBlockGiven,
    PaperFormVoided,
    Place,
    QuestionAnswered,
)
from tocsin.kernel import Kept, Refused


class ContactNow(msgspec.Struct, frozen=True, kw_only=True):
    """A contact as its facts leave it; `over` is how it ended, `call` if a call was taken."""

    contact: str
    channel: str
    line: str
    let_in_by: str = ""
    by: str = ""
    over: str = ""
    call_back_due: bool = False


class CallNow(msgspec.Struct, frozen=True, kw_only=True):
    """A call as its facts leave it; `answers` by tree and question."""

    call: str
    kind: str
    priority: int
    place: Place
    handed_to: str = ""
    answers: Mapping[str, Mapping[str, str]] = {}


class State(msgspec.Struct, frozen=True):
    """What the touched histories say."""

    calls: Mapping[str, CallNow] = {}
    contacts: Mapping[str, ContactNow] = {}
    forms: Mapping[str, int] = {}
    """Blocks of paper forms and how many each has."""
    used: frozenset[str] = frozenset()
    """Forms that were entered or voided."""


def evolve(state: State, kept: Kept) -> State:
    """The state after one more kept fact."""
    fact = kept.fact
    match fact:
        case CallTaken():
            call = CallNow(call=fact.call, kind=fact.kind, priority=fact.priority, place=fact.place)
            state = msgspec.structs.replace(state, calls={**state.calls, fact.call: call},
                                             used=state.used | {fact.form} if fact.form else state.used)
            return _contact(state, fact.contact, over="call") if fact.contact in state.contacts else state
        case QuestionAnswered() if fact.call in state.calls:
            call = state.calls[fact.call]
            answers = {**call.answers, fact.tree: {**call.answers.get(fact.tree, {}), fact.question: fact.answer}}
            return msgspec.structs.replace(state, calls={**state.calls, fact.call: msgspec.structs.replace(call, answers=answers)})
        case CallHandedOver() if fact.call in state.calls:
            call = msgspec.structs.replace(state.calls[fact.call], handed_to=fact.to)
            return msgspec.structs.replace(state, calls={**state.calls, fact.call: call})
        case ContactArrived():
            now = ContactNow(contact=fact.contact, channel=fact.channel, line=fact.line, let_in_by=kept.entry.by)
            return msgspec.structs.replace(state, contacts={**state.contacts, fact.contact: now})
        case ContactAnswered() if fact.contact in state.contacts:
            return _contact(state, fact.contact, by=fact.by)
        case ContactEnded() if fact.contact in state.contacts:
            return _contact(state, fact.contact, over=fact.how, call_back_due=fact.call_back_due)
        case ContactCalledBack() if fact.contact in state.contacts:
            return _contact(state, fact.contact, call_back_due=fact.outcome == "no_answer")
        case PaperBlockGiven():
            return msgspec.structs.replace(state, forms={**state.forms, fact.block: fact.forms})
        case PaperFormVoided():
            return msgspec.structs.replace(state, used=state.used | {fact.form})
    return state


def _contact(state: State, contact: str, **changes: object) -> State:
    now = msgspec.structs.replace(state.contacts[contact], **changes)
    return msgspec.structs.replace(state, contacts={**state.contacts, contact: now})


def _unknown(number: str) -> Refused:
    return Refused("contact_unknown", f"there is no contact {number}", f"没有来话 {number}", field="contact", status=404)


def contact_of(state: State, number: str) -> ContactNow:
    """The contact of this number; refused where there is none."""
    now = state.contacts.get(number)
    if now is None:
        raise _unknown(number)
    return now


def open_contact(state: State, number: str, machine: str = "") -> ContactNow:
    """The contact of this number, refused where it has ended; what another machine let in is for a machine as if it were not there."""
    now = contact_of(state, number)
    if machine and now.let_in_by != machine:
        raise _unknown(number)
    if now.over:
        raise Refused("contact_over", f"contact {number} has ended already: {now.over.replace('_', ' ')}", f"来话 {number} 已结束", field="contact")
    return now


def call_of(state: State, number: str) -> CallNow:
    """The call of this number; refused where there is none, or where another centre has it."""
    now = state.calls.get(number)
    if now is None:
        raise Refused("call_unknown", f"there is no call {number}", f"没有报警 {number}", field="call", status=404)
    if now.handed_to:
        raise Refused("call_handed_over", f"call {number} was handed over to {now.handed_to}", f"报警 {number} 已移交 {now.handed_to}", field="call")
    return now
