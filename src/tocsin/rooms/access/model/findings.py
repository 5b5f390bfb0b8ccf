"""How findings are raised, decided and answered: each once, decided never by the one concerned, answered by nobody else."""

from tocsin.facts.access import FindingAnswered, FindingDecided, FindingRaised
from tocsin.kernel import Command, Fact, Refused, Sealed
from tocsin.rooms.access.commands import AnswerFinding, DecideFinding, RaiseFound
from tocsin.rooms.access.model.rules import Decision
from tocsin.rooms.access.model.state import State


def _decide(state: State, command: DecideFinding) -> tuple[Fact, ...]:
    now = state.findings.get(command.finding)
    if now is None:
        raise Refused("finding_unknown", f"there is no finding {command.finding}", f"没有发现项 {command.finding}", field="finding", status=404)
    if now.staff == command.by:
        raise Refused("review_own", "Somebody else decides what is about you; ask another supervisor or the auditor.",
                      "涉及本人的发现项须由他人处理，请联系其他主管或审计员。", field="finding", status=403)
    if now.decided:
        raise Refused("finding_decided", f"{command.finding} was decided already.", f"{command.finding} 已处理。", field="finding")
    return (FindingDecided(finding=command.finding, decision=command.decision, note=Sealed(f"finding:{command.finding}", command.note)),)


def _answer(state: State, command: AnswerFinding) -> tuple[Fact, ...]:
    now = state.findings.get(command.finding)
    if now is None or now.staff != command.by or not now.decided:  # whether there is one about somebody else is not told
        raise Refused("finding_unknown", f"there is no decided finding {command.finding} about you", f"没有涉及本人的已处理发现项 {command.finding}",
                      field="finding", status=404)
    if now.answered:
        raise Refused("finding_answered", f"You answered {command.finding} already; it stands.", f"您已对 {command.finding} 作出答复。", field="finding")
    return (FindingAnswered(finding=command.finding, answer=Sealed(f"finding:{command.finding}", command.answer)),)


def _raise(state: State, command: RaiseFound) -> tuple[Fact, ...]:
    raised = {now.use for now in state.findings.values()}
    return tuple(FindingRaised(finding=number, pattern=one.pattern, staff=one.staff, records=one.records, positions=one.positions,
                               measured=one.measured, use=one.use)
                 for one, number in zip(command.found, command.numbers, strict=True) if one.use not in raised)


DECISIONS: dict[type[Command], Decision] = {DecideFinding: _decide, AnswerFinding: _answer, RaiseFound: _raise}
