"""What is kept of access: who was shown which personal record and why, the glass that was broken, and what reviews found."""

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
from tocsin.facts.access.reads import ReactionRefused, RecordShown

__all__ = [
    "ExportApproved", "ExportAsked", "ExportDelivered", "ExportPreviewed", "ExportRefused", "ExportWithdrawn", "FindingDecided", "FindingRaised", "GlassBroken", "GlassEnded", "GlassFact", "GlassReviewed",
    "LeakTraced", "ReactionRefused", "RecordShown", "RecordsDelivered",
]
