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
    last_alarm: int = 1


class AreaLine(View, frozen=True, kw_only=True):
    """An area of the plan: its names, and the kinds of incident for which it has needs of its own."""

    code: str
    says: Words
    kinds: tuple[str, ...]


class PlanView(View, frozen=True, kw_only=True):
    """The response plan in force."""

    version: str
    sample: bool
    kinds: tuple[KindLine, ...]
    dispositions: dict[str, Words]
    skills: dict[str, Words]
    overrides: dict[str, Words]
    """The reasons for sending another unit than proposed, by code, in the order of the plan."""
    cover: dict[str, float]
    """Seconds of arrival that one second of cover is worth, by priority."""
    areas: tuple[AreaLine, ...]


def plan_view(plan: Plan) -> PlanView:
    """The plan, kind by kind."""
    kinds = tuple(KindLine(code=code, says=Words(kind.en, kind.zh), priority=kind.priority, needs=kind.needs,
                           last_alarm=max(plan.last_alarm(code, area) for area in ("", *plan.areas)))
                  for code, kind in plan.kinds.items())
    return PlanView(version=plan.version, sample=plan.sample, kinds=kinds, dispositions=plan.dispositions, skills=plan.skills,
                    overrides=plan.overrides, cover=plan.cover.weight,
                    areas=tuple(AreaLine(code=code, says=Words(area.en or code, area.zh or code), kinds=tuple(area.kinds)) for code, area in plan.areas.items()))
