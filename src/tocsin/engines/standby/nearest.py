"""Policy: the nearest goes, and everybody back to the own station. Nobody is ever moved, so there is nothing to decide; all others are held against it."""

from tocsin.engines.standby.policy import NEAREST, Policy
from tocsin.engines.standby.tuning import Ground, Tuning, policy_of


def made(ground: Ground, tuning: Tuning) -> Policy:
    """It needs no number."""
    return policy_of(NEAREST, ground, tuning)
