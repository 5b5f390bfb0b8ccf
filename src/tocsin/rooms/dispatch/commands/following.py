"""What dispatch asks of itself after the call-takers' answers: follow a change of kind or priority, and warn units early."""

from typing import Annotated

from msgspec import Meta

from tocsin.kernel import Command, Given
from tocsin.rooms.dispatch.commands.assigning import Seen
from tocsin.rooms.dispatch.commands.incidents import IncidentCommand


class FollowAnswers(IncidentCommand, frozen=True, kw_only=True):
    """An answer made the call another kind or another priority; 0 and empty leave that as it is. Given by reactions only."""

    kind: Annotated[str, Meta(max_length=40)] = ""
    priority: Annotated[int, Meta(ge=0, le=4)] = 0


class PreAlert(IncidentCommand, frozen=True, kw_only=True):
    """An answer made it certain that somebody must go: warn the units that would be proposed now. Given by reactions only."""

    def prepared(self, given: Given) -> Command:
        return AlertUnits(key=self.key, happened_at=self.happened_at, incident=self.incident, offer=given.number("offer"),
                          at=given.now, seen=given.look("units"), closed=given.look("closed"))


class AlertUnits(IncidentCommand, frozen=True, kw_only=True):
    """What `PreAlert` becomes with what the house could see; it has no door."""

    offer: str
    at: int
    seen: tuple[Seen, ...]
    closed: tuple[int, ...]
