"""What calling a crew adds to an incident's story: that a unit was called and by which means, and that it was given up; no person, words, number or address."""

from collections.abc import Sequence

import msgspec

from tocsin.facts.calling import Called, CalloutFact, GaveUp
from tocsin.facts.dispatch import UnitAssigned
from tocsin.facts.messages import MessageSent
from tocsin.kernel import Kept, Sight, Words

_MEANS = {"push": Words("a push to its phones", "手机推送"), "sms": Words("short message", "短信"), "mail": Words("mail", "邮件")}
_WHAT = {"assigned": Words("", ""), "message": Words(" for an urgent message", "（紧急消息）")}
_WHY = {"no_answer": Words("nobody acknowledged", "无人确认"), "no_way": Words("no way was given", "未登记联系方式"), "late": Words("it was too old by then", "已过时"),
        "too_many": Words("too many waited at once", "同时等待过多")}


class CallLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line: the fact that it stands for, and how many of the crew it speaks of."""

    kept: Kept
    people: int


def callouts(history: Sequence[Kept], sight: Sight) -> tuple[CallLine, ...]:
    """The callings of units that were sent to an incident, for that and for urgent messages about it: one line for each unit, cause and means, and one where it was given up."""
    because = {kept.position for kept in history if isinstance(kept.fact, UnitAssigned | MessageSent)}
    tags = dict.fromkeys(f"callout:{kept.fact.unit}@{kept.fact.shift}" for kept in history if isinstance(kept.fact, UnitAssigned))
    if not tags:
        return ()
    lines: dict[tuple[str, int, str], tuple[Kept, set[str]]] = {}
    for kept in sight.history(*tags):
        fact = kept.fact
        if isinstance(fact, Called | GaveUp) and fact.because in because:
            what = fact.means if isinstance(fact, Called) else ""
            lines.setdefault((fact.unit, fact.because, what), (kept, set()))[1].add(fact.person)
    return tuple(CallLine(kept=kept, people=len(people)) for kept, people in lines.values())


def called_words(line: CallLine) -> Words:
    """The line as a sentence."""
    fact = line.kept.fact
    assert isinstance(fact, CalloutFact)
    what = _WHAT.get(fact.about, Words("", ""))
    many, many_zh = (f" ({line.people} of its crew)", f"（{line.people} 人）") if line.people > 1 else ("", "")
    if isinstance(fact, Called):
        means = _MEANS.get(fact.means, Words(fact.means, fact.means))
        return Words(f"{fact.unit} called by {means.en}{what.en}{many}.", f"以{means.zh}呼叫 {fact.unit}{what.zh}{many_zh}。")
    assert isinstance(fact, GaveUp)
    why = _WHY.get(fact.code, Words(fact.code, fact.code))
    return Words(f"{fact.unit} could not be called{what.en}{many}: {why.en}.", f"呼叫 {fact.unit} 未送达{what.zh}{many_zh}：{why.zh}。")
