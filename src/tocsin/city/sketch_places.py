"""What stands in a made city: house numbers, districts, stations, hospitals, schools, parks, the river and some
buildings.
"""

import numpy as np
from shapely.geometry import Polygon

from tocsin.city.cutting import lengths_m
from tocsin.city.sketch_ground import Streets
from tocsin.city.sketch_names import word
from tocsin.city.sketch_plan import DEGREE_M, Plan
from tocsin.city.speeds import CLASS_INDEX
from tocsin.city.survey import Area, Array, Asset, Floats, Number, Place, Range, Scenery, Segments, Survey

MOST_NUMBERED = 150_000  # segments with house numbers; a larger city has them in its middle only
MOST_BUILDINGS = 30_000
_PLOT_M = 22.0
_KINDS = (
    ("hospital", "医院", "Hospital", 2600, 1),
    ("fire_station", "消防站", "Fire Station", 1300, 2),
    ("police", "派出所", "Police Station", 1100, 2),
    ("ambulance_station", "急救站", "Ambulance Station", 1600, 1),
    ("school", "学校", "School", 420, 2),
    ("station", "地铁站", "Metro Station", 700, 1),
    ("square", "广场", "Square", 900, 1),
    ("marketplace", "市场", "Market", 600, 1),
    ("university", "大学", "University", 4000, 0),
    ("library", "图书馆", "Library", 3000, 1),
)
_ASSETS = frozenset({"hospital", "fire_station", "police", "ambulance_station"})


def furnish(survey: Survey, city: Plan, streets: Streets, rng: np.random.Generator) -> None:
    """Add everything but streets to the survey of a made city."""
    _number(survey, streets)
    _settle(survey, rng)
    _divide(survey, city)
    _paint(survey, city, streets)


def _number(survey: Survey, streets: Streets) -> None:
    """Number the houses street by street from its beginning: odd numbers left, even right, as many as have room."""
    segments, edges = survey.segments, streets.edges
    house = np.flatnonzero(segments.road_class != CLASS_INDEX["trunk"])
    house = house[np.lexsort((edges.along[house], edges.street[house]))]
    plots = np.maximum(1, (lengths_m(segments)[house] / _PLOT_M).astype(np.int64))
    before = np.cumsum(plots) - plots
    street = edges.street[house]
    first = np.searchsorted(street, street)
    begin = 2 * (before - before[first])
    off_middle = np.hypot(streets.x[edges.tail[house]], streets.y[edges.tail[house]])
    chosen = np.sort(np.argsort(off_middle, kind="stable")[:MOST_NUMBERED])
    for at in chosen.tolist():
        low, high = int(begin[at]) + 1, int(begin[at] + 2 * plots[at])
        survey.ranges.append(Range(int(street[at]), int(house[at]), (low, high - 1), (low + 1, high)))
    for side, share, shift in ((0, 0.35, 0), (1, 0.65, 1)):
        lon, lat = _beside(segments, house[chosen], share, 14.0 if side == 0 else -14.0)
        number = begin[chosen] + 1 + shift + 2 * (plots[chosen] * share).astype(np.int64)
        survey.numbers.extend(
            Number(int(which), str(value), east, north)
            for which, value, east, north in zip(street[chosen], number.tolist(), lon.tolist(), lat.tolist(), strict=True)
        )


def _beside(segments: Segments, which: Array, share: float, off_m: float) -> tuple[Floats, Floats]:
    """Return points at a share of the straight line of segments, this far to the left of it."""
    tail, head = segments.tail[which], segments.head[which]
    shrink = np.cos(np.radians(segments.lat[tail]))
    east, north = (segments.lon[head] - segments.lon[tail]) * shrink, segments.lat[head] - segments.lat[tail]
    length = np.maximum(np.hypot(east, north), 1e-9)
    lon = segments.lon[tail] + (share * east - north / length * off_m / DEGREE_M) / shrink
    lat = segments.lat[tail] + share * north + east / length * off_m / DEGREE_M
    return lon.round(7), lat.round(7)


def _settle(survey: Survey, rng: np.random.Generator) -> None:
    """Put stations, hospitals, schools and the like beside streets, spread over the whole city, each with a name of its
    own.
    """
    segments = survey.segments
    local = np.flatnonzero(segments.road_class >= CLASS_INDEX["secondary"])
    name = 0
    for kind, chinese, english, per, least in _KINDS:
        wanted = max(least, len(segments.lon) // per)
        where = rng.choice(local, size=min(wanted, len(local)), replace=False)
        lon, lat = _beside(segments, where, 0.5, 25.0)
        for at, (east, north) in enumerate(zip(lon.tolist(), lat.tolist(), strict=True)):
            base, base_english = word(name + 11)
            again = (name // 992) + 1
            name += 1
            called, called_english = (f"{base}{chinese}", f"{base_english} {english}")
            if again > 1:
                called, called_english = f"{base}第{again}{chinese}", f"{base_english} {english} {again}"
            survey.places.append(Place(called, called, kind, east, north, called_english))
            if kind in _ASSETS:
                survey.assets.append(Asset(kind, called, east, north))
            if kind == "fire_station" and at % 2 == 0:
                survey.assets.append(Asset("hydrant", None, round(east + 0.0002, 7), north))


def _divide(survey: Survey, city: Plan) -> None:
    """Divide the city into districts of a sixth of the circle each, in up to three belts."""
    belts = min(3, city.bands)
    edges = city.radius_m[np.linspace(0, city.bands, belts + 1).round().astype(int)]
    for belt in range(belts):
        for sixth in range(6):
            outer = edges[belt + 1] * (1.03 if belt == belts - 1 else 1.0)
            shape = _sector(city, (edges[belt], outer), (sixth * np.pi / 3, (sixth + 1) * np.pi / 3))
            base, english = word(500 + belt * 6 + sixth)
            survey.areas.append(Area(f"{base}区", f"{base}区", 6, shape, f"{english} District"))


def _sector(city: Plan, radii: tuple[float, float], angles: tuple[float, float]) -> Polygon:
    """Return the part of a ring between two radii and two angles, bent with the plan."""
    out, turn = np.linspace(*radii, 25), np.linspace(*angles, 25)
    radius = np.concatenate([np.full(25, radii[1]), out[::-1], np.full(25, radii[0]), out])
    angle = np.concatenate([turn, np.full(25, angles[1]), turn[::-1], np.full(25, angles[0])])
    lon, lat = city.warp(radius * np.cos(angle), radius * np.sin(angle))
    return Polygon(np.column_stack([lon, lat])).buffer(0)


def _paint(survey: Survey, city: Plan, streets: Streets) -> None:
    """Draw the river, the parks, and in a small city a house on every numbered plot."""
    x = np.linspace(-1.35, 1.35, 400) * city.outer_m
    y, half = city.river_y(x), city.river_m / 2
    lon, lat = city.warp(np.concatenate([x, x[::-1]]), np.concatenate([y - half, (y + half)[::-1]]))
    base, _ = word(77)
    survey.scenery.append(Scenery("water", "river", f"{base}河", f"{base}河", Polygon(np.column_stack([lon, lat])).buffer(0)))
    for number, (band, sector) in enumerate(streets.parks):
        inner, outer = float(city.radius_m[band]) + 60.0, float(city.radius_m[band + 1]) - 60.0
        width = 2 * np.pi / int(city.sectors[band])
        base, english = word(200 + number)
        shape = _sector(city, (inner, outer), (sector * width + 60.0 / outer, (sector + 1) * width - 60.0 / outer))
        survey.scenery.append(Scenery("green", "park", f"{base}公园", f"{base}公园", shape))
        middle = shape.representative_point()
        survey.places.append(
            Place(f"{base}公园", f"{base}公园", "park", round(middle.x, 7), round(middle.y, 7), f"{english} Park")
        )
    if len(survey.numbers) <= MOST_BUILDINGS:
        for one in survey.numbers:
            wide, tall = 8.0 / DEGREE_M / 0.86, 6.0 / DEGREE_M
            corners = [
                (one.lon - wide, one.lat - tall),
                (one.lon + wide, one.lat - tall),
                (one.lon + wide, one.lat + tall),
                (one.lon - wide, one.lat + tall),
            ]
            survey.scenery.append(Scenery("buildings", "building", None, None, Polygon(corners)))
