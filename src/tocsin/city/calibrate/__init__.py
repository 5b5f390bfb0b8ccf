"""Drive times learnt from a city's own record: cleaning, ways, fit, held-out judgement."""

from tocsin.city.calibrate.calibrating import calibrate
from tocsin.city.calibrate.telling import tell

__all__ = ["calibrate", "tell"]
