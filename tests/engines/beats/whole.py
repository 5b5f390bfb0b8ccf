"""How many pieces a division falls into, counted plainly and by other means than the engine's own."""

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from tocsin.engines.beats import Problem


def pieces(problem: Problem, beat: np.ndarray) -> int:
    """As many as there are beats where each hangs together."""
    pairs = problem.neighbours[beat[problem.neighbours[:, 0]] == beat[problem.neighbours[:, 1]]]
    zones = len(beat)
    return int(connected_components(csr_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(zones, zones)), directed=False)[0])
