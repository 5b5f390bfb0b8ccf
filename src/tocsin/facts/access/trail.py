"""What is kept of the person's own view: a code given for one's record, each reading by it, and entries kept back for a time by two people."""

from typing import Literal

from tocsin.kernel import Fact, Instant, Sealed, fact

TrailWhat = Literal["list", "proof"]


class TrailFact(Fact, frozen=True, kw_only=True):
    """A fact of one call's trail."""

    call: str

    def tags(self) -> tuple[str, ...]:
        return (f"trail:{self.call}",)


@fact("access.trail-code-given")
class TrailCodeGiven(TrailFact, frozen=True, kw_only=True):
    """Somebody was given a code for the trail of their call; those before it hold no more. The code itself is kept nowhere."""

    digest: str
    """HMAC-SHA256 of call and code, in hex, under a key that lies outside the ledger."""
    expires_at: Instant


@fact("access.trail-codes-revoked")
class TrailCodesRevoked(TrailFact, frozen=True, kw_only=True):
    """No code that was given for this call holds any more."""


@fact("access.trail-read")
class TrailRead(TrailFact, frozen=True, kw_only=True):
    """Whoever has the code was about to be shown the trail, or given its proof."""

    what: TrailWhat


class DelayFact(TrailFact, frozen=True, kw_only=True):
    """A fact of one delayed disclosure."""

    delay: str

    def tags(self) -> tuple[str, ...]:
        return (f"delay:{self.delay}", f"trail:{self.call}")


@fact("access.disclosure-delay-asked")
class DisclosureDelayAsked(DelayFact, frozen=True, kw_only=True):
    """Somebody asked that some entries be kept back from the person for some days. The person is told the reason when it is over."""

    positions: tuple[int, ...]
    days: int
    reason: Sealed


@fact("access.disclosure-delay-granted")
class DisclosureDelayGranted(DelayFact, frozen=True, kw_only=True):
    """A second person granted it: from now until an instant these entries are not shown to the person."""

    until: Instant
    roles: tuple[str, ...]
    """As what they granted it; the person is told that, and no name."""


@fact("access.disclosure-delay-refused")
class DisclosureDelayRefused(DelayFact, frozen=True, kw_only=True):
    """A second person said no."""

    reason: Sealed


@fact("access.disclosure-delay-ended")
class DisclosureDelayEnded(DelayFact, frozen=True, kw_only=True):
    """It was ended before its time; the entries are shown again."""
