"""Patrol areas that hang together, with equal work and short ways, drawn from residents' own calls; and what would change for whom."""

from tocsin.engines.beats.beside import Moved, moved
from tocsin.engines.beats.bound import least_travel
from tocsin.engines.beats.drawing import draw, told
from tocsin.engines.beats.problem import Beats, Impossible, Problem, uneven

__all__ = ["Beats", "Impossible", "Moved", "Problem", "draw", "least_travel", "moved", "told", "uneven"]
