"""How incidents are joined, set apart again, and linked; a joining loses nothing and hides nothing that tells of something else."""

from tocsin.engines.likeness import differs, mentions
from tocsin.facts.dispatch import DifferenceLookedAt, IncidentJoined, IncidentSeparated, IncidentsLinked, IncidentsUnlinked
from tocsin.kernel import Command, Fact, Refused
from tocsin.rooms.dispatch.commands import (
    JoinIncident,
    LinkIncidents,
    LookAtDifference,
    OpenIncident,
    SeparateIncident,
    UnlinkIncidents,
)
from tocsin.rooms.dispatch.model.rules import Decision, Rules
from tocsin.rooms.dispatch.model.state import IncidentNow, State, known, main_one, open_one


def joined_at_once(rules: Rules, state: State, command: OpenIncident) -> tuple[Fact, ...]:
    """The joining that the call-taker asked for with the call, kept with the opening.

    An incident that has ended or was itself joined meanwhile cannot be joined into. The call is not refused for that: it opens
    by itself, linked where the other is known, so that it stands on the board.
    """
    main = state.incidents.get(command.joins)
    if main is None or command.joins == command.incident:
        return ()
    if main.closed or main.into:
        return (IncidentsLinked(incident=command.incident, to=main.incident),)
    told_of = differs(rules.likeness.families, main.kind, command.kind, command.mentions)
    return (IncidentJoined(incident=command.incident, into=main.incident, score=command.likeness, asked_by=command.asked_by, into_kind=main.kind,
                           differs=told_of or _more_pressing(command.priority, main)),)


def told(rules: Rules, now: IncidentNow, note: str) -> tuple[str, ...]:
    """The families that a note on a joined incident, or on one that others were joined into, is the first to tell of."""
    if not now.into and not now.joined:
        return ()
    families, kind = rules.likeness.families, now.into_kind or now.kind
    return differs(families, kind, kind, mentions(families, note))


def _more_pressing(priority: int, main: IncidentNow) -> tuple[str, ...]:
    return ("priority",) if priority < main.priority else ()


def _join(rules: Rules, state: State, command: JoinIncident) -> tuple[Fact, ...]:
    if command.incident == command.into:
        raise Refused("joined_to_itself", f"incident {command.incident} cannot be joined into itself", f"警情 {command.incident} 不能并入自身",
                      field="into", status=422)
    now, main = open_one(state, command.incident), main_one(state, command.into)
    if now.into:
        raise Refused("incident_joined", f"incident {now.incident} was already joined into {now.into}; separate it first",
                      f"警情 {now.incident} 已并入 {now.into}，请先拆案", field="incident")
    if now.joined:
        names, verb = ", ".join(now.joined), "is" if len(now.joined) == 1 else "are"
        raise Refused("others_joined_here", f"{names} {verb} joined into {now.incident}: join {main.incident} into {now.incident}, or separate first",
                      f"{names} 已并入 {now.incident}：请将 {main.incident} 并入 {now.incident}，或先拆案", field="incident")
    if now.units:
        names = ", ".join(sorted(key.split("@")[0] for key in now.units))
        raise Refused("units_still_on", f"{names} still on incident {now.incident}: stand down or swap before it is joined",
                      f"警情 {now.incident} 仍有 {names} 在处置：请先撤回，再并案")
    told_of = differs(rules.likeness.families, main.kind, now.kind, ())
    return (IncidentJoined(incident=now.incident, into=main.incident, score=command.score, into_kind=main.kind,
                           differs=told_of or _more_pressing(now.priority, main)),)


def _separate(rules: Rules, state: State, command: SeparateIncident) -> tuple[Fact, ...]:
    now = open_one(state, command.incident)
    if not now.into or now.into != command.out_of:
        raise Refused("not_joined", f"incident {now.incident} is not joined into {command.out_of}", f"警情 {now.incident} 未并入 {command.out_of}",
                      field="out_of")
    return (IncidentSeparated(incident=now.incident, out_of=command.out_of, reason=command.reason),)


def _look(rules: Rules, state: State, command: LookAtDifference) -> tuple[Fact, ...]:
    now = open_one(state, command.incident)
    if command.joined not in now.unseen:
        raise Refused("nothing_to_look_at", f"{command.joined} tells of nothing that was not looked at", f"{command.joined} 没有待查看的不同情况",
                      field="joined")
    return (DifferenceLookedAt(incident=now.incident, joined=command.joined),)


def _link(rules: Rules, state: State, command: LinkIncidents) -> tuple[Fact, ...]:
    if command.incident == command.to:
        raise Refused("linked_to_itself", f"incident {command.incident} cannot be linked to itself", f"警情 {command.incident} 不能关联自身",
                      field="to", status=422)
    now, other = open_one(state, command.incident), known(state, command.to)
    if other.incident in now.linked:
        raise Refused("already_linked", f"{now.incident} and {other.incident} are linked already", f"{now.incident} 与 {other.incident} 已关联", field="to")
    return (IncidentsLinked(incident=now.incident, to=other.incident),)


def _unlink(rules: Rules, state: State, command: UnlinkIncidents) -> tuple[Fact, ...]:
    now = known(state, command.incident)
    if command.to not in now.linked:
        raise Refused("not_linked", f"{now.incident} and {command.to} are not linked", f"{now.incident} 与 {command.to} 未关联", field="to")
    return (IncidentsUnlinked(incident=now.incident, to=command.to, reason=command.reason),)


DECISIONS: dict[type[Command], Decision] = {JoinIncident: _join, SeparateIncident: _separate, LookAtDifference: _look, LinkIncidents: _link,
                                            UnlinkIncidents: _unlink}
