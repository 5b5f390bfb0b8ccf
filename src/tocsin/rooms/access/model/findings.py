"""How findings are decided: once, and never by the one concerned."""

from tocsin.facts.access import FindingDecided
from tocsin.kernel import Command, Fact, Refused, Sealed
from tocsin.rooms.access.commands import DecideFinding
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


DECISIONS: dict[type[Command], Decision] = {DecideFinding: _decide}
