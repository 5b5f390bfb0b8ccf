"""A plan tried on what has happened: which past incidents would have got something else, and how many units more or fewer."""

from collections import Counter
from collections.abc import Iterable

import msgspec

from tocsin.facts.dispatch import Need
from tocsin.rooms.dispatch.model.plan.changes import said
from tocsin.rooms.dispatch.model.plan.table import Plan


class Past(msgspec.Struct, frozen=True):
    """One moment at which a plan said what must go: an opening, a changed priority, a raised alarm.

    `got` is what was given then; None where no plan was asked then (a city's own record). Priority 0 is the kind's usual one.
    """

    number: str
    kind: str
    priority: int
    alarm: int
    lon: float
    lat: float
    got: tuple[Need, ...] | None = None


class Trial(msgspec.Struct):
    """What came of it. `lines` counts incidents by line of the plan and change; `first` names one of each."""

    incidents: int = 0
    different: int = 0
    units_was: int = 0
    units_now: int = 0
    lines: Counter[str] = msgspec.field(default_factory=Counter)
    first: dict[str, str] = msgspec.field(default_factory=dict)

    def sentences(self, most: int = 40) -> list[str]:
        """The trial as lines of print, the most frequent change first."""
        share = f" ({100 * self.different / self.incidents:.1f} %)" if self.incidents else ""
        out = [f"{self.incidents:,} incidents, {self.different:,} would have got something else{share}; "
               f"units asked for at first {self.units_was:,}, now {self.units_now:,}"]
        out += [f"{count:>7,} × {line} (for example {self.first[line]})" for line, count in self.lines.most_common(most)]
        return out if len(self.lines) <= most else [*out, f"and {len(self.lines) - most} more kinds of change"]


def tried(new: Plan, past: Iterable[Past], old: Plan | None = None) -> Trial:
    """Try a plan on past moments, against what was given then, or against another plan's answer where one is handed in."""
    trial, seen, different, counted = Trial(), set[str](), set[str](), set[tuple[str, str]]()
    for moment in past:
        was = moment.got if old is None else _given(old, moment)
        now = _given(new, moment)
        if was is None and now is None:
            continue
        if moment.number not in seen:
            seen.add(moment.number)
            trial.units_was += sum(need.count for need in was or ())
            trial.units_now += sum(need.count for need in now or ())
        if was == now:
            continue
        area = new.area(moment.lon, moment.lat)
        priority = moment.priority or (new.kinds[moment.kind].priority if moment.kind in new.kinds else 0)
        line = (f"{f'area {area}, ' if area else ''}kind {moment.kind}, priority {priority}"
                f"{f', alarm {moment.alarm}' if moment.alarm > 1 else ''}: {_said(was)} becomes {_said(now)}")
        if (moment.number, line) not in counted:
            counted.add((moment.number, line))
            trial.lines[line] += 1
            trial.first.setdefault(line, moment.number)
        different.add(moment.number)
    trial.incidents, trial.different = len(seen), len(different)
    return trial


def _given(plan: Plan, moment: Past) -> tuple[Need, ...] | None:
    if moment.kind not in plan.kinds:
        return None
    priority = moment.priority or plan.kinds[moment.kind].priority
    return plan.needs(moment.kind, priority, plan.area(moment.lon, moment.lat), moment.alarm)


def _said(needs: tuple[Need, ...] | None) -> str:
    return "no such kind" if needs is None else said(needs)
