"""What is kept of findings: something in the staff's own use of records that a reviewer should look at, and what they decided."""

from typing import Literal

import msgspec

from tocsin.kernel import Fact, Sealed, fact

FindingDecision = Literal["explained", "mistake", "breach"]


class FindingFact(Fact, frozen=True, kw_only=True):
    """A fact of one finding."""

    finding: str

    def tags(self) -> tuple[str, ...]:
        return (f"finding:{self.finding}",)


@fact("access.finding-raised")
class FindingRaised(FindingFact, frozen=True, kw_only=True):
    """A pattern in a member of staff's own use of the system; it says what was found and where, and nothing about anybody's life."""

    pattern: str
    """The rule that found it, `glass_unreviewed` for example."""
    staff: str
    """Whose use it is about; never the reviewer."""
    records: tuple[str, ...] = ()
    """The records concerned, at most fifty."""
    positions: tuple[int, ...] = ()
    """The facts that are the evidence, by position, at most fifty."""
    measured: dict[str, float] = msgspec.field(default_factory=dict)
    """What was counted, by name, with the measure it was held against."""
    glass: str = ""
    """The broken glass it is about, where it is about one."""
    use: str = ""
    """Pattern, person and day, where it was found in a day's use: by this it is raised once, however often it is found."""

    def tags(self) -> tuple[str, ...]:
        return (f"finding:{self.finding}", *((f"use:{self.use}",) if self.use else ()))


@fact("access.finding-decided")
class FindingDecided(FindingFact, frozen=True, kw_only=True):
    """Somebody other than the one concerned looked at the evidence and decided."""

    decision: FindingDecision
    note: Sealed


@fact("access.finding-answered")
class FindingAnswered(FindingFact, frozen=True, kw_only=True):
    """The one concerned said in their own words what they say to it; it stands beside the decision for good."""

    answer: Sealed
