"""What is kept of hazards, which are of places and incidents and never of people, and of what crews tick off; the room of dispatch keeps both."""

from tocsin.facts.calls import Place
from tocsin.facts.dispatch import AssignmentFact
from tocsin.kernel import Fact, Instant, Sealed, fact


class HazardFact(Fact, frozen=True, kw_only=True):
    """A fact in one hazard's history, and in that of the incident at which it was marked, where it was at one."""

    hazard: str
    incident: str = ""

    def tags(self) -> tuple[str, ...]:
        return (f"hazard:{self.hazard}", f"incident:{self.incident}") if self.incident else (f"hazard:{self.hazard}",)


@fact("dispatch.hazard-marked")
class HazardMarked(HazardFact, frozen=True, kw_only=True):
    """Somebody warned of something dangerous, until when. With a radius it is of a place, and is shown on every incident within it; without one it
    is of its incident alone. `source` is how it is known, by the table. Its words are sealed: nobody can promise that no person is named in them."""

    kind: str
    source: str
    version: str
    until: Instant
    place: Place | None = None
    radius_m: int = 0
    words: Sealed | None = None
    unit: str = ""
    """The unit whose crew saw it, where a crew did."""
    shift: str = ""


@fact("dispatch.hazard-renewed")
class HazardRenewed(HazardFact, frozen=True, kw_only=True):
    """A reviewer looked at a hazard that still was shown, and gave it a new end."""

    until: Instant


@fact("dispatch.hazard-withdrawn")
class HazardWithdrawn(HazardFact, frozen=True, kw_only=True):
    """Somebody took a hazard back before its end, and said why."""

    reason: Sealed


class ItemFact(AssignmentFact, frozen=True, kw_only=True):
    """A fact of one item of a checklist, by the unit whose crew worked on it; `version` is the table's."""

    list: str
    item: str
    version: str


@fact("dispatch.item-ticked")
class ItemTicked(ItemFact, frozen=True, kw_only=True):
    """A crew ticked an item of the checklist of its incident."""


@fact("dispatch.item-unticked")
class ItemUnticked(ItemFact, frozen=True, kw_only=True):
    """A crew took its own tick back."""
