"""What is kept of timers, which are dispatch's: raised, acknowledged, and what a crew or its device said that ends one."""

from tocsin.facts.dispatch import AssignmentFact
from tocsin.kernel import Fact, Sealed, fact


class TimerFact(Fact, frozen=True, kw_only=True):
    """A fact of one timer, which is named by its rule and by what it watches: an incident, a unit's shift, or a message."""

    timer: str
    rule: str
    since: int
    due_at: int
    """When this was due, which after a downtime is long before it was known."""
    incident: str = ""
    unit: str = ""
    shift: str = ""
    message: str = ""

    def tags(self) -> tuple[str, ...]:
        return (f"timer:{self.timer}", *((f"incident:{self.incident}",) if self.incident else ()))


@fact("dispatch.timer-escalated")
class TimerEscalated(TimerFact, frozen=True, kw_only=True):
    """A timer came due and was raised to a role; `step` counts from 1 by the rule's own steps."""

    step: int
    to: str


@fact("dispatch.timer-acknowledged")
class TimerAcknowledged(TimerFact, frozen=True, kw_only=True):
    """Somebody took a timer in hand; a welfare timer begins anew with it, another comes back after its rule's pause."""

    word: Sealed | None = None


@fact("dispatch.assignment-acknowledged")
class AssignmentAcknowledged(AssignmentFact, frozen=True, kw_only=True):
    """A crew said that it has heard that it is sent; a crew that drives at once says so by its state instead."""


@fact("dispatch.movement-seen")
class MovementSeen(AssignmentFact, frozen=True, kw_only=True):
    """A unit that was sent has left where it stood, by its own device; how far, and not where, is what is kept."""

    moved_m: int
