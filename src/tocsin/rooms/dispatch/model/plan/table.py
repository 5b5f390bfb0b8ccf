"""The plan as a city writes it in its file, and what it says must go where."""

import msgspec

from tocsin.engines.outlines import inside
from tocsin.facts.dispatch import Need
from tocsin.kernel import Refused, Words

LAST_ALARM = 9
Table = dict[str, tuple[Need, ...]]


class Kind(msgspec.Struct, frozen=True):
    """A kind of incident: its names, usual priority, needs by priority ("1" … "4"), and what each further alarm adds ("2" …)."""

    en: str
    zh: str
    priority: int
    needs: Table
    alarms: Table = {}


class Other(msgspec.Struct, frozen=True):
    """What goes for one kind inside an area instead: only the priorities and alarms that are named differ."""

    needs: Table = {}
    alarms: Table = {}


class Area(msgspec.Struct, frozen=True):
    """A part of the city with its own needs, drawn as one ring, read from a GeoJSON file beside the plan, or a district of the city."""

    en: str = ""
    zh: str = ""
    outline: tuple[tuple[float, float], ...] = ()
    file: str = ""
    district: str = ""
    kinds: dict[str, Other] = {}
    rings: tuple[tuple[tuple[float, float], ...], ...] = ()
    """What `file` or `district` held, once read."""

    def holds(self, lon: float, lat: float) -> bool:
        """Whether a place lies in this area."""
        return inside(lon, lat, (self.outline, *self.rings) if self.outline else self.rings)


class Cover(msgspec.Struct, frozen=True):
    """How much a caller's wait may grow to keep the rest covered: seconds of arrival for each second of cover, by priority.

    A weight of 0, the default of every priority, sends whoever is there first. `most_s` is the most that cover may weigh
    against one unit: nobody who needs one unit waits longer than that for cover's sake.
    """

    weight: dict[str, float] = {}
    most_s: int = 120


class Divert(msgspec.Struct, frozen=True):
    """When taking a unit from one incident for another is worth saying: seconds saved, and how many priorities more pressing."""

    saves_s: int = 120
    apart: int = 1
    preempt_saves_s: int = 300
    preempt_apart: int = 2
    swap_saves_s: int = 60


class Stack(msgspec.Struct, frozen=True):
    """Which states end soon: seconds that a unit usually stays in each, by this city's own experience."""

    soon_s: dict[str, int] = {}


class Plan(msgspec.Struct, frozen=True):
    """A city's response plan. `version` is kept with every incident and offer."""

    version: str
    kinds: dict[str, Kind]
    skills: dict[str, Words]
    dispositions: dict[str, Words]
    sample: bool = False
    areas: dict[str, Area] = {}
    cover: Cover = Cover()
    divert: Divert = Divert()
    stack: Stack = Stack()
    overrides: dict[str, Words] = {}

    def area(self, lon: float, lat: float) -> str:
        """The first area of the plan that holds a place; empty where none does."""
        return next((name for name, area in self.areas.items() if area.holds(lon, lat)), "")

    def needs(self, kind: str, priority: int, area: str = "", alarm: int = 1) -> tuple[Need, ...]:
        """What must go, in all, to an incident of this kind and priority in this area at this alarm; a further alarm adds to the last."""
        if kind not in self.kinds:
            raise Refused("kind_unknown", f"the plan {self.version} has no kind {kind}", f"预案 {self.version} 没有“{kind}”类型",
                          field="kind", status=422)
        needs = self._of(kind, area, "needs").get(str(priority), ())
        added = self._of(kind, area, "alarms")
        return together((*needs, *(need for level in range(2, alarm + 1) for need in added.get(str(level), ()))))

    def last_alarm(self, kind: str, area: str = "") -> int:
        """The highest alarm that the plan knows for this kind there; 1 where it knows none beyond the first."""
        return max((int(level) for level in self._of(kind, area, "alarms")), default=1) if kind in self.kinds else 1

    def weight(self, priority: int) -> float:
        """Seconds of arrival for each second of cover, at this priority."""
        return self.cover.weight.get(str(priority), 0.0)

    def _of(self, kind: str, area: str, name: str) -> Table:
        usual: Table = getattr(self.kinds[kind], name)
        other = self.areas[area].kinds.get(kind) if area in self.areas else None
        return usual if other is None else {**usual, **getattr(other, name)}


def together(needs: tuple[Need, ...]) -> tuple[Need, ...]:
    """The same needs with each skill named once, in the order of their first naming."""
    counts: dict[str, int] = {}
    for need in needs:
        counts[need.skill] = counts.get(need.skill, 0) + need.count
    return tuple(Need(skill=skill, count=count) for skill, count in counts.items())
