"""What is kept of routine review: which showings of a day were drawn, by which root, and what another person said of them."""

from typing import Literal

from tocsin.kernel import Fact, fact

SampleOutcome = Literal["ordinary", "questioned"]


@fact("access.sample-drawn")
class SampleDrawn(Fact, frozen=True, kw_only=True):
    """Some showings of one person's day, drawn by the ledger's root of that day; it says nothing but whose turn it was."""

    sample: str
    day: str
    """The UTC day, as 2026-11-24."""
    staff: str
    positions: tuple[int, ...]
    records: tuple[str, ...]
    root: str
    """The root of the ledger when the day was over, in hexadecimal; with what follows anybody draws the same again."""
    size: int
    """How many facts that root is of."""
    after: int
    """The position after which the day began."""
    every_days: int
    showings: int
    each: int

    def tags(self) -> tuple[str, ...]:
        return (f"sample:{self.sample}", f"sampled:{self.day}")


@fact("access.sample-reviewed")
class SampleReviewed(Fact, frozen=True, kw_only=True):
    """Somebody else looked at the drawn showings; what they question becomes a finding."""

    sample: str
    outcome: SampleOutcome

    def tags(self) -> tuple[str, ...]:
        return (f"sample:{self.sample}",)
