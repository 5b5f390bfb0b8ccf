"""What is kept of access: who was shown which personal record and why, broken glass, what reviews found, and what left the house."""

from tocsin.facts.access.findings import FindingDecided, FindingRaised
from tocsin.facts.access.glass import GlassBroken, GlassEnded, GlassFact, GlassReviewed
from tocsin.facts.access.outflow import (
    ExportApproved,
    ExportAsked,
    ExportDelivered,
    ExportPreviewed,
    ExportRefused,
    ExportWithdrawn,
    LeakTraced,
    RecordsDelivered,
)
from tocsin.facts.access.reads import Medium, ReactionRefused, RecordShown

__all__ = [
    "ExportApproved", "ExportAsked", "ExportDelivered", "ExportPreviewed", "ExportRefused", "ExportWithdrawn", "FindingDecided", "FindingRaised",
    "GlassBroken", "GlassEnded", "GlassFact", "GlassReviewed", "LeakTraced", "Medium", "ReactionRefused", "RecordShown", "RecordsDelivered",
]
