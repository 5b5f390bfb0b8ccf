"""OSM turn restrictions: read, checked, and expanded into plain bans from one directed segment to another."""

from dataclasses import dataclass

import numpy as np

from tocsin.city.cutting import Cut
from tocsin.city.faults import Odd
from tocsin.city.survey import Ints

_EXEMPT = frozenset({"motorcar", "motor_vehicle", "emergency"})
_KINDS = (
    "no_left_turn",
    "no_right_turn",
    "no_straight_on",
    "no_u_turn",
    "no_entry",
    "no_exit",
    "no_turn",
    "only_left_turn",
    "only_right_turn",
    "only_straight_on",
    "only_u_turn",
    "only_turn",
)
_Arc = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Restriction:
    """One restriction with a via node: from these ways, at this node, on to those ways."""

    relation: int
    only: bool
    origins: tuple[int, ...]
    via: int
    targets: tuple[int, ...]


def read_restriction(relation: int, tags: dict[str, str], members: list[tuple[str, int, str]], odd: Odd) -> Restriction | None:
    """Read a restriction relation; None, with a count in `odd`, for one that does not bind us or cannot be kept.

    The arrays hold one list of bans for both profiles, so a restriction that excepts emergency vehicles binds nobody
    here.
    """
    label = f"relation {relation}"
    kind = tags.get("restriction") or tags.get("restriction:motorcar") or tags.get("restriction:motor_vehicle")
    if kind is None:
        conditional = any(key.startswith("restriction") and key.endswith(":conditional") for key in tags)
        odd.note("restriction_conditional" if conditional else "restriction_of_other_vehicles", label)
        return None
    if any(key in tags for key in ("day_on", "hour_on")):
        odd.note("restriction_conditional", label)
        return None
    exempt = {part.strip() for part in tags.get("except", "").split(";")} & _EXEMPT
    if exempt:
        odd.note("restriction_excepts_" + sorted(exempt)[0], label)
        return None
    if kind not in _KINDS:
        odd.note("restriction_unknown", f"{label}: {kind}")
        return None
    origins = tuple(ref for form, ref, role in members if role == "from" and form == "w")
    targets = tuple(ref for form, ref, role in members if role == "to" and form == "w")
    via = [(form, ref) for form, ref, role in members if role == "via"]
    if any(form == "w" for form, _ in via):
        odd.note("restriction_via_way", label)
        return None
    if len(via) != 1 or via[0][0] != "n" or not origins or not targets:
        odd.note("restriction_incomplete", label)
        return None
    return Restriction(relation, kind.startswith("only_"), origins, via[0][1], targets)


def expand(cut: Cut, restrictions: list[Restriction], odd: Odd) -> Ints:
    """Return bans [r, 4] (from segment, direction, to segment, direction), each once and in order; only_* become bans
    of all other ways on.
    """
    wanted = {one.via for one in restrictions}
    segments = cut.segments
    vias = np.flatnonzero(np.isin(cut.node, np.array(sorted(wanted), dtype=np.int64)))
    node_of = {int(cut.node[at]): int(at) for at in vias}
    arriving: dict[int, list[_Arc]] = {}
    leaving: dict[int, list[_Arc]] = {}
    near = np.flatnonzero(np.isin(segments.tail, vias) | np.isin(segments.head, vias))
    for at in near.tolist():
        ends = (int(segments.tail[at]), int(segments.head[at]))
        for direction in (0, 1):
            if segments.access[at, direction]:
                leaving.setdefault(ends[direction], []).append((at, direction))
                arriving.setdefault(ends[1 - direction], []).append((at, direction))
    bans: set[tuple[int, int, int, int]] = set()
    for one in restrictions:
        node = node_of.get(one.via)
        label = f"relation {one.relation}"
        if node is None:
            odd.note("restriction_dangling", f"{label}: node {one.via} is on no road of the extract")
            continue
        out = leaving.get(node, [])
        origins = [arc for arc in arriving.get(node, []) if int(cut.way[arc[0]]) in one.origins]
        targets = [arc for arc in out if int(cut.way[arc[0]]) in one.targets]
        if _unclear(cut, origins) or _unclear(cut, targets):
            odd.note("restriction_within_way", label)
        elif not origins or (one.only and not targets):
            odd.note("restriction_dangling", f"{label}: its ways do not meet at its node")
        elif not targets:
            odd.note("restriction_needless", label)  # the forbidden way on cannot be driven anyway
        else:
            forbidden = [arc for arc in out if arc not in targets] if one.only else targets
            bans.update((*origin, *arc) for origin in origins for arc in forbidden)
    return np.array(sorted(bans), dtype=np.int32).reshape(-1, 4)


def _unclear(cut: Cut, arcs: list[_Arc]) -> bool:
    """Two arcs of one way at the node leave open which half of the way is meant."""
    ways = [int(cut.way[arc[0]]) for arc in arcs]
    return len(set(ways)) < len(ways)
