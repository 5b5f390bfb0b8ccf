"""What the house keeps so that it can be held to it by somebody who does not hold the ledger."""

from tocsin.kernel import Fact, fact


@fact("proof.histories-rooted")
class HistoriesRooted(Fact, frozen=True, kw_only=True):
    """All tags' histories were committed to, as they stood after the first `size` entries (ADR 30)."""

    size: int
    root: bytes
    histories: int
    """How many tags there were."""
