"""Policy: nearest with preparedness. Nobody is moved; of the units that come in time, that one is sent whose going leaves the least uncovered."""
# Numba ships no types, so its decorator is untyped and what it returns is Any.
# mypy: disable-error-code="misc,untyped-decorator,no-any-return"

from typing import Any

import numpy as np

from tocsin.engines.standby.compiling import compiled
from tocsin.engines.standby.cover import loss, settle
from tocsin.engines.standby.policy import PREPARED, SURE, Policy
from tocsin.engines.standby.tuning import Ground, Tuning, policy_of


def made(ground: Ground, tuning: Tuning) -> Policy:
    """Andersson and Värbrand 2007, 'Decision support tools for ambulance dispatch and relocation', section 3; Lee 2011, 'The role of preparedness in
    ambulance dispatching'. Their preparedness of a zone is here the cover that one unit less costs (Daskin 1983), so that it is in the same money as the moves."""
    return policy_of(PREPARED, ground, tuning._replace(horizon_s=ground.aims[0].within_s))


@compiled
def choice(policy: Any, way: Any, due_s: Any, soonest: Any) -> Any:
    """Of the idle units that are due within the first aim, the one whose going costs least cover, of equals the sooner; where none is, the soonest."""
    if soonest < 0 or due_s[soonest] > policy.horizon_s:
        return soonest
    settle(policy.cover)
    best, least = -1, np.inf
    for k in range(len(due_s)):
        if due_s[k] > policy.horizon_s:
            continue
        costs = loss(policy.cover.reach[way[k]], policy.cover.less)
        if costs < least - SURE or (costs < least + SURE and due_s[k] < due_s[best]):
            best, least = k, min(costs, least)
    return best
