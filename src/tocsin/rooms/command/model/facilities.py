"""How hospitals' capacity, diversions and counts of patients are taken down."""

from tocsin.facts.command import CapacityReported, DiversionBegun, DiversionEnded, PatientsSent
from tocsin.kernel import Command, Fact, Refused
from tocsin.rooms.command.commands import BeginDiversion, EndDiversion, ReportCapacity, SendPatients
from tocsin.rooms.command.model.rules import AgencyDecision, Decision, Rules
from tocsin.rooms.command.model.state import State, open_incident, open_major, sum_key


def _report(rules: Rules, state: State, command: ReportCapacity, agency: str | None) -> tuple[Fact, ...]:
    facility = rules.facility(command.facility, agency)
    for category in command.places:
        rules.table.known("categories", category, "places")
    return (CapacityReported(facility=command.facility, name=facility.name, places=command.places, until=command.until, day=command.day),)


def _divert(rules: Rules, state: State, command: BeginDiversion, agency: str | None) -> tuple[Fact, ...]:
    facility = rules.facility(command.facility, agency)
    if command.diversion in state.diversions:
        raise Refused("diversion_exists", f"diversion {command.diversion} was given already", f"分流编号 {command.diversion} 已使用", field="diversion")
    for category in command.categories:
        rules.table.known("categories", category, "categories")
    return (DiversionBegun(diversion=command.diversion, facility=command.facility, name=facility.name, reason=command.reason,
                           categories=command.categories, until=command.until),)


def _end(rules: Rules, state: State, command: EndDiversion, agency: str | None) -> tuple[Fact, ...]:
    begun = state.diversions.get(command.diversion)
    if begun is None or (agency is not None and not rules.owns(agency, begun.facility)):
        raise Refused("diversion_unknown", f"there is no diversion {command.diversion}", f"没有编号为 {command.diversion} 的分流",
                      field="diversion", status=404)
    return (DiversionEnded(diversion=command.diversion, facility=begun.facility),)


def _send(rules: Rules, state: State, command: SendPatients) -> tuple[Fact, ...]:
    facility = rules.facility(command.facility)
    if not command.incident and not command.major:
        raise Refused("patients_from_nowhere", "say from which incident or major incident", "请指明来自哪一警情", field="incident", status=422)
    if command.incident:
        open_incident(state, command.incident)
    if command.major:
        open_major(state, command.major)
    if not any(command.counts.values()):
        raise Refused("nobody_sent", "say how many", "请填写人数", field="counts", status=422)
    for category, count in command.counts.items():
        rules.table.known("categories", category, "counts")
        before = state.sent.get(sum_key(command.incident, command.major, command.facility, category), 0)
        if before + count < 0:
            raise Refused("count_below_zero", f"only {before} were sent there, so {-count} cannot be taken back", f"此前只送出 {before} 人，不能减去 {-count} 人",
                          field="counts", status=422)
    return (PatientsSent(facility=command.facility, name=facility.name, counts=command.counts, incident=command.incident, major=command.major),)


DECISIONS: dict[type[Command], Decision] = {SendPatients: _send}
FOR_AGENCIES: dict[type[Command], AgencyDecision] = {ReportCapacity: _report, BeginDiversion: _divert, EndDiversion: _end}
