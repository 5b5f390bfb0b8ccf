"""Open incidents that a call may be about: each with its chance, how far by road, how long ago, and the reasons in words.

Nothing sealed is read: places, kinds and what the asker typed are enough, and a look at who is alike is no look at what was said.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from tocsin.engines.likeness import FEATURES, Likeness, chances, evidence, far_m, features, kin, overlap, stand_in_m
from tocsin.facts.calls import Place
from tocsin.kernel import Refused, Sight, View, Words
from tocsin.rooms.dispatch.commands import FindAlike
from tocsin.rooms.dispatch.model import Ground, Plan
from tocsin.rooms.dispatch.views.board import IncidentRow
from tocsin.rooms.dispatch.views.offer import clock

FARTHEST_M = 5_000.0
"""Beyond this in a straight line nothing is compared; the chance there is far below the floor."""
_SAYS = 0.2
"""A measure that moves the log odds by less says nothing worth a word."""


class Reason(View, frozen=True, kw_only=True):
    """One measure of a pair, and what it adds to the log odds of being the same (below 0: takes away)."""

    measure: str
    adds: float


class Alike(View, frozen=True, kw_only=True):
    """An open incident that the call may be about. `nearest` is the call of it that is most alike: its own number or a joined one's."""

    incident: str
    nearest: str
    kind: str
    priority: int
    place: Place
    chance: float
    proposed: bool
    """Whether the chance is one from which the same incident is proposed."""
    dist_m: int
    ago_s: int
    calls: int
    says: Words
    reasons: tuple[Reason, ...]


class SameIncidents(View, frozen=True, kw_only=True):
    """Open incidents above the floor, most alike first; every other one stands on the board as before."""

    incidents: tuple[Alike, ...]
    compared: int
    """How many open incidents were compared."""
    model: str
    propose: float
    floor: float
    families: dict[str, Words]
    """The names of the families that a difference may be of."""


class _Side:
    """One call as it is compared: where, what kind, its words, when."""

    def __init__(self, row: IncidentRow, number: str, kind: str, place: Place, called_at: int) -> None:
        self.row, self.number, self.kind, self.place, self.called_at = row, number, kind, place, called_at


def find_alike(plan: Plan, model: Likeness, ground: Ground, ask: FindAlike, sight: Sight) -> SameIncidents:
    """The open incidents that are most alike; refused where neither a place nor an incident is given."""
    rows = [row for row in sight.rows("incident").values() if isinstance(row, IncidentRow)]
    own = next((row for row in rows if row.id == ask.incident), None) if ask.incident else None
    lon, lat = (own.place.lon, own.place.lat) if own else (ask.lon, ask.lat)
    if lon is None or lat is None:
        raise Refused("alike_without_place", "say where: a point, or an open incident", "请指明地点：坐标或未结警情", field="lon", status=422)
    place = own.place if own else Place(lon=lon, lat=lat, text=ask.words, accuracy_m=ask.accuracy_m)
    kind, at = (own.kind, own.called_at) if own else (ask.kind, sight.now())
    sides = [side for row in rows if row is not own for side in _sides(row)]
    straight = far_m([side.place.lon for side in sides], [side.place.lat for side in sides], (lon, lat))
    near = [side for side, metres in zip(sides, straight, strict=True) if metres <= FARTHEST_M]
    answer = SameIncidents(incidents=(), compared=len(rows) - (own is not None), model=model.version, propose=model.propose, floor=model.floor,
                           families={code: Words(family.en, family.zh) for code, family in model.families.items()})
    if not near:
        return answer
    measures, dist_m, ago_s = _measured(plan, model, ground, near, place, kind, at)
    found, moved = chances(model, measures), evidence(model, measures)
    listed: dict[str, Alike] = {}
    for i in np.argsort(-found, kind="stable").tolist():
        side = near[i]
        if found[i] < model.floor or side.row.id in listed or len(listed) == ask.limit:
            continue
        listed[side.row.id] = Alike(
            incident=side.row.id, nearest=side.number, kind=side.kind, priority=side.row.priority, place=side.place,
            chance=round(float(found[i]), 3), proposed=bool(found[i] >= model.propose), dist_m=round(float(dist_m[i])), ago_s=round(float(ago_s[i])),
            calls=side.row.calls, says=_sentence(plan, side, moved[i], measures[i], float(dist_m[i]), float(ago_s[i])),
            reasons=tuple(Reason(measure=name, adds=round(float(adds), 2)) for name, adds in zip(FEATURES, moved[i], strict=True)))
    return msgspec.structs.replace(answer, incidents=tuple(listed.values()))


def _sides(row: IncidentRow) -> list[_Side]:
    joined = [_Side(row, call.incident, call.kind, call.place, call.called_at) for call in row.joined]
    return [_Side(row, row.id, row.kind, row.place, row.called_at), *joined]


def _measured(plan: Plan, model: Likeness, ground: Ground, sides: Sequence[_Side], place: Place, kind: str, at: int) -> tuple[Any, Any, Any]:
    lon, lat = np.array([side.place.lon for side in sides]), np.array([side.place.lat for side in sides])
    by_road = np.asarray(ground.apart_m(lon, lat, (place.lon, place.lat)), np.float64)
    dist_m = np.where(np.isfinite(by_road), by_road, stand_in_m(far_m(lon, lat, (place.lon, place.lat))))
    ago_s = np.array([abs(at - side.called_at) / 1e6 for side in sides])
    doubt_m = np.array([(place.accuracy_m or 0.0) + (side.place.accuracy_m or 0.0) for side in sides])
    likeness = [kin(model.families, model.akin, kind, side.kind) for side in sides]
    words = [overlap(place.text, f"{side.place.text} {_named(plan, side.kind)}") for side in sides]
    same, akin = zip(*likeness, strict=True)
    return features(dist_m, ago_s, doubt_m, same, akin, words), dist_m, ago_s


def _named(plan: Plan, kind: str) -> str:
    line = plan.kinds.get(kind)
    return f"{line.en} {line.zh}" if line else kind


def _sentence(plan: Plan, side: _Side, moved: Any, measures: Any, dist_m: float, ago_s: float) -> Words:
    """One sentence of the measures that speak loudest, for or against, in both languages."""
    same, akin = measures[3], measures[4]
    line = plan.kinds.get(side.kind)
    en, zh = (line.en, line.zh) if line else (side.kind, side.kind)
    kind = (("", "") if np.isnan(same) else ("same kind", "同类警情") if same else (f"a kind akin to it ({en})", f"相近类型（{zh}）") if akin
            else (f"but another kind ({en})", f"但类型不同（{zh}）"))
    words = ("", "")
    if not np.isnan(measures[5]) and abs(moved[5]) >= _SAYS:
        words = ("the words agree", "用词相符") if moved[5] > 0 else ("the words differ", "用词不同")
    metres = f"{dist_m / 1000:.1f} km" if dist_m >= 1000 else f"{10 * round(dist_m / 10)} m"
    parts_en = [f"{metres} by road", f"{clock(round(ago_s))} apart", kind[0], words[0]]
    parts_zh = [f"路程 {metres}", f"相隔 {clock(round(ago_s))}", kind[1], words[1]]
    return Words(", ".join(part for part in parts_en if part) + ".", "，".join(part for part in parts_zh if part) + "。")
