"""Who may drive where: OSM tags turned into two profiles, the ordinary car and the emergency vehicle, for each
direction.

The emergency vehicle may go wherever the ordinary car may and besides: bus lanes and busways (against a one-way too
where buses may), private, gated and residents' roads, emergency accesses, tracks, and pedestrian streets and streets
closed to motor vehicles by sign. What stays closed to it: `access=no` without an exception, `emergency=no`, steps,
footways, paths and cycleways unless opened to it by tag, bridges and tunnels with `motor_vehicle=no`, anything narrower
than 2.5 m, pedestrian areas drawn as surfaces, bollards, blocks and other fixed barriers, and the wrong way of a one-
way street. Heights and weights are not judged: units differ.
"""

from collections.abc import Mapping

from tocsin.city.speeds import ROAD_CLASSES

ORDINARY, EMERGENCY = 1, 2
BOTH = ORDINARY | EMERGENCY

_Tags = Mapping[str, str]
_CAR_KEYS = ("motorcar", "motor_vehicle", "vehicle", "access")  # the most particular first
_BUS_KEYS = ("emergency", "psv", "bus", "taxi", "lanes:psv", "lanes:bus")
_OPEN = frozenset(
    {
        "yes",
        "designated",
        "permissive",
        "official",
        "destination",
        "customers",
        "delivery",
        "residents",
        "public",
        "unknown",
        "1",
        "2",
    }
)
_YES = frozenset({"yes", "designated", "official", "permissive"})
_TRUE = frozenset({"yes", "true", "1"})
_CAR_UNLESS_TAGGED = {"track": False, "pedestrian": False, "busway": False, "path": False}
_NARROWEST_M = 2.5

# Barriers on a node of a road. An untagged gate is taken as standing open, as the common car profiles take it.
_PASSABLE = frozenset(
    {
        "cattle_grid",
        "toll_booth",
        "border_control",
        "height_restrictor",
        "entrance",
        "kerb",
        "bump",
        "sally_port",
        "no",
        "arch",
        "checkpoint",
        "speed_bump",
        "coupure",
        "spikes",
        "hampshire_gate",
    }
)
_GATES = frozenset(
    {
        "gate",
        "lift_gate",
        "swing_gate",
        "sliding_gate",
        "wicket_gate",
        "chain",
        "rope",
        "sliding_beam",
        "barrier_board",
        "bar",
    }
)
_BUS_GATES = frozenset({"bus_trap", "sump_buster"})
FIXED_BARRIERS = frozenset(
    {
        "bollard",
        "block",
        "jersey_barrier",
        "cycle_barrier",
        "debris",
        "log",
        "stile",
        "turnstile",
        "kissing_gate",
        "full-height_turnstile",
        "motorcycle_barrier",
        "planter",
        "wall",
        "fence",
        "hedge",
        "ditch",
        "guard_rail",
        "horse_stile",
        "wedge",
        "tank_trap",
        "city_wall",
        "retaining_wall",
        "yes",
    }
)


def way_access(tags: _Tags, road_class: int) -> tuple[int, int]:
    """Return the access bits of a way with and against its drawn direction; (0, 0) for a way that no vehicle may use."""
    kind = ROAD_CLASSES[road_class]
    if tags.get("area") == "yes" or tags.get("highway") == "bus_guideway":
        return 0, 0
    ordinary = _ordinary(tags, kind)
    forward = ordinary | _emergency(tags, kind, ordinary)
    if not forward:
        return 0, 0
    backward = forward
    with_it, against = one_way(tags)
    if not with_it:
        forward = _against_bus(tags, "forward")
    if not against:
        backward = _against_bus(tags, "backward")
    return _directed(tags, "forward", forward), _directed(tags, "backward", backward)


def one_way(tags: _Tags) -> tuple[bool, bool]:
    """Return whether an ordinary vehicle may go with and against the drawn direction: motorways and roundabouts are
    one-way untold.
    """
    value = tags.get("oneway:motorcar") or tags.get("oneway:motor_vehicle") or tags.get("oneway:vehicle") or tags.get("oneway")
    if value in _TRUE:
        return True, False
    if value in ("-1", "reverse"):
        return False, True
    if value in ("reversible", "alternating"):
        return False, False  # nobody can plan on a lane that turns by the hour; the reader reports it
    if value is None and (tags.get("junction") in ("roundabout", "circular") or tags.get("highway") == "motorway"):
        return True, False
    return True, True


def barrier_access(tags: _Tags) -> tuple[int, bool]:
    """Return the access bits through a barrier node, and whether its kind was known (an unknown one is taken as fixed)."""
    kind = tags.get("barrier", "no")
    stated = next((tags[key] for key in _CAR_KEYS if key in tags), None)
    special = tags.get("emergency")
    bits = 0
    if special != "no" and (special in _YES or kind in _PASSABLE or kind in _GATES or kind in _BUS_GATES or stated in _OPEN):
        bits |= EMERGENCY
    if stated in _OPEN or (stated is None and (kind in _PASSABLE or (kind in _GATES and tags.get("locked") != "yes"))):
        bits |= ORDINARY
    if kind in _PASSABLE and stated == "no" and special not in _YES:
        bits = 0
    return bits, kind in _PASSABLE or kind in _GATES or kind in _BUS_GATES or kind in FIXED_BARRIERS


def _stated(tags: _Tags, suffix: str = "") -> str | None:
    return next((tags[key + suffix] for key in _CAR_KEYS if key + suffix in tags), None)


def _ordinary(tags: _Tags, kind: str) -> int:
    if tags.get("service") == "emergency_access":
        return ORDINARY if _stated(tags) in _YES else 0
    stated = _stated(tags)
    if stated is None:
        if kind == "track":
            return ORDINARY if tags.get("tracktype") == "grade1" else 0
        return ORDINARY if _CAR_UNLESS_TAGGED.get(kind, True) else 0
    if kind in ("pedestrian", "path", "busway") and not any(key in tags for key in _CAR_KEYS[:2]):
        return 0  # `access=yes` on a footway speaks of walkers
    return ORDINARY if stated in _OPEN and not _narrow(tags) else 0


def _emergency(tags: _Tags, kind: str, ordinary: int) -> int:
    special = tags.get("emergency")
    if special == "no" or _narrow(tags):
        return 0
    if special in _YES or ordinary:
        return EMERGENCY
    if kind == "path":
        return 0
    bus = any(tags.get(key) in _OPEN for key in _BUS_KEYS) or kind == "busway"
    if tags.get("access") == "no" and not bus and not any(tags.get(key) in _YES for key in _CAR_KEYS[:3]):
        return 0
    motor = _stated({key: value for key, value in tags.items() if key != "access"})
    spanned = tags.get("bridge", "no") != "no" or tags.get("tunnel", "no") != "no"
    return 0 if motor == "no" and spanned and not bus else EMERGENCY


def _narrow(tags: _Tags) -> bool:
    for key in ("maxwidth:physical", "maxwidth", "width"):
        try:
            if key in tags and float(tags[key].removesuffix(" m").removesuffix("m")) < _NARROWEST_M:
                return True
        except ValueError:
            continue
    return False


def _against_bus(tags: _Tags, way: str) -> int:
    """Against a one-way street only a contraflow bus lane, or a sign for emergency vehicles, lets the emergency vehicle
    through.
    """
    if any(tags.get(f"oneway:{who}") == "no" for who in ("emergency", "bus", "psv")):
        return EMERGENCY
    if any(tags.get(key, "").startswith("opposite") for key in ("busway", "busway:left", "busway:right")):
        return EMERGENCY
    return EMERGENCY if any(tags.get(f"{who}:{way}") in _OPEN for who in _BUS_KEYS) else 0


def _directed(tags: _Tags, way: str, bits: int) -> int:
    stated = _stated(tags, f":{way}")
    if stated is None or stated in _OPEN:
        return bits
    keep = EMERGENCY if stated != "no" or any(tags.get(f"{who}:{way}") in _OPEN for who in _BUS_KEYS) else 0
    return bits & keep
