"""What is kept of breaking the glass: who took more than their roles give, why, for how long, and what the reviewer said."""

from typing import Literal

from tocsin.kernel import Fact, Instant, Sealed, fact

Verdict = Literal["justified", "not_justified"]


class GlassFact(Fact, frozen=True, kw_only=True):
    """A fact of one broken glass."""

    glass: str

    def tags(self) -> tuple[str, ...]:
        return (f"glass:{self.glass}",)


@fact("access.glass-broken")
class GlassBroken(GlassFact, frozen=True, kw_only=True):
    """Somebody took what their roles do not give, at once, until an instant; the envelope says who."""

    until: Instant
    about: str
    """The incident it is about, where one was named."""
    reason: Sealed

    def tags(self) -> tuple[str, ...]:
        return (f"glass:{self.glass}", *((f"incident:{self.about}",) if self.about else ()))


@fact("access.glass-ended")
class GlassEnded(GlassFact, frozen=True, kw_only=True):
    """It was ended before its time, by the one who broke it or by a supervisor."""


@fact("access.glass-reviewed")
class GlassReviewed(GlassFact, frozen=True, kw_only=True):
    """Somebody else looked at what was done with it, and said whether it was right."""

    verdict: Verdict
    note: Sealed | None = None
