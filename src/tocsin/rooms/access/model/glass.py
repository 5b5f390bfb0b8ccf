"""How breaking the glass is decided: at once and for everybody of the staff; ended by oneself or a supervisor; reviewed by another."""

from tocsin.facts.access import FindingRaised, GlassBroken, GlassEnded, GlassReviewed
from tocsin.kernel import Command, Fact, Refused, Sealed
from tocsin.rooms.access.commands import BreakGlass, EndGlass, RaiseUnreviewed, ReviewGlass
from tocsin.rooms.access.model.rules import Decision
from tocsin.rooms.access.model.state import GlassNow, State

REVIEW_WITHIN_S = 24 * 3600
"""After a glass is over, somebody else reviews it within this; then it is a finding itself."""
_S = 1_000_000


def _break(state: State, command: BreakGlass) -> tuple[Fact, ...]:
    return (GlassBroken(glass=command.number, until=command.now + command.minutes * 60 * _S, about=command.about,
                        reason=Sealed(f"glass:{command.number}", command.reason)),)


def _end(state: State, command: EndGlass) -> tuple[Fact, ...]:
    now = _known(state, command.glass)
    if command.by != now.by and not command.over:
        raise Refused("not_yours", "Only the one who broke it, or a supervisor, ends it.", "只有本人或主管可以提前结束。", field="glass", status=403)
    if now.ended or now.until <= command.now:
        raise Refused("glass_over", f"{command.glass} is over already.", f"{command.glass} 已经结束。", field="glass")
    return (GlassEnded(glass=command.glass),)


def _review(state: State, command: ReviewGlass) -> tuple[Fact, ...]:
    now = _known(state, command.glass)
    if command.by == now.by:
        raise Refused("review_own", "Somebody else reviews what you did; ask another supervisor or the auditor.",
                      "须由他人复核，请联系其他主管或审计员。", field="glass", status=403)
    if now.until > command.now and not now.ended:
        raise Refused("glass_lasts", "It still lasts; end it first, or review it when it is over.", "紧急访问仍在进行，请先结束或待其结束后复核。", field="glass")
    if now.reviewed:
        raise Refused("glass_reviewed", f"{command.glass} was reviewed already.", f"{command.glass} 已复核。", field="glass")
    note = Sealed(f"glass:{command.glass}", command.note) if command.note else None
    return (GlassReviewed(glass=command.glass, verdict=command.verdict, note=note),)


def _raise(state: State, command: RaiseUnreviewed) -> tuple[Fact, ...]:
    facts = []
    for one in command.overdue:
        now, finding = state.glass.get(one.glass), f"{one.glass}-unreviewed"
        if now is not None and not now.reviewed and finding not in state.findings:
            hours = (command.now - now.until) / (3600 * _S)
            facts.append(FindingRaised(finding=finding, pattern="glass_unreviewed", staff=now.by, glass=one.glass,
                                       measured={"hours_since": round(hours, 1), "hours_allowed": REVIEW_WITHIN_S / 3600}))
    return tuple(facts)


def _known(state: State, number: str) -> GlassNow:
    now = state.glass.get(number)
    if now is None:
        raise Refused("glass_unknown", f"there is no broken glass {number}", f"没有紧急访问 {number}", field="glass", status=404)
    return now


DECISIONS: dict[type[Command], Decision] = {BreakGlass: _break, EndGlass: _end, ReviewGlass: _review, RaiseUnreviewed: _raise}
