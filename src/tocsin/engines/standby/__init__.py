"""A fleet's days played in one kernel, to compare where units wait: tables of times in, arrivals out; the policies; and how far any policy could go."""

from tocsin.engines.standby.bound import Bound, Law, bound_of, late_at_least
from tocsin.engines.standby.choosing import POLICIES, policy, suggest
from tocsin.engines.standby.cover import Cover, Limit, cover_of, expected, expected_share
from tocsin.engines.standby.hindsight import Hindsight, hindsight
from tocsin.engines.standby.play import play
from tocsin.engines.standby.policy import BUDGETS, Budget, Policy, Seen
from tocsin.engines.standby.tuning import Aim, Ground, Tuning
from tocsin.engines.standby.world import Calls, Fleet, Played, World

__all__ = ["BUDGETS", "POLICIES", "Aim", "Bound", "Budget", "Calls", "Cover", "Fleet", "Ground", "Hindsight", "Law", "Limit", "Played", "Policy", "Seen", "Tuning", "World", "bound_of",
           "cover_of", "expected", "expected_share", "hindsight", "late_at_least", "play", "policy", "suggest"]
