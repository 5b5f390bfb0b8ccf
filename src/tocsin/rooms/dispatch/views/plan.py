"""The response plan as it goes out."""

from tocsin.facts.dispatch import Need
from tocsin.kernel import View, Words
from tocsin.rooms.dispatch.model import Plan


class KindLine(View, frozen=True, kw_only=True):
    """A kind of incident: its code, names, usual priority, and needs by priority."""

    code: str
    says: Words
    priority: int
    needs: dict[str, tuple[Need, ...]]


class PlanView(View, frozen=True, kw_only=True):
    """The response plan in force."""

    version: str
    sample: bool
    kinds: tuple[KindLine, ...]
    dispositions: dict[str, Words]
    skills: dict[str, Words]


def plan_view(plan: Plan) -> PlanView:
    """The plan, kind by kind."""
    kinds = tuple(KindLine(code=code, says=Words(kind.en, kind.zh), priority=kind.priority, needs=kind.needs)
                  for code, kind in plan.kinds.items())
    return PlanView(version=plan.version, sample=plan.sample, kinds=kinds, dispositions=plan.dispositions, skills=plan.skills)
