"""How hazards are marked, renewed and taken back: of a place or an incident, by the kinds of the table, never for longer than its kind may stand."""

from tocsin.facts.hazards import HazardMarked, HazardRenewed, HazardWithdrawn
from tocsin.kernel import Command, Fact, Refused, Sealed
from tocsin.rooms.dispatch.commands import MarkHazard, RenewHazard, WithdrawHazard
from tocsin.rooms.dispatch.model.rules import Decision, Rules
from tocsin.rooms.dispatch.model.speaking import its_crew, sent_there
from tocsin.rooms.dispatch.model.state import State, known
from tocsin.rooms.dispatch.model.warned import standing

_S = 1_000_000


def _mark(rules: Rules, state: State, command: MarkHazard) -> tuple[Fact, ...]:
    table = rules.hazards
    _short_enough(rules, command.kind, command.lasts_s)
    if command.source not in table.sources:
        raise Refused("hazard_source_unknown", f"say how it is known: {', '.join(table.sources)}", "请选择危险的来源", field="source", status=422)
    now = known(state, command.incident) if command.incident else None
    if command.unit and now is not None:
        key = sent_there(now, command.unit, command.shift)
        if not command.floor:
            its_crew(state, key, command.by)
    elif not command.floor:
        raise Refused("hazard_without_incident", "a crew marks a hazard at the incident that its unit was sent to", "一线人员只能在本单位所派警情标注危险", field="incident", status=403)
    place = (command.place or (now.place if now is not None else None)) if command.radius_m else None
    if now is None and place is None:
        raise Refused("hazard_without_place", "say where: an incident, or a place with a radius", "请指明警情，或地点及半径", field="place", status=422)
    return (HazardMarked(hazard=command.hazard, incident=command.incident, kind=command.kind, source=command.source, version=table.version,
                         until=command.at + command.lasts_s * _S, place=place, radius_m=command.radius_m,
                         words=Sealed(f"hazard:{command.hazard}", command.words) if command.words else None,
                         unit=command.unit if now is not None else "", shift=command.shift if now is not None else ""),)


def _renew(rules: Rules, state: State, command: RenewHazard) -> tuple[Fact, ...]:
    now = standing(state.hazards, command.hazard, command.at)
    if now.place and not command.reviews:
        raise _not_the_reviewer("renews")
    _short_enough(rules, now.kind, command.lasts_s)
    return (HazardRenewed(hazard=now.hazard, incident=now.incident, until=command.at + command.lasts_s * _S),)


def _withdraw(rules: Rules, state: State, command: WithdrawHazard) -> tuple[Fact, ...]:
    now = standing(state.hazards, command.hazard, command.at)
    if now.place and not command.reviews and now.by != command.by:
        raise _not_the_reviewer("withdraws")
    return (HazardWithdrawn(hazard=now.hazard, incident=now.incident, reason=Sealed(f"hazard:{now.hazard}", command.reason)),)


def _short_enough(rules: Rules, code: str, lasts_s: int) -> None:
    kind = rules.hazards.kinds.get(code)
    if kind is None:
        raise Refused("hazard_kind_unknown", f"the table has no kind {code}; it has {', '.join(rules.hazards.kinds) or 'none'}", f"没有“{code}”这类危险", field="kind", status=422)
    if lasts_s > kind.longest_s:
        raise Refused("hazard_too_long", f"{kind.en} stands for {kind.longest_h:g} h at most without another look", f"“{kind.zh}”最长 {kind.longest_h:g} 小时，届时须复核",
                      field="lasts_s", status=422)


def _not_the_reviewer(what: str) -> Refused:
    return Refused("not_the_reviewer", f"the supervisor {what} the hazard of a place", "地点类危险提示由值班长复核", field="hazard", status=403)


DECISIONS: dict[type[Command], Decision] = {MarkHazard: _mark, RenewHazard: _renew, WithdrawHazard: _withdraw}
