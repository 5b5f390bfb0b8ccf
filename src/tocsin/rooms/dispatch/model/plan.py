"""The response plan: kind and priority -> what must go; a table that a city writes, checked before it is used."""

import msgspec

from tocsin.facts.dispatch import Need
from tocsin.kernel import Refused, Words


class Kind(msgspec.Struct, frozen=True):
    """A kind of incident: its names, usual priority, and needs by priority ("1" … "4")."""

    en: str
    zh: str
    priority: int
    needs: dict[str, tuple[Need, ...]]


class Plan(msgspec.Struct, frozen=True):
    """A city's response plan. `version` is kept with every incident and offer."""

    version: str
    kinds: dict[str, Kind]
    skills: dict[str, Words]
    dispositions: dict[str, Words]
    sample: bool = False

    def needs(self, kind: str, priority: int) -> tuple[Need, ...]:
        """What must go to an incident of this kind and priority."""
        if kind not in self.kinds:
            raise Refused("kind_unknown", f"the plan {self.version} has no kind {kind}", f"预案 {self.version} 没有“{kind}”类型",
                          field="kind", status=422)
        return self.kinds[kind].needs.get(str(priority), ())


def faults(plan: Plan) -> list[str]:
    """What is wrong with a plan, in sentences; empty where it is sound."""
    found = []
    for code, kind in plan.kinds.items():
        if str(kind.priority) not in ("1", "2", "3", "4"):
            found.append(f"kind {code}: priority {kind.priority} is not 1 to 4")
        for priority in ("1", "2", "3", "4"):
            needs = kind.needs.get(priority, ())
            if not needs:
                found.append(f"kind {code}: nothing is needed at priority {priority}")
            found += [f"kind {code}: skill {need.skill} has no words" for need in needs if need.skill not in plan.skills]
            found += [f"kind {code}: {need.count} units with {need.skill}" for need in needs if not 1 <= need.count <= 20]
        found += [f"kind {code}: there is no priority {given}" for given in kind.needs if given not in ("1", "2", "3", "4")]
    return found
