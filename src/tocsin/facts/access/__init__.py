"""What is kept of access: who was shown which personal record and why, the glass that was broken, and what reviews found."""

from tocsin.facts.access.findings import FindingDecided, FindingRaised
from tocsin.facts.access.glass import GlassBroken, GlassEnded, GlassFact, GlassReviewed
from tocsin.facts.access.reads import Medium, ReactionRefused, RecordShown

__all__ = ["FindingDecided", "FindingRaised", "GlassBroken", "GlassEnded", "GlassFact", "GlassReviewed", "Medium", "ReactionRefused", "RecordShown"]
