"""What is kept of access: who was shown which personal record and why, the glass that was broken, and what reviews found."""

from tocsin.facts.access.findings import FindingDecided, FindingRaised
from tocsin.facts.access.forgetting import (
    HoldAsked,
    HoldGranted,
    HoldLiftAsked,
    HoldLifted,
    KeyDestroyed,
    KeyHeld,
    MasterRotated,
    VaultBegun,
)
from tocsin.facts.access.glass import GlassBroken, GlassEnded, GlassFact, GlassReviewed
from tocsin.facts.access.reads import ReactionRefused, RecordShown

__all__ = [
    "FindingDecided", "FindingRaised", "GlassBroken", "GlassEnded", "GlassFact", "GlassReviewed", "HoldAsked", "HoldGranted", "HoldLiftAsked",
    "HoldLifted", "KeyDestroyed", "KeyHeld", "MasterRotated", "ReactionRefused", "RecordShown", "VaultBegun",
]
