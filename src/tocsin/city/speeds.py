"""Road classes, the speed each has where no limit is tagged, and the reading of tagged limits."""

import re

# Speeds in km/h where the source names none. They are ordinary urban limits by class, not observed speeds: what is
# really driven is fitted from a city's own records by `tocsin city calibrate`, which scales these classes.
CLASS_KPH: dict[str, float] = {
    "motorway": 100.0,
    "motorway_link": 50.0,
    "trunk": 80.0,
    "trunk_link": 45.0,
    "primary": 60.0,
    "primary_link": 40.0,
    "secondary": 50.0,
    "secondary_link": 40.0,
    "tertiary": 45.0,
    "tertiary_link": 35.0,
    "unclassified": 40.0,
    "residential": 35.0,
    "living_street": 15.0,
    "service": 20.0,
    "track": 20.0,
    "pedestrian": 10.0,
    "busway": 40.0,
    "path": 8.0,
}
ROAD_CLASSES: tuple[str, ...] = tuple(CLASS_KPH)
CLASS_INDEX: dict[str, int] = {name: index for index, name in enumerate(ROAD_CLASSES)}

# OSM `highway` values that are not themselves the name of a class.
_HIGHWAY_CLASS = {
    "road": "unclassified",
    "footway": "path",
    "cycleway": "path",
    "bridleway": "path",
    "bus_guideway": "path",
}

_UNIT_KPH = {"": 1.0, "km/h": 1.0, "kmh": 1.0, "kph": 1.0, "mph": 1.609344, "knots": 1.852}
_LIMIT = re.compile(r"(\d+(?:\.\d+)?)\s*(km/h|kmh|kph|mph|knots|)")
WALK_KPH, NONE_KPH = 6.0, 130.0
LOWEST_KPH, HIGHEST_KPH = 3.0, 150.0

# Legal limits behind values such as `CN:urban` (the OSM wiki's "Default speed limits"); the row "" is for other
# countries.
_ZONES: dict[str, dict[str, float]] = {
    "": {"urban": 50, "rural": 90, "trunk": 100, "expressway": 100, "motorway": 120, "living_street": 15, "school": 30},
    "CN": {"urban": 50, "rural": 70, "trunk": 80, "expressway": 100, "motorway": 120, "living_street": 15},
    "HK": {"urban": 50, "rural": 50, "motorway": 100},
    "TW": {"urban": 50, "rural": 60, "motorway": 110},
    "JP": {"urban": 60, "rural": 60, "motorway": 100},
    "DE": {"urban": 50, "rural": 100, "motorway": NONE_KPH, "living_street": 7, "bicycle_road": 30},
    "AT": {"urban": 50, "rural": 100, "motorway": 130, "living_street": 5},
    "CH": {"urban": 50, "rural": 80, "trunk": 100, "motorway": 120, "living_street": 20},
    "FR": {"urban": 50, "rural": 80, "trunk": 110, "motorway": 130, "living_street": 20},
    "IT": {"urban": 50, "rural": 90, "trunk": 110, "motorway": 130},
    "ES": {"urban": 50, "rural": 90, "trunk": 90, "motorway": 120, "living_street": 20},
    "BE": {"urban": 50, "rural": 70, "motorway": 120, "living_street": 20},
    "NL": {"urban": 50, "rural": 80, "trunk": 100, "motorway": 100, "living_street": 15},
    "DK": {"urban": 50, "rural": 80, "motorway": 130},
    "NO": {"urban": 50, "rural": 80, "motorway": 90},
    "FI": {"urban": 50, "rural": 80, "trunk": 100, "motorway": 120, "living_street": 20},
    "PL": {"urban": 50, "rural": 90, "trunk": 100, "motorway": 140, "living_street": 20},
    "CZ": {"urban": 50, "rural": 90, "trunk": 110, "motorway": 130, "living_street": 20},
    "RU": {"urban": 60, "rural": 90, "motorway": 110, "living_street": 20},
    "UA": {"urban": 50, "rural": 90, "trunk": 110, "motorway": 130, "living_street": 20},
    "GB": {
        "urban": 48.28,
        "nsl_restricted": 48.28,
        "nsl_single": 96.56,
        "nsl_dual": 112.65,
        "rural": 96.56,
        "motorway": 112.65,
    },
    "BR": {"urban": 60, "rural": 60, "trunk": 110, "motorway": 110, "living_street": 20},
}


def road_class(highway: str) -> int | None:
    """Return the class index of an OSM `highway` value, None where no road vehicle is ever meant (steps, platforms,
    building sites).
    """
    return CLASS_INDEX.get(_HIGHWAY_CLASS.get(highway, highway))


def limit_kph(value: str) -> float | None:
    """Read one speed limit as written in OSM or a city's table; None where it cannot be read or no road has it.

    Understands plain km/h, units, `none`, `walk`, and country zones (`CN:urban`, `DE:zone30`, `RU:living_street`).
    """
    text = value.strip().lower()
    if text == "walk":
        return WALK_KPH
    if text == "none":
        return NONE_KPH
    if ":" in text:
        return _zone_kph(value.strip())
    found = _LIMIT.fullmatch(text)
    if found is None:
        return None
    kph = float(found[1]) * _UNIT_KPH[found[2]]
    return kph if LOWEST_KPH <= kph <= HIGHEST_KPH else None


def _zone_kph(value: str) -> float | None:
    country, _, zone = value.partition(":")
    zone = zone.lower()
    zoned = re.fullmatch(r"(?:zone:?)?(\d{1,3})", zone)
    if zoned is not None:
        return limit_kph(zoned[1] + (" mph" if country.upper() == "GB" else ""))
    table = _ZONES.get(country.upper(), _ZONES[""])
    return table.get(zone, _ZONES[""].get(zone))
