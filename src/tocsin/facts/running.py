"""What the house keeps of its own running, because what else was kept must be read beside it."""

from tocsin.kernel import Fact, fact, from_instant


@fact("running.clock-jumped")
class ClockJumped(Fact, frozen=True, kw_only=True):
    """A node's clock was put, or the machine stood still: between two looks a second apart the time of day went on by so much more (or less)
    than a clock that cannot be put. Times kept by this node before and after it are not to be subtracted from one another (ADR 41)."""

    node: str
    by_us: int
    """How far it jumped; below 0, it was put back."""
    at: int
    """What the clock said once it had jumped."""

    def tags(self) -> tuple[str, ...]:
        return (f"clock:{from_instant(self.at):%Y-%m}",)
