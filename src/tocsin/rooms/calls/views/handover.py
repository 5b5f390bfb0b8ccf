"""The story of a call that was handed over: one document, which is word for word the body that the other centre's door takes."""

from collections.abc import Mapping, Sequence

from tocsin.facts.calls import CallHandedOver, CallTaken, QuestionAnswered
from tocsin.facts.dispatch import KindChanged, NoteAdded, PriorityChanged
from tocsin.kernel import Kept, Refused, Sight, View, Words
from tocsin.rooms.calls.commands import HandedAnswer, HandedStory, ReadHandover, Said
from tocsin.rooms.calls.model import Intake


class Handover(View, frozen=True, kw_only=True):
    """What is posted to the other centre's `/api/contacts`: a contact of the channel `centre` with the whole story."""

    channel: str
    line: str
    from_centre: str
    their_number: str
    number: str
    words: str
    story: HandedStory


def read_handover(intake: Intake, names: Mapping[str, Words], ask: ReadHandover, sight: Sight) -> Handover:
    """The story, its personal fields opened, which is kept before it goes out."""
    history = sight.history(f"call:{ask.call}", f"incident:{ask.call}")
    call = next((kept for kept in history if isinstance(kept.fact, CallTaken)), None)
    if call is None:
        raise Refused("call_unknown", f"there is no call {ask.call}", f"没有报警 {ask.call}", field="call", status=404)
    handed = next((kept.fact for kept in history if isinstance(kept.fact, CallHandedOver)), None)
    if handed is None:
        raise Refused("call_not_handed_over", f"call {ask.call} was not handed over", f"报警 {ask.call} 未移交", field="call")
    taken = call.fact
    assert isinstance(taken, CallTaken)
    kind, priority = taken.kind, taken.priority
    remarks = []
    for kept in history:
        match kept.fact:
            case KindChanged() as changed:
                kind, priority = changed.kind, changed.priority
            case PriorityChanged() as changed:
                priority = changed.priority
            case NoteAdded() as noted:
                remarks.append(sight.opened(noted.note) or "")
    says = names.get(kind, Words(kind, kind))
    neighbours = intake.neighbours
    story = HandedStory(
        call=taken.call, called_at=call.entry.happened_at, place=handed.place, kind=kind, kind_says=Said(en=says.en, zh=says.zh), priority=priority,
        line=taken.line, caller=sight.opened(taken.caller, "caller") or "", notes=sight.opened(taken.notes) or "", remarks=tuple(remarks)[:100],
        answers=_answers(history, sight)[:100], reason=handed.reason)
    return Handover(channel="centre", line="", from_centre=neighbours.en or neighbours.zh, their_number=taken.call,
                    number=sight.opened(taken.number, "number") or "", words=handed.reason, story=story)


def _answers(history: Sequence[Kept], sight: Sight) -> tuple[HandedAnswer, ...]:
    latest: dict[tuple[str, str], HandedAnswer] = {}
    for kept in history:
        if isinstance(kept.fact, QuestionAnswered):
            fact = kept.fact
            latest[fact.tree, fact.question] = HandedAnswer(
                asked=Said(en=fact.asked.en, zh=fact.asked.zh), answered=Said(en=fact.answered.en, zh=fact.answered.zh),
                at=kept.entry.happened_at, words=sight.opened(fact.words) or "")
    return tuple(latest.values())
