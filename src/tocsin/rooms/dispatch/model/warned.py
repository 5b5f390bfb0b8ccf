"""A hazard as its facts leave it, and whether it is still shown: by the clock alone, so that nothing has to happen at its end."""

import msgspec

from tocsin.facts.hazards import HazardMarked, HazardRenewed, HazardWithdrawn
from tocsin.kernel import Instant, Kept, Refused


class HazardNow(msgspec.Struct, frozen=True, kw_only=True):
    """One hazard; `place` says whether it is of a place, and not of its incident alone."""

    hazard: str
    kind: str
    incident: str
    by: str
    place: bool
    until: Instant
    withdrawn: bool = False


def hazards_after(hazards: dict[str, HazardNow], kept: Kept) -> dict[str, HazardNow]:
    """All hazards after one more fact."""
    match kept.fact:
        case HazardMarked() as fact:
            now = HazardNow(hazard=fact.hazard, kind=fact.kind, incident=fact.incident, by=kept.entry.by, place=fact.radius_m > 0, until=fact.until)
        case HazardRenewed() as fact if fact.hazard in hazards:
            now = msgspec.structs.replace(hazards[fact.hazard], until=fact.until)
        case HazardWithdrawn() as fact if fact.hazard in hazards:
            now = msgspec.structs.replace(hazards[fact.hazard], withdrawn=True)
        case _:
            return hazards
    return hazards | {now.hazard: now}


def standing(hazards: dict[str, HazardNow], hazard: str, at: Instant) -> HazardNow:
    """A hazard that is shown at this instant; refused where it is not shown any more, or never was."""
    now = hazards.get(hazard)
    if now is None:
        raise Refused("hazard_unknown", f"there is no hazard {hazard}", f"没有危险提示 {hazard}", field="hazard", status=404)
    if now.withdrawn or now.until <= at:
        raise Refused("hazard_over", f"hazard {hazard} is not shown any more: mark it anew if it is still there", f"危险提示 {hazard} 已失效：如仍存在请重新标注", field="hazard")
    return now
