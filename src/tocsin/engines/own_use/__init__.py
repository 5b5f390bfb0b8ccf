"""Patterns in the staff's own use of records: what was shown, held against peers, posts and tasks. It finds facts and scores nobody."""

from tocsin.engines.own_use.detecting import detect
from tocsin.engines.own_use.own import OWN_KINDS, Own, OwnIn, OwnKind
from tocsin.engines.own_use.sampling import Drawn, Routine, Shown, draw
from tocsin.engines.own_use.shapes import DAY_US, PATTERNS, Before, Found, Limits, Pattern, Use

__all__ = [
    "DAY_US", "OWN_KINDS", "PATTERNS", "Before", "Drawn", "Found", "Limits", "Own", "OwnIn", "OwnKind", "Pattern", "Routine", "Shown", "Use", "detect", "draw",
]
