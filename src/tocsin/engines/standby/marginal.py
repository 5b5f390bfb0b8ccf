"""Policy: tuned marginal utility. Whoever gains most by being elsewhere goes, if the gain in calls reached in time is more than the move costs."""

import numpy as np

from tocsin.engines.standby.policy import MARGINAL, Policy
from tocsin.engines.standby.tuning import Ground, Tuning, policy_of


def made(ground: Ground, tuning: Tuning) -> Policy:
    """The j-th nearest free unit answers with the chance (1 - q) q^(j - 1), so the chance that a call is late is q to the number of units in reach."""
    return policy_of(MARGINAL, ground, tuning._replace(horizon_s=np.inf, thin=0.0))
