"""What is kept of access: who was shown which personal record and why, the glass that was broken, and what reviews found."""

from tocsin.facts.access.findings import FindingDecided, FindingRaised
from tocsin.facts.access.glass import GlassBroken, GlassEnded, GlassFact, GlassReviewed
from tocsin.facts.access.reads import ReactionRefused, RecordShown
from tocsin.facts.access.sign_in import (
    AccessEnded,
    KeyGiven,
    KeyRevoked,
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
)

__all__ = [
    "AccessEnded",
    "FindingDecided",
    "FindingRaised",
    "GlassBroken",
    "GlassEnded",
    "GlassFact",
    "GlassReviewed",
    "KeyGiven",
    "KeyRevoked",
    "PersonInvited",
    "PostLeft",
    "PostTaken",
    "ReactionRefused",
    "RecordShown",
    "RolesGiven",
    "SessionRevoked",
    "SignInFact",
    "SignInRefused",
    "SignedIn",
    "SignedOut",
    "Way",
    "WayAdded",
    "WayRemoved",
]
