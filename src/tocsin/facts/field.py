"""What is kept of crews in the field beside what their unit is doing: calls for help, from the key to its end."""

from tocsin.facts.calls import Place
from tocsin.facts.fleet import ShiftFact
from tocsin.kernel import fact


@fact("fleet.help-called")
class HelpCalled(ShiftFact, frozen=True, kw_only=True):
    """Somebody of a crew pressed the panic key. `place` is where their own device says they are, where it says so."""

    person: str
    place: Place | None = None


@fact("fleet.help-confirmed")
class HelpConfirmed(ShiftFact, frozen=True, kw_only=True):
    """The floor has seen a call for help and is on it."""


@fact("fleet.help-escalated")
class HelpEscalated(ShiftFact, frozen=True, kw_only=True):
    """Nobody confirmed a call for help in time, and it was raised to a role; once."""

    to: str
    due_at: int
    """When it was due, which after a downtime is long before it was known."""


@fact("fleet.help-ended")
class HelpEnded(ShiftFact, frozen=True, kw_only=True):
    """A call for help is over: the crew is `safe`, the key was a `mistake`, or it was `handled` otherwise."""

    outcome: str
    note: str = ""
