"""What is kept of access: who was shown which personal record and why, broken glass, what reviews found, and what left the house."""

from tocsin.facts.access.findings import FindingAnswered, FindingDecided, FindingRaised
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
from tocsin.facts.access.samples import SampleDrawn, SampleReviewed
from tocsin.facts.access.sign_in import (
    AccessEnded,
    KeyGiven,
    KeyRevoked,
    OwnDetailsGiven,
    PersonInvited,
    PostLeft,
    PostTaken,
    RolesGiven,
    SessionRevoked,
    SignedIn,
    SignedOut,
    SignInFact,
    SignInRefused,
    Way,
    WayAdded,
    WayRemoved,
    WaysGiven,
)
from tocsin.facts.access.trail import (
    DisclosureDelayAsked,
    DisclosureDelayEnded,
    DisclosureDelayGranted,
    DisclosureDelayRefused,
    TrailCodeGiven,
    TrailCodesRevoked,
    TrailRead,
    TrailWhat,
)

__all__ = [
    "AccessEnded", "DisclosureDelayAsked", "DisclosureDelayEnded", "DisclosureDelayGranted", "DisclosureDelayRefused",
    "ExportApproved", "ExportAsked", "ExportDelivered", "ExportPreviewed", "ExportRefused", "ExportWithdrawn",
    "FindingAnswered", "FindingDecided", "FindingRaised", "GlassBroken", "GlassEnded", "GlassFact", "GlassReviewed",
    "HoldAsked", "HoldGranted", "HoldLiftAsked", "HoldLifted", "KeyDestroyed", "KeyGiven", "KeyHeld", "KeyRevoked",
    "LeakTraced", "MasterRotated", "Medium", "OwnDetailsGiven", "PersonInvited", "PostLeft", "PostTaken", "ReactionRefused", "RecordShown",
    "RecordsDelivered", "RolesGiven", "SampleDrawn", "SampleReviewed", "SessionRevoked", "SignInFact", "SignInRefused",
    "SignedIn", "SignedOut", "TrailCodeGiven", "TrailCodesRevoked", "TrailRead", "TrailWhat", "VaultBegun", "Way", "WayAdded",
    "WayRemoved", "WaysGiven",
]
