"""Policy: outlook, our own. It weighs how late help will be while the picture lasts: a unit on the road counts from when it is there, a busy one in part."""

from tocsin.engines.standby.policy import OUTLOOK, Policy
from tocsin.engines.standby.tuning import Ground, Tuning, in_time, policy_of

PARTS = 8
"""Of a unit; a busy one counts so many of them at its own station, to which it will come back."""


def made(ground: Ground, tuning: Tuning) -> Policy:
    """Every aim is a layer, and one of half as much again beside the first keeps the tail short; the numbers are tuned. Of the search under all exchanges
    (`exchange.py`) it alone uses the horizon and the price by units that are free. Without these, busy units and the tail it is marginal utility."""
    return policy_of(OUTLOOK, ground, tuning, in_time(ground, tuning.busy, PARTS, tuning.tail), soon=tuning.soon, near=tuning.near)
