"""What is wrong with a plan before it is used: faults in its writing, and needs that no fleet on duty could ever fill."""

from collections.abc import Iterator, Mapping, Sequence

from tocsin.facts.dispatch import Need
from tocsin.rooms.dispatch.model.filling import left_open
from tocsin.rooms.dispatch.model.plan.table import LAST_ALARM, Plan, Table

_PRIORITIES = ("1", "2", "3", "4")
_ALARMS = tuple(str(level) for level in range(2, LAST_ALARM + 1))


def faults(plan: Plan) -> list[str]:
    """What is wrong with a plan, in sentences; empty where it is sound."""
    found = []
    for code, kind in plan.kinds.items():
        if str(kind.priority) not in _PRIORITIES:
            found.append(f"kind {code}: priority {kind.priority} is not 1 to 4")
        found += [f"kind {code}: nothing is needed at priority {priority}" for priority in _PRIORITIES if not kind.needs.get(priority)]
        found += _table_faults(plan, f"kind {code}", kind.needs, kind.alarms)
    for name, area in plan.areas.items():
        drawn = [bool(area.outline), bool(area.file), bool(area.district)]
        if sum(drawn) != 1:
            found.append(f"area {name}: give one of outline, file and district")
        if area.outline and len(area.outline) < 3:
            found.append(f"area {name}: an outline has three corners or more")
        for code, other in area.kinds.items():
            if code not in plan.kinds:
                found.append(f"area {name}: there is no kind {code}")
            found += _table_faults(plan, f"area {name}, kind {code}", other.needs, other.alarms)
    found += [f"cover: there is no priority {given}" for given in plan.cover.weight if given not in _PRIORITIES]
    found += [f"cover: the weight {weight} is below 0 or above 1000" for weight in plan.cover.weight.values() if not 0 <= weight <= 1000]
    if not 0 <= plan.cover.most_s <= 3600:
        found.append(f"cover: most_s is {plan.cover.most_s}, and is to be 0 to 3600 seconds")
    if min(plan.divert.apart, plan.divert.preempt_apart) < 1:
        found.append("divert: a unit may only be taken for something more pressing: apart and preempt_apart are 1 or more")
    found += [f"stack: {state} ends in {seconds} seconds" for state, seconds in plan.stack.soon_s.items() if not 0 <= seconds <= 86_400]
    return found


def _table_faults(plan: Plan, where: str, needs: Table, alarms: Table) -> Iterator[str]:
    yield from (f"{where}: there is no priority {given}" for given in needs if given not in _PRIORITIES)
    yield from (f"{where}: there is no alarm {given}; further alarms are 2 to {LAST_ALARM}" for given in alarms if given not in _ALARMS)
    levels = sorted(int(given) for given in alarms if given in _ALARMS)
    if levels and where.startswith("kind") and levels != list(range(2, len(levels) + 2)):
        yield f"{where}: alarms {', '.join(map(str, levels))} leave one out"
    for need in (need for table in (needs, alarms) for given in table.values() for need in given):
        if need.skill not in plan.skills:
            yield f"{where}: skill {need.skill} has no words"
        if not 1 <= need.count <= 20:
            yield f"{where}: {need.count} units with {need.skill}"


def unfillable(plan: Plan, fleets: Mapping[str, Sequence[tuple[str, ...]]]) -> Iterator[tuple[str, tuple[str, ...], tuple[Need, ...]]]:
    """Each line of the plan that a fleet cannot fill even with every unit free: the line, the fleets that cannot, what the poorest lacks.

    `fleets` names fleets (an hour of the week, "the table") and gives the skills of each unit in them.
    """
    for line, needs in lines(plan):
        lacking = {name: gap for name, skills in fleets.items() if (gap := left_open(needs, skills))}
        if lacking:
            yield line, tuple(lacking), max(lacking.values(), key=lambda gap: sum(need.count for need in gap))


def lines(plan: Plan) -> Iterator[tuple[str, tuple[Need, ...]]]:
    """Every line of the plan in words with all that it needs: area, kind, priority, alarm."""
    for area in ("", *plan.areas):
        for code in plan.areas[area].kinds if area else plan.kinds:
            for priority in _PRIORITIES:
                for alarm in range(1, plan.last_alarm(code, area) + 1):
                    words = f"{f'area {area}, ' if area else ''}kind {code}, priority {priority}{f', alarm {alarm}' if alarm > 1 else ''}"
                    yield words, plan.needs(code, int(priority), area, alarm)
