"""Policy: the double standard model. Everybody within the wide limit, a set share within the narrow one, and then as many as can be twice."""

import numpy as np

from tocsin.engines.standby.cover import Limit, cover_of
from tocsin.engines.standby.policy import DOUBLE, Policy
from tocsin.engines.standby.tuning import Ground, Tuning, policy_of

_ALL, _ONCE, _TWICE = 25.0, 5.0, 1.0


def made(ground: Ground, tuning: Tuning) -> Policy:
    """Gendreau, Laporte, Semet 2001, 'A dynamic model and parallel tabu search heuristic for real-time ambulance relocation'.

    Their two demands, all within the wide limit and a share within the narrow one, are here prices so high that second cover never pays for
    them; a relocation is the one exchange that gains most after `price`, as in `marginal`, instead of a tabu search over all units.
    """
    narrow, wide = min(aim.within_s for aim in ground.aims), max(aim.within_s for aim in ground.aims)
    wide = wide if wide > narrow else 1.5 * narrow
    once = np.array([_ONCE, _TWICE, 0.0]) / (_ONCE + _TWICE)
    return policy_of(DOUBLE, ground, tuning._replace(horizon_s=np.inf, thin=0.0), cover_of(ground.reach_s, ground.weight, [
        Limit(narrow, 1.0, once), Limit(wide, 1.0, np.array([_ALL / (_ONCE + _TWICE), 0.0]))]))
