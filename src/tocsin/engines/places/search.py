"""The address search of the console: what may a text mean, and what stands at a point."""

import math
import unicodedata
from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from tocsin.engines.places.answers import Answers, Idea
from tocsin.engines.places.coordinates import parse
from tocsin.engines.places.crossings import Crossings
from tocsin.engines.places.ground import metres
from tocsin.engines.places.hit import Hit
from tocsin.engines.places.names import EXACT, Match, NameIndex, Query
from tocsin.engines.places.numbers import Numbers
from tocsin.engines.places.point import Points
from tocsin.engines.places.score import NEAR_GAIN, Scale, joined
from tocsin.engines.places.tables import SAME_CROSSING_M, Tables
from tocsin.engines.places.words import units
from tocsin.kernel import Refused

MAX_TEXT = 200
MAX_LIMIT = 50
NUMBERED = 12
"""Streets on which a number is looked up, the best fits first; more would not reach the list."""
NUMBERLESS = 0.75
"""What a street without any house number is worth as the answer to a number on it."""
POOR, SHORT = 0.6, 8
"""Below this fit a text of few units is read again, with slips allowed in shorter words."""
NOISE = 0.5
"""What fits half as well as the best is not worth a line of the list."""
NEAR_M = 3_000.0
"""The scale of `near`: a place this far away has lost two thirds of the small advantage of being near."""


class Places:
    """The opened index of one city; it never changes and any number of readers may share it."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._names = NameIndex(tables.names, np.diff(tables.number_at).tolist())
        self._numbers = Numbers(tables)
        self._crossings = Crossings(tables)
        self._answers = Answers(tables.names)
        self._points = Points(tables, self._numbers, self._crossings)

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
        parts = units(text)
        ideas = list(self._ideas(Query(parts)))
        if len(parts) <= SHORT and max((idea.score for idea in ideas), default=0.0) < POOR:
            ideas += self._ideas(Query(parts, bold=True))
        if near is not None:
            gains = [NEAR_GAIN * math.exp(-metres(*near, idea.lon, idea.lat) / NEAR_M) for idea in ideas]
            ideas = [idea._replace(score=idea.score + gain) for idea, gain in zip(ideas, gains, strict=True)]
        ranked = sorted(ideas, key=_order)
        worth = [idea for idea in ranked if idea.score >= ranked[0].score * NOISE]
        return self._distinct(worth, max(1, min(limit, MAX_LIMIT)), near)

    def at(self, lon: float, lat: float) -> Hit | None:
        """What stands at a point, with its nearest cross street; None where nothing known lies within 500 m.

        The nearest house number; where the street is much nearer than any number, the number worked out along the
        segment's range, or the street itself; far from streets the nearest crossing.
        """
        found = self._points.at(lon, lat)
        return found and self._answers.hit(found[0], (lon, lat), cross=found[1])

    def _distinct(self, ranked: list[Idea], limit: int, near: tuple[float, float] | None) -> list[Hit]:
        """The first hits that do not repeat a better one under the same name at the same place."""
        seen: dict[tuple[str, str], list[Hit]] = defaultdict(list)
        hits: list[Hit] = []
        for idea in ranked:
            hit = self._answers.hit(idea, near)
            others = seen[hit.kind, hit.label]
            if all(metres(hit.lon, hit.lat, other.lon, other.lat) > SAME_CROSSING_M for other in others):
                others.append(hit)
                hits.append(hit)
            if len(hits) == limit:
                break
        return hits

    def _ideas(self, query: Query) -> Iterator[Idea]:
        """Every reading of the query that the names allow."""
        matches = self._names.match(query)
        scale = Scale(query, matches)
        yield from self._named(scale, matches)
        yield from self._crossed(query, scale, matches)

    def _named(self, scale: Scale, matches: list[Match]) -> Iterator[Idea]:
        """The readings as one name, with or without a house number."""
        readings: list[tuple[float, int, str, bool]] = []
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
            readings += [(fit, ref, text, partial) for text, partial, fit in scale.numbers(match)]
        for fit, ref, text, partial in sorted(readings, key=lambda reading: -reading[0])[:NUMBERED]:
            numbers = self._numbers.find(ref, text, partial)
            for found in numbers:
                yield Idea(fit * found.fit, "number", (ref,), found.lon, found.lat, found)
            street = self._tables.names.streets[ref]
            if not numbers and street.lon is not None and street.lat is not None:
                yield Idea(fit * NUMBERLESS, "street", (ref,), street.lon, street.lat)

    def _crossed(self, query: Query, scale: Scale, matches: list[Match]) -> Iterator[Idea]:
        """The readings as two streets that meet: each side of a join on its own, or two names that share no word."""
        readings = list(scale.crossings(matches, self._crossings))
        if halves := scale.halves():
            sides = [(Query(half, query.bold), sum(unit.weight for unit in half)) for half in halves]
            found = [self._names.match(side) for side, _ in sides]
            scales = [Scale(side, some) for (side, _), some in zip(sides, found, strict=True)]
            readings += joined(scales, found, [weight for _, weight in sides], self._crossings)
        for one, other, fit in readings:
            for lon, lat in self._crossings.points(one, other):
                yield Idea(fit, "crossing", (one, other), lon, lat, exact=True)


def _order(idea: Idea) -> tuple[object, ...]:
    """Best first; equals in an order that is the same every time."""
    return -idea.score, idea.kind, idea.refs, idea.number or (), idea.lon


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
