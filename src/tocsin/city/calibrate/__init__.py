"""Drive times learnt from a city's own record: cleaning, ways, fit, held-out judgement."""

from tocsin.city.calibrate.calibrating import calibrate

__all__ = ["calibrate"]
