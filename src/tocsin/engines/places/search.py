"""The address search of the console: what may a text mean, and what stands at a point."""

import math
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from tocsin.engines.places.answers import Answers, Idea
from tocsin.engines.places.compile import Shapes, compile_tables
from tocsin.engines.places.coordinates import parse
from tocsin.engines.places.crossings import Crossings
from tocsin.engines.places.ground import flat, metres
from tocsin.engines.places.hit import Hit
from tocsin.engines.places.names import EXACT, Match, NameIndex, Query
from tocsin.engines.places.numbers import BUILDING_M, Found, Numbers
from tocsin.engines.places.score import NEAR_GAIN, Scale
from tocsin.engines.places.tables import Tables
from tocsin.kernel import Refused

MAX_TEXT = 200
MAX_LIMIT = 50
REACH_M = 500.0
NEAR_M = 3_000.0
"""The scale of `near`: a place this far away has lost two thirds of the small advantage of being near."""


def build_index(
    streets: Sequence[Mapping[str, Any]], entries: Iterable[Mapping[str, Any]], folder: str, shapes: Shapes | None = None
) -> dict[str, int]:
    """Write the index of a city's addresses into a folder that exists; the same input gives the same bytes.

    `streets` is the city's list of street names ({"name", "name_zh", "name_en"}), `entries` the rows of its
    places/entries.jsonl.gz. `shapes` are the road network's segments, needed only to place numbers along the
    segments' ranges. Returns how many entries of each kind went in, and under `odd_…` how many could not.
    """
    tables, counts = compile_tables(streets, entries, shapes)
    tables.save(folder)
    return counts


class Places:
    """The opened index of one city; it never changes and any number of readers may share it."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._names = NameIndex(tables.names, np.diff(tables.number_at).tolist())
        self._numbers = Numbers(tables)
        self._crossings = Crossings(tables)
        self._answers = Answers(tables.names)
        self._mid_lat = float(np.median(tables.number_lat)) if len(tables.number_lat) else 0.0
        self._tree = cKDTree(flat(tables.number_lon, tables.number_lat, self._mid_lat))

    @classmethod
    def open(cls, folder: str) -> "Places":
        """Load what `build_index` wrote; ValueError or OSError where it is not such a folder."""
        return cls(Tables.load(folder))

    def search(self, text: str, limit: int = 8, near: tuple[float, float] | None = None) -> list[Hit]:
        """The places that a text may mean, best first, at most `limit` (1 to 50).

        `near` (lon, lat) decides between equals. Raises Refused("place_text_too_long") for more than 200 characters and
        for control characters; any other text has an answer, if only an empty one.
        """
        refuse_unreadable(text)
        if point := parse(text):
            return [self._answers.coordinate(*point, near)]
        query = Query(text)
        best: dict[tuple[object, ...], Idea] = {}
        for idea in self._ideas(query, self._names.match(query)):
            if near is not None:
                idea = idea._replace(score=idea.score + NEAR_GAIN * math.exp(-metres(*near, idea.lon, idea.lat) / NEAR_M))
            key = (idea.kind, idea.refs, idea.number and idea.number.number, idea.lon if idea.kind == "crossing" else 0.0)
            if key not in best or best[key].score < idea.score:
                best[key] = idea
        ranked = sorted(best.values(), key=lambda idea: (-idea.score, idea.kind, idea.refs, idea.number or ()))
        return [self._answers.hit(idea, near) for idea in ranked[: max(1, min(limit, MAX_LIMIT))]]

    def at(self, lon: float, lat: float) -> Hit | None:
        """The nearest known address to a point, with its nearest cross street; None where none lies within 500 m."""
        if not (math.isfinite(lon) and math.isfinite(lat)):
            return None
        away_m, row = self._tree.query(flat(np.array([lon]), np.array([lat]), self._mid_lat)[0], distance_upper_bound=REACH_M)
        if not math.isfinite(away_m):
            return None
        street, number = self._numbers.at(int(row))
        found = Found(number, float(self._tables.number_lon[row]), float(self._tables.number_lat[row]), BUILDING_M, 1.0, exact=True)
        idea = Idea(1.0, "number", (street,), found.lon, found.lat, found)
        return self._answers.hit(idea, (lon, lat), cross=self._crossings.nearest(street, found.lon, found.lat))

    def _ideas(self, query: Query, matches: list[Match]) -> Iterator[Idea]:
        """Every reading of the query that these names allow."""
        scale = Scale(query, matches)
        for match in matches:
            ref, score, whole = match.name.ref, scale.of_name(match), match.cover >= EXACT
            if match.name.kind != "street":
                spot = self._tables.names.spots[ref]
                if spot.lon is not None and spot.lat is not None:
                    yield Idea(score, match.name.kind, (ref,), spot.lon, spot.lat, exact=whole)
                continue
            street = self._tables.names.streets[ref]
            if street.lon is not None and street.lat is not None:
                yield Idea(score, "street", (ref,), street.lon, street.lat, exact=whole)
            for text, partial, fit in scale.numbers(match):
                for found in self._numbers.find(ref, text, partial):
                    yield Idea(fit * found.fit, "number", (ref,), found.lon, found.lat, found)
        for one, other, fit in scale.crossings(matches, self._crossings):
            for lon, lat in self._crossings.points(one, other):
                yield Idea(fit, "crossing", (one, other), lon, lat, exact=True)


def refuse_unreadable(text: str) -> None:
    """Say no to what nobody can have typed as an address: too long, or with control characters or broken letters in it."""
    if len(text) > MAX_TEXT or any(unicodedata.category(letter) in ("Cc", "Cs") for letter in text):
        raise Refused(
            "place_text_too_long",
            f"A place is searched with at most {MAX_TEXT} characters, none of them control characters.",
            f"地点搜索最多 {MAX_TEXT} 个字符，且不得含控制字符。",
            field="text",
            status=422,
        )
