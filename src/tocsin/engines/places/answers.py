"""Writes what was found as a hit, in the order that the city and the script of its names ask for."""

from typing import NamedTuple

from tocsin.engines.places.ground import metres
from tocsin.engines.places.hit import Hit, Kind
from tocsin.engines.places.numbers import BUILDING_M, Found
from tocsin.engines.places.tables import Names, Street

PLACE_M, AREA_M = 50.0, 1_000.0


class Idea(NamedTuple):
    """One thing the text may mean, before it is written out: `refs` are streets, or the one place or area."""

    score: float
    kind: Kind
    refs: tuple[int, ...]
    lon: float
    lat: float
    number: Found | None = None
    exact: bool = False


class Answers:
    """Labels for one city's names."""

    def __init__(self, names: Names) -> None:
        self._names = names

    def hit(self, idea: Idea, asked: tuple[float, float] | None, cross: int | None = None) -> Hit:
        """The hit of an idea; `asked` is the point to measure from, `cross` the cross street to name."""
        dist_m = None if asked is None else round(metres(*asked, idea.lon, idea.lat), 1)
        score = round(min(1.0, idea.score), 4)
        if idea.kind in ("place", "area"):
            spot = self._names.spots[idea.refs[0]]
            accuracy_m = AREA_M if idea.kind == "area" else PLACE_M
            return Hit(kind=idea.kind, label=spot.name, label_zh=_zh(spot.name, spot.name_zh), lon=idea.lon, lat=idea.lat,
                       accuracy_m=accuracy_m, score=score, exact=idea.exact, dist_m=dist_m)  # fmt: skip
        streets = [self._names.streets[ref] for ref in idea.refs]
        zh = [_zh(street.name, street.name_zh) for street in streets]
        across = self._names.streets[cross].name if cross is not None else None
        label, label_zh, accuracy_m = streets[0].name, zh[0], streets[0].half_m
        if idea.kind == "crossing":
            across, accuracy_m = streets[1].name, BUILDING_M
            label = f"{streets[0].name} & {streets[1].name}"
            label_zh = f"{zh[0]}与{zh[1]}路口" if zh[0] and zh[1] else None
        elif idea.number is not None:
            label, accuracy_m = self._address(streets[0], idea.number.number), idea.number.accuracy_m
            label_zh = zh[0] and _numbered(zh[0], idea.number.number)
        if label_zh and _is_han(streets[0].name):
            label = label_zh
        found = idea.number
        return Hit(kind=idea.kind, label=label, label_zh=label_zh, lon=idea.lon, lat=idea.lat, accuracy_m=round(accuracy_m, 1),
                   score=score, street=streets[0].name, number=found and found.number, cross=across,
                   exact=found.exact if found else idea.exact, interpolated=bool(found and found.interpolated),
                   dist_m=dist_m)  # fmt: skip

    def coordinate(self, lon: float, lat: float, asked: tuple[float, float] | None) -> Hit:
        """A point that was typed as such."""
        label = f"{abs(lat):.5f}° {'S' if lat < 0 else 'N'}, {abs(lon):.5f}° {'W' if lon < 0 else 'E'}"
        zh = f"{'南' if lat < 0 else '北'}纬{abs(lat):.5f}° {'西' if lon < 0 else '东'}经{abs(lon):.5f}°"
        dist_m = None if asked is None else round(metres(*asked, lon, lat), 1)
        return Hit(kind="coordinate", label=label, label_zh=zh, lon=lon, lat=lat, accuracy_m=BUILDING_M, score=1.0,
                   exact=True, dist_m=dist_m)  # fmt: skip

    def _address(self, street: Street, number: str) -> str:
        return f"{number} {street.name}" if self._names.number_first else f"{street.name} {number}"


def _is_han(text: str) -> bool:
    return any("\u3400" <= sign <= "\u9fff" for sign in text)


def _zh(name: str, name_zh: str | None) -> str | None:
    return name_zh or (name if _is_han(name) else None)


def _numbered(street: str, number: str) -> str:
    return f"{street}{number}" if number.endswith(("号", "號")) else f"{street}{number}号"
