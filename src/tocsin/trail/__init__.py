"""The trail: positions of units on duty, high-rate, thinned and expiring; the ledger never holds them."""

from tocsin.trail.doubting import COARSE_M
from tocsin.trail.fix import AHEAD_US, REFUSALS, Fix, Latest, Verdict
from tocsin.trail.moving import settle, withdraw
from tocsin.trail.place import DAY_US, PlaceFailed
from tocsin.trail.reader import Reader
from tocsin.trail.saved import SavedDays
from tocsin.trail.trail import Held, Trail

__all__ = ["AHEAD_US", "COARSE_M", "DAY_US", "REFUSALS", "Fix", "Held", "Latest", "PlaceFailed", "Reader", "SavedDays", "Trail", "Verdict", "settle", "withdraw"]
