"""How well one reading of a query (a name, a number on a street, two streets that cross) accounts for all that was typed."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tocsin.engines.places.crossings import Crossings
from tocsin.engines.places.names import EXACT, Match, Query
from tocsin.engines.places.words import CROSSING_TAIL, Unit, is_join, is_number_mark

SIZE_GAIN, SAME_GAIN, NEAR_GAIN = 0.01, 0.03, 0.02
"""What decides between equals: the bigger street, the name spelled word for word, the nearer place."""
_ROOM = 1.0 - SIZE_GAIN - SAME_GAIN - NEAR_GAIN
_ASIDE = 0.2
"""What a word counts that only says where the place is in turn: a city's name, what follows a comma or a house number."""
_COVER = 0.3
"""What a reading loses when next to nothing of the name was typed: 'mission' is Mission St before it is Mission Rock St."""
_WHOLE, _WHOLE_SHARE = 0.45, 0.275
"""What a name that was typed in full is worth among words that mean nothing here, and what the share of those adds."""
_UNJOINED = 0.93
"""What two street names are worth as a crossing when nothing joins them."""
_STREETS = 16
_WORTH = 0.3
"""Below this fit of the name no house number is looked up."""


class NumberReading(NamedTuple):
    """A unit read as a house number: its text with its letter, whether it may still grow, and the fit of all the rest."""

    text: str
    partial: bool
    fit: float


class CrossingReading(NamedTuple):
    """Two streets that cross, and the fit of both names together."""

    one: int
    other: int
    fit: float


class Scale:
    """Weighs the readings of one query."""

    def __init__(self, query: Query, matches: Sequence[Match]) -> None:
        self._query = query
        self._weights = [unit.weight for unit in query.units]
        self._joins = sum(1 << at for at, unit in enumerate(query.units) if is_join(unit))
        self._telling = sum(1 << at for at, unit in enumerate(query.units) if unit.weight > 0.25)
        self._sides: dict[int, list[int]] = {}
        self._tails = sum(1 << at for at, unit in enumerate(query.units) if unit.text in CROSSING_TAIL)
        self._aside = sum(1 << at for at, unit in enumerate(query.units) if unit.after)
        for match in matches:
            if match.name.kind == "area" and match.cover >= EXACT:
                self._aside |= match.mask

    def of_name(self, match: Match) -> float:
        """The reading that the whole text is this name."""
        return self._fit(match, free=0)

    def numbers(self, match: Match) -> Iterator[NumberReading]:
        """The readings that one unit, which the street's name does not need, is a house number on it."""
        query = self._query.units
        sides = self._split(self._joins & ~match.mask)
        for at, unit in enumerate(query):
            if unit.kind != "number" or match.mask >> at & 1 or not self._told(match) & sides[at]:
                continue
            text, free, end = unit.text, 1 << at, at + 1
            letter = query[end] if end < len(query) and not match.mask >> end & 1 else None
            if letter and len(letter.text) == 1 and letter.kind == "word" and text.isdecimal():
                text, free, end = text + letter.text, free | 1 << end, end + 1
            if end < len(query) and is_number_mark(query[end]):
                free |= 1 << end
            details = ~((1 << end) - 1) if match.mask < 1 << at else 0
            fit = self._fit(match, free, details)
            if fit >= _WORTH:
                yield NumberReading(text, at == len(query) - 1, fit)

    def halves(self) -> tuple[list[Unit], list[Unit]] | None:
        """What stands before and behind the one join of the text; None where it has none, or more."""
        joins = [at for at in range(len(self._weights)) if self._joins >> at & 1]
        if len(joins) != 1 or not 0 < joins[0] < len(self._weights) - 1:
            return None
        return self._query.units[: joins[0]], self._query.units[joins[0] + 1 :]

    def crossings(self, matches: Sequence[Match], crossings: Crossings) -> Iterator[CrossingReading]:
        """The readings that different words name two streets which do cross."""
        streets = [match for match in matches if match.name.kind == "street" and match.mask & self._telling & ~self._aside]
        streets.sort(key=lambda match: -match.met * (1 - _COVER + _COVER * match.cover))
        del streets[_STREETS:]
        for at, one in enumerate(streets):
            for other in streets[at + 1 :]:
                if not one.mask & other.mask & self._telling and crossings.points(one.name.ref, other.name.ref):
                    got = tuple(map(max, one.got, other.got))
                    both = Match(one.name, got, one.mask | other.mask, (one.cover + other.cover) / 2, one.met + other.met)
                    share = 1.0 if self._joins else _UNJOINED
                    fit = self._fit(both, free=self._joins | self._tails, whole=False) * share
                    first, second = sorted((one, other), key=lambda match: match.mask & -match.mask)
                    yield CrossingReading(first.name.ref, second.name.ref, fit)

    def _fit(self, match: Match, free: int, aside: int = 0, whole: bool = True) -> float:
        """0 to 1: the share of the typed weight that was met, less for a name of which little was typed."""
        met = asked = 0.0
        same: list[str] = []
        aside |= self._aside
        for at, unit in enumerate(self._query.units):
            if free >> at & 1 and not match.mask >> at & 1:
                continue
            same.append(unit.text)
            if match.mask >> at & 1:
                met += unit.weight * match.got[at]
                asked += unit.weight
            else:
                asked += unit.weight * (_ASIDE if aside >> at & 1 else 1.0)
        share = met / asked if asked else 0.0
        fit = share * (1 - _COVER + _COVER * match.cover)
        if whole and match.cover >= EXACT:
            fit = max(fit, _WHOLE + _WHOLE_SHARE * share)
        gain = SIZE_GAIN * match.name.prior + (SAME_GAIN if tuple(same) == match.name.spelled else 0.0)
        return fit * _ROOM + gain

    def _split(self, joins: int) -> list[int]:
        """For each unit, all units on its side of these joins: in `mission & 18` the 18 is not a house on Mission."""
        if joins in self._sides:
            return self._sides[joins]
        query, sides, side = self._query.units, [], 0
        for at, unit in enumerate(query):
            numbers = 0 < at < len(query) - 1 and query[at - 1].kind == query[at + 1].kind == "number"
            side += joins >> at & 1 and not (unit.text == "/" and numbers)
            sides.append(side)
        self._sides[joins] = [sum(1 << other for other, same in enumerate(sides) if same == side) for side in sides]
        return self._sides[joins]

    def _told(self, match: Match) -> int:
        """The units by which the name was surely met; its type alone (`st`) tells nothing unless nothing else was typed."""
        return match.mask & (self._telling if match.mask & self._telling else -1)


def joined(
    scales: Sequence[Scale], found: Sequence[Sequence[Match]], weights: Sequence[float], crossings: Crossings
) -> Iterator[CrossingReading]:
    """The readings of a text with a join: a street from each side, each weighed by its own side alone."""
    sides = []
    for scale, matches in zip(scales, found, strict=True):
        best: dict[int, float] = {}
        for match in matches:
            if match.name.kind == "street":
                best[match.name.ref] = max(best.get(match.name.ref, 0.0), scale.of_name(match))
        sides.append(sorted(best.items(), key=lambda side: -side[1])[:_STREETS])
    for one, fit in sides[0]:
        for other, fit_other in sides[1]:
            if one != other and crossings.points(one, other):
                yield CrossingReading(one, other, (weights[0] * fit + weights[1] * fit_other) / (weights[0] + weights[1]))
