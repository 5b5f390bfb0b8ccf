"""The part of a story that follows the caller's answers, in words: questions, another kind, units warned, a call handed over."""

from tocsin.facts.calls import CallHandedOver, QuestionAnswered
from tocsin.facts.dispatch import KindChanged, UnitsAlerted
from tocsin.kernel import Fact, Sight, Words
from tocsin.rooms.dispatch.model import Plan


def answered_sentence(plan: Plan, fact: Fact, sight: Sight) -> Words | None:
    """One fact in a sentence; None where it is none of these. What was written beside an answer is opened for the reader."""
    match fact:
        case QuestionAnswered():
            said = sight.opened(fact.words)
            return Words(f"{fact.asked.en} {fact.answered.en}{f': {said}' if said else ''}.", f"{fact.asked.zh}{fact.answered.zh}{f'：{said}' if said else ''}。")
        case KindChanged():
            kind = plan.kinds.get(fact.kind)
            en, zh = (kind.en, kind.zh) if kind else (fact.kind, fact.kind)
            return Words(f"Now {en}, priority {fact.priority}, by the answers.", f"根据回答改为{zh}，{fact.priority} 级。")
        case UnitsAlerted():
            return Words(f"Pre-alert to {', '.join(fact.units)}: not sent yet.", f"预警 {'、'.join(fact.units)}：尚未派出。")
        case CallHandedOver():
            why = f": {fact.reason}" if fact.reason else ""
            return Words(f"Handed over to {fact.to}{why}.", f"移交 {fact.to}{f'：{fact.reason}' if fact.reason else ''}。")
    return None
