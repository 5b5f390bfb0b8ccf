"""What could be gained for one incident now: units diverted, preempted, swapped or waited for, each with its seconds and its price."""

from collections.abc import Iterator
from functools import cached_property

from tocsin.facts.dispatch import Need
from tocsin.kernel import Refused, Sight, View, Words
from tocsin.rooms.dispatch.commands import ReadGains, Seen
from tocsin.rooms.dispatch.model import Ground, Plan
from tocsin.rooms.dispatch.model.filling import fill, left_open
from tocsin.rooms.dispatch.model.gaining import DRIVING, apart, way
from tocsin.rooms.dispatch.model.ranking import lack, lights_on, point, stand, travel
from tocsin.rooms.dispatch.views.board import IncidentRow
from tocsin.rooms.dispatch.views.offer import clock, short

_MOST = 9
_MOST_TRIED = 24


class Gain(View, frozen=True, kw_only=True):
    """One better way, to be taken by a person. `what` is `divert`, `preempt`, `swap` or `stack`.

    `unit` would come in `eta_s`, which saves `gain_s` of waiting over the best without it; None: without it a need stays open.
    `instead` need not go then. `source` is the incident that `unit` is taken from or busy on; `then_unit` could be there
    `later_s` after `unit` (None: nobody could). `free_in_s` is when a unit that is waited for is usually free. A swap
    takes `out` off.
    """

    what: str
    unit: str
    shift: str
    eta_s: int
    gain_s: int | None
    instead: str = ""
    source: str = ""
    then_unit: str = ""
    later_s: int | None = None
    free_in_s: int = 0
    out: str = ""
    out_shift: str = ""
    says: Words


class Gains(View, frozen=True, kw_only=True):
    """What could be gained for an incident, the most first."""

    incident: str
    at: int
    gains: tuple[Gain, ...]


def read_gains(plan: Plan, ground: Ground, ask: ReadGains, sight: Sight) -> Gains:
    """The gains as the floor stands now, none for an incident that has ended; nothing of them is kept until one is taken."""
    row = sight.rows("incident").get(ask.incident)
    if not isinstance(row, IncidentRow):
        if not sight.history(f"incident:{ask.incident}"):
            raise Refused("incident_unknown", f"there is no incident {ask.incident}", f"没有警情 {ask.incident}", field="incident", status=404)
        return Gains(incident=ask.incident, at=sight.now(), gains=())
    others = {one.id: one for one in sight.rows("incident").values() if isinstance(one, IncidentRow)}
    floor = _Floor(plan, ground, row, others, [unit for unit in sight.look("units") if isinstance(unit, Seen)],
                   tuple(sight.look("closed")), sight.now())
    found = [*floor.taken(), *floor.swapped(), *floor.stacked()]
    found.sort(key=lambda gain: (gain.gain_s is not None, -(gain.gain_s or 0), gain.eta_s, gain.unit))
    return Gains(incident=row.id, at=sight.now(), gains=tuple(found[:_MOST]))


class _Floor:
    """The units and incidents as they stand, with every time between them found once."""

    def __init__(self, plan: Plan, ground: Ground, row: IncidentRow, incidents: dict[str, IncidentRow], units: list[Seen],
                 closed: tuple[int, ...], now: int) -> None:
        self.plan, self.ground, self.row, self.incidents, self.units, self.closed, self.now = plan, ground, row, incidents, units, closed, now
        self.skills = [unit.skills for unit in units]
        self._hour = ground.hour_of_week(now)
        self._eta: dict[str, list[int]] = {}
        self._spots = {lights: stand(ground, units, lights=lights) for lights in {lights_on(one.priority) for one in incidents.values()}}

    def eta(self, row: IncidentRow) -> list[int]:
        """Seconds from now until each unit could be at an incident."""
        if row.id not in self._eta:
            lights = lights_on(row.priority)
            arcs, alongs, directed = self._spots[lights]
            target = point(self.ground, row.place.lon, row.place.lat, None, lights=lights)[:2]
            self._eta[row.id] = travel(
                self.ground, [unit.unit_kind for unit in self.units], [unit.station for unit in self.units],
                [unit.at_home for unit in self.units], arcs, alongs, directed, target, priority=row.priority, hour=self._hour, closed=self.closed)
        return self._eta[row.id]

    def fill(self, needs: tuple[Need, ...], eta_s: list[int], besides: int | None = None, without: frozenset[int] = frozenset()) -> list[int]:
        """The free units, and one besides, that fill needs soonest."""
        lacks = ["" if i == besides else "gone" if i in without else lack(unit, needs) for i, unit in enumerate(self.units)]
        return [i for i, _ in fill(needs, self.skills, eta_s, lacks)]

    @cached_property
    def best(self) -> list[int]:
        """Which free units fill what is open soonest, without any of the gains."""
        return self.fill(self.row.unmet, self.eta(self.row))

    def gain(self, i: int, eta_s: list[int], least_s: int) -> tuple[bool, int | None, str]:
        """Whether unit i in the fleet is worth saying, the seconds of waiting it saves, and the unit that need not go then."""
        chosen = self.fill(self.row.unmet, eta_s, besides=i)
        if i not in chosen:
            return False, 0, ""
        spared = [self.units[j].unit for j in self.best if j not in chosen]
        if len(chosen) > len(self.best):
            return True, None, ""
        saved = sum(self.eta(self.row)[j] for j in self.best) - sum(eta_s[j] for j in chosen)
        return saved >= least_s, saved, spared[0] if spared else ""

    def busy(self) -> list[int]:
        """Units on other incidents with a skill that is open here, the nearest first."""
        eta_s, wanted = self.eta(self.row), {need.skill for need in self.row.unmet}
        near = [i for i, unit in enumerate(self.units) if unit.incident in self.incidents and unit.incident != self.row.id
                and eta_s[i] >= 0 and wanted & set(unit.skills)]
        return sorted(near, key=lambda i: eta_s[i])[:_MOST_TRIED]

    def taken(self) -> Iterator[Gain]:
        """Units diverted on their way to, or preempted at, less pressing incidents."""
        for i in self.busy():
            unit, source = self.units[i], self.incidents[self.units[i].incident]
            how = way(unit.state)
            if not how or source.priority - self.row.priority < apart(self.plan.divert, how):
                continue
            least = self.plan.divert.saves_s if how == "divert" else self.plan.divert.preempt_saves_s
            worth, gain_s, instead = self.gain(i, self.eta(self.row), least)
            if worth:
                then_unit, later_s = self._left_with(i, source)
                eta_s = self.eta(self.row)[i]
                yield Gain(what=how, unit=unit.unit, shift=unit.shift, eta_s=eta_s, gain_s=gain_s, instead=instead, source=source.id,
                           then_unit=then_unit, later_s=later_s,
                           says=_taken(self.plan, how, unit, eta_s, gain_s, instead, source, then_unit, later_s))

    def _left_with(self, i: int, source: IncidentRow) -> tuple[str, int | None]:
        """The next best unit for what unit i would leave open at its incident, and how much later it would be there."""
        others = [unit.skills for unit in self.units if unit.incident == source.id and unit.unit != self.units[i].unit]
        lost = _less(left_open(source.needs, others), left_open(source.needs, [*others, self.units[i].skills]))
        used = frozenset(self.fill(self.row.unmet, self.eta(self.row), besides=i))
        eta_s = self.eta(source)
        chosen = self.fill(lost, eta_s, without=used | {i})
        if not chosen:
            return "", 0 if not lost else None
        return self.units[chosen[0]].unit, max(0, eta_s[chosen[0]] - (eta_s[i] if self.units[i].state in DRIVING else 0))

    def swapped(self) -> Iterator[Gain]:
        """Free units that would be here before one that is still on its way, and can do as much."""
        eta_s = self.eta(self.row)
        here = [unit for unit in self.units if unit.incident == self.row.id]
        lacking = _count(left_open(self.row.needs, [unit.skills for unit in here]))
        for i, unit in enumerate(self.units):
            if unit.incident != self.row.id or unit.state not in DRIVING or eta_s[i] < 0:
                continue
            rest = [other.skills for other in here if other is not unit]
            better = [j for j, other in enumerate(self.units) if not lack(other, self.row.needs) and j not in self.best
                      and 0 <= eta_s[j] <= eta_s[i] - self.plan.divert.swap_saves_s
                      and _count(left_open(self.row.needs, [*rest, other.skills])) <= lacking]
            if better:
                j = min(better, key=lambda j: eta_s[j])
                other, gain_s = self.units[j], eta_s[i] - eta_s[j]
                yield Gain(what="swap", unit=other.unit, shift=other.shift, eta_s=eta_s[j], gain_s=gain_s, out=unit.unit, out_shift=unit.shift,
                           says=Words(f"{other.unit} would be there in {clock(eta_s[j])}, {clock(gain_s)} before {unit.unit}, which is free again then.",
                                      f"{other.unit} 预计 {clock(eta_s[j])} 到场，比 {unit.unit} 早 {clock(gain_s)}；{unit.unit} 随即待命。"))

    def stacked(self) -> Iterator[Gain]:
        """Units that are usually free soon, and would then still be here before anybody who is free now."""
        for i in self.busy():
            unit = self.units[i]
            if unit.state not in self.plan.stack.soon_s or unit.unit in self.row.stacked:
                continue
            free_in_s = max(0, self.plan.stack.soon_s[unit.state] - (self.now - unit.since) // 1_000_000)
            eta_s = list(self.eta(self.row))
            eta_s[i] += free_in_s
            worth, gain_s, instead = self.gain(i, eta_s, self.plan.divert.saves_s)
            if worth:
                gained, gained_zh = _gained(gain_s, instead)
                yield Gain(what="stack", unit=unit.unit, shift=unit.shift, eta_s=eta_s[i], gain_s=gain_s, instead=instead, source=unit.incident,
                           free_in_s=free_in_s, says=Words(
                               f"{unit.unit} is usually free in {clock(free_in_s)} and would then be there {clock(eta_s[i])} from now: {gained}.",
                               f"{unit.unit} 通常再过 {clock(free_in_s)} 空闲，届时自现在起 {clock(eta_s[i])} 到场：{gained_zh}。"))


def _taken(plan: Plan, how: str, unit: Seen, eta_s: int, gain_s: int | None, instead: str, source: IncidentRow, then_unit: str,
           later_s: int | None) -> Words:
    kind = plan.kinds.get(source.kind)
    named, named_zh = (kind.en, kind.zh) if kind else (source.kind, source.kind)
    gained, gained_zh = _gained(gain_s, instead)
    if later_s is None:
        then, then_zh = "nobody is free for that one then", "该警情将暂无可派单位"
    elif then_unit:
        then = f"{then_unit} would be there {f'{clock(later_s)} later' if later_s else 'no later'}"
        then_zh = f"该警情改由 {then_unit} 前往，{f'晚 {clock(later_s)}' if later_s else '不会更晚'}"
    else:
        then, then_zh = "that one needs it no more", "该警情仍满足需求"
    doing, doing_zh = ("on its way to", "正前往") if how == "divert" else ("at", "正在处置")
    return Words(f"{unit.unit}, {doing} {short(source.id)} ({named}, priority {source.priority}), could be here in {clock(eta_s)}: {gained}; {then}.",
                 f"{unit.unit} {doing_zh} {short(source.id)}（{named_zh}，{source.priority} 级），{clock(eta_s)} 可到：{gained_zh}；{then_zh}。")


def _gained(gain_s: int | None, instead: str) -> tuple[str, str]:
    if gain_s is None:
        return "nobody free can fill that need", "目前无其他可派单位"
    return f"{clock(gain_s)} sooner{f' than {instead}' if instead else ''}", f"{f'比 {instead} ' if instead else ''}早 {clock(gain_s)}"


def _less(needs: tuple[Need, ...], without: tuple[Need, ...]) -> tuple[Need, ...]:
    counts = {need.skill: need.count for need in needs}
    for need in without:
        counts[need.skill] = counts.get(need.skill, 0) - need.count
    return tuple(Need(skill=skill, count=count) for skill, count in counts.items() if count > 0)


def _count(needs: tuple[Need, ...]) -> int:
    return sum(need.count for need in needs)
