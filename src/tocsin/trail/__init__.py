"""The trail: positions of units on duty, high-rate, thinned and expiring; the ledger never holds them."""

from tocsin.trail.fix import REFUSALS, Fix, Latest, Verdict
from tocsin.trail.trail import Held, Trail

__all__ = ["REFUSALS", "Fix", "Held", "Latest", "Trail", "Verdict"]
