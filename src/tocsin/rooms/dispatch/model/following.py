"""How an incident follows the answers of its call: another kind, another priority, and units warned before the questions end."""

from tocsin.engines.likeness import differs
from tocsin.facts.dispatch import DifferenceTold, KindChanged, PriorityChanged, UnitsAlerted
from tocsin.kernel import Command, Fact, Refused
from tocsin.rooms.dispatch.commands import AlertUnits, FollowAnswers
from tocsin.rooms.dispatch.model.ranking import offer
from tocsin.rooms.dispatch.model.rules import Decision, Rules
from tocsin.rooms.dispatch.model.state import IncidentNow, State, main_one, open_one


def _follow(rules: Rules, state: State, command: FollowAnswers) -> tuple[Fact, ...]:
    now = open_one(state, command.incident)
    kind, priority = command.kind or now.kind, command.priority or now.priority
    needs = rules.plan.needs(kind, priority, now.area, now.alarm)
    if kind != now.kind:
        return (KindChanged(incident=now.incident, kind=kind, priority=priority, needs=needs, plan=rules.plan.version), *_told(rules, now, kind, priority))
    if priority != now.priority:
        return (PriorityChanged(incident=now.incident, priority=priority, needs=needs), *_told(rules, now, kind, priority))
    raise Refused("nothing_to_follow", f"incident {now.incident} is {kind} of priority {priority} already", f"警情 {now.incident} 的类型和等级已与回答一致")


def _told(rules: Rules, now: IncidentNow, kind: str, priority: int) -> tuple[Fact, ...]:
    """What a joined call's answers are the first to tell: the main incident does not follow them, so somebody must look."""
    if not now.into:
        return ()
    families = rules.likeness.families
    news = () if kind == now.kind else differs(families, now.into_kind, kind, ())
    pressing = ("priority",) if priority < now.priority else ()
    return (DifferenceTold(incident=now.incident, into=now.into, differs=news + pressing),) if news or pressing else ()


def _alert(rules: Rules, state: State, command: AlertUnits) -> tuple[Fact, ...]:
    now = main_one(state, command.incident)
    if now.units:
        raise Refused("units_sent", f"units are on incident {now.incident} already: there is nobody left to warn early", f"警情 {now.incident} 已派出单位，无需预警")
    ranked = offer(rules.ground, command.seen, incident=now.incident, number=command.offer, plan=rules.plan.version, priority=now.priority,
                   needs=now.needs, place=(now.place.lon, now.place.lat), closed=command.closed, at=command.at,
                   weight=rules.plan.weight(now.priority), most_s=rules.plan.cover.most_s)
    if not ranked.chosen:
        raise Refused("nobody_to_alert", f"nobody can be warned for incident {now.incident}: no unit that fits is free", f"警情 {now.incident} 目前没有可预警的单位")
    if frozenset(ranked.chosen) == now.alerted:
        raise Refused("alert_same", f"{', '.join(ranked.chosen)} know of incident {now.incident} already", f"{'、'.join(ranked.chosen)} 已收到警情 {now.incident} 的预警")
    shifts = dict(zip(ranked.units, ranked.shifts, strict=True))
    return (ranked, UnitsAlerted(incident=now.incident, offer=ranked.offer, units=ranked.chosen, shifts=tuple(shifts[unit] for unit in ranked.chosen)))


DECISIONS: dict[type[Command], Decision] = {FollowAnswers: _follow, AlertUnits: _alert}
