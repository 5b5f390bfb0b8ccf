"""Map-matching: from a unit's positions to the streets that it drove, with the seconds that each took."""

from tocsin.engines.roads.matching.matcher import Matched, Matcher
from tocsin.engines.roads.matching.tracks import Tracks

__all__ = ["Matched", "Matcher", "Tracks"]
