"""What is told of two incidents in one sentence: joined, separated, linked, and a difference that was looked at."""

from collections.abc import Iterable, Mapping

from tocsin.engines.likeness import Family
from tocsin.facts.dispatch import (
    DifferenceLookedAt,
    DifferenceTold,
    IncidentJoined,
    IncidentSeparated,
    IncidentsLinked,
    IncidentsUnlinked,
)
from tocsin.kernel import Words

PAIRED = IncidentJoined | IncidentSeparated | IncidentsLinked | IncidentsUnlinked | DifferenceTold | DifferenceLookedAt
"""The facts that are about two incidents."""


def paired(fact: PAIRED, by: str, families: Mapping[str, Family]) -> Words:
    """The sentence of one such fact; the same in both incidents' stories."""
    match fact:
        case IncidentJoined():
            shown = f" ({fact.score:.0%} shown)" if fact.score >= 0 else ""
            shown_zh = f"（提示 {fact.score:.0%}）" if fact.score >= 0 else ""
            told = _told(families, fact.differs)
            news = f" It tells of something else: {told.en}." if fact.differs else ""
            news_zh = f"所报情况不同：{told.zh}。" if fact.differs else ""
            by = fact.asked_by or by
            return Words(f"{fact.incident} joined into {fact.into} by {by}{shown}.{news}", f"{by} 将 {fact.incident} 并入 {fact.into}{shown_zh}。{news_zh}")
        case IncidentSeparated():
            why, why_zh = (f": {fact.reason}", f"：{fact.reason}") if fact.reason else ("", "")
            return Words(f"{fact.incident} separated from {fact.out_of} by {by}{why}.", f"{by} 将 {fact.incident} 从 {fact.out_of} 拆出{why_zh}。")
        case IncidentsLinked():
            return Words(f"{fact.incident} linked to {fact.to} by {by}.", f"{by} 关联 {fact.incident} 与 {fact.to}。")
        case IncidentsUnlinked():
            return Words(f"{fact.incident} no longer linked to {fact.to}, by {by}.", f"{by} 取消 {fact.incident} 与 {fact.to} 的关联。")
        case DifferenceTold():
            told = _told(families, fact.differs)
            return Words(f"The answers of {fact.incident} tell of something that {fact.into} does not: {told.en}.",
                         f"{fact.incident} 的回答与 {fact.into} 不同：{told.zh}。")
        case DifferenceLookedAt():
            return Words(f"What {fact.joined} tells differently was looked at by {by}.", f"{by} 已查看 {fact.joined} 所报的不同情况。")


def _told(families: Mapping[str, Family], codes: Iterable[str]) -> Words:
    told = [_named(families, code) for code in codes]
    return Words(", ".join(words.en for words in told), "、".join(words.zh for words in told))


def _named(families: Mapping[str, Family], code: str) -> Words:
    if code == "priority":
        return Words("more pressing", "更紧急")
    family = families.get(code)
    return Words(family.en, family.zh) if family else Words(code, code)
