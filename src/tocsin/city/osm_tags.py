"""Which OSM tags make a place, a response asset, an area, or scenery of the basemap."""

from collections.abc import Mapping

_Tags = Mapping[str, str]

_ASSETS = {
    ("amenity", "hospital"): "hospital",
    ("healthcare", "hospital"): "hospital",
    ("amenity", "fire_station"): "fire_station",
    ("amenity", "police"): "police",
    ("emergency", "fire_hydrant"): "hydrant",
    ("emergency", "ambulance_station"): "ambulance_station",
    ("emergency", "defibrillator"): "defibrillator",
    ("emergency", "assembly_point"): "assembly_point",
    ("bunker_type", "bomb_shelter"): "shelter",
}
_PLACE_KEYS = (
    "amenity",
    "healthcare",
    "railway",
    "public_transport",
    "place",
    "tourism",
    "leisure",
    "shop",
    "office",
    "historic",
    "man_made",
    "aeroway",
    "natural",
    "emergency",
    "craft",
    "building",
)
_PLACE_VALUES = {
    "railway": {"station", "halt", "tram_stop", "subway_entrance"},
    "public_transport": {"station"},
    "aeroway": {"aerodrome", "terminal", "helipad"},
    "natural": {"peak", "beach", "bay", "water"},
    "man_made": {"tower", "lighthouse", "pier", "bridge", "works"},
}
_FURNITURE = frozenset(
    {
        "bench",
        "parking_space",
        "waste_basket",
        "bicycle_parking",
        "vending_machine",
        "recycling",
        "post_box",
        "telephone",
        "shelter",
        "fountain",
        "grit_bin",
        "hunting_stand",
        "no",
        "vacant",
    }
)
_LEVELS = {"borough": 8, "suburb": 9, "quarter": 10, "neighbourhood": 11}
_SURFACES = {
    "natural": {
        "water": "water",
        "wetland": "water",
        "bay": "water",
        "wood": "green",
        "scrub": "green",
        "grassland": "green",
        "heath": "green",
    },
    "waterway": {"riverbank": "water", "dock": "water"},
    "landuse": {
        "reservoir": "water",
        "basin": "water",
        "forest": "green",
        "grass": "green",
        "meadow": "green",
        "cemetery": "green",
        "recreation_ground": "green",
        "village_green": "green",
        "allotments": "green",
        "orchard": "green",
    },
    "leisure": {
        "park": "green",
        "garden": "green",
        "pitch": "green",
        "golf_course": "green",
        "nature_reserve": "green",
        "playground": "green",
        "swimming_pool": "water",
    },
}
_LINES = {
    "waterway": {"river": "water", "stream": "water", "canal": "water", "drain": "water"},
    "natural": {"coastline": "coast"},
    "railway": {"rail": "roads", "light_rail": "roads", "tram": "roads"},
    "highway": {"footway": "roads", "path": "roads", "cycleway": "roads", "steps": "roads"},
}


def asset_kind(tags: _Tags) -> str | None:
    """Return the kind of response asset that the tags describe, or None."""
    return next((kind for (key, value), kind in _ASSETS.items() if tags.get(key) == value), None)


def place_kind(tags: _Tags) -> str | None:
    """Return what a caller would call the named thing (hospital, station, school, square …), None where it is nothing
    to go to.
    """
    if "name" not in tags or "highway" in tags or tags.get("boundary") == "administrative":
        return None
    for key in _PLACE_KEYS:
        value = tags.get(key)
        if value is None or value in _FURNITURE or (key in _PLACE_VALUES and value not in _PLACE_VALUES[key]):
            continue
        return key if value == "yes" else value
    return None


def area_level(tags: _Tags) -> int | None:
    """Return the administrative level of an area, the smaller the area the higher; None for what is no administrative
    area.
    """
    if tags.get("boundary") == "administrative":
        written = tags.get("admin_level", "")
        return int(written) if written.isascii() and written.isdigit() and len(written) < 3 else 10
    return _LEVELS.get(tags.get("place", ""))


def scenery_kind(tags: _Tags, closed: bool) -> tuple[str, str] | None:
    """Return the basemap layer and kind of a surface (closed) or a line, None where it is not drawn."""
    if closed and "building" in tags and tags["building"] != "no":
        return "buildings", "building"
    for key, layers in (_SURFACES if closed else _LINES).items():
        value = tags.get(key)
        if value in layers and not ("tunnel" in tags and tags["tunnel"] != "no"):
            return layers[value], value
    return None
