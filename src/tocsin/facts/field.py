"""What is kept of crews in the field beside what their unit is doing: calls for help, posts that they report from, spot checks, and looks at where they have been."""

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


@fact("fleet.post-reported")
class PostReported(ShiftFact, frozen=True, kw_only=True):
    """A crew said that it stands at a post or has passed one on patrol. `place` is where their own device says they are, where it says so."""

    post: str
    note: str = ""
    place: Place | None = None


class CheckFact(ShiftFact, frozen=True, kw_only=True):
    """A fact of one spot check of one unit on its shift: never of a person."""

    check: str

    def tags(self) -> tuple[str, ...]:
        return (f"check:{self.check}", f"unit:{self.unit}@{self.shift}")


@fact("fleet.check-called")
class CheckCalled(CheckFact, frozen=True, kw_only=True):
    """A unit on duty was asked to say that it is there, within so many seconds."""

    within_s: int
    words: str = ""


@fact("fleet.check-answered")
class CheckAnswered(CheckFact, frozen=True, kw_only=True):
    """The unit's crew answered, so many seconds after it was asked; late where that is more than it had."""

    took_s: int
    place: Place | None = None


@fact("fleet.check-missed")
class CheckMissed(CheckFact, frozen=True, kw_only=True):
    """Nothing had been heard when its time was over; an answer may still come, and is kept as late."""

    due_at: int


@fact("fleet.track-shown")
class TrackShown(ShiftFact, frozen=True, kw_only=True):
    """Where a unit has been on its shift was about to be shown to somebody who is not of its crew; the envelope says to whom and why."""

    since: int
    until: int
    roles: tuple[str, ...]
