"""What may be asked about one incident: open it, say how pressing it is, note something, end it."""

from typing import Annotated

from msgspec import Meta

from tocsin.facts.calls import Place
from tocsin.kernel import Command

Id = Annotated[str, Meta(min_length=1, max_length=40)]
Reason = Annotated[str, Meta(max_length=500)]
Priority = Annotated[int, Meta(ge=1, le=4)]


class IncidentCommand(Command, frozen=True, kw_only=True):
    """A command about one incident."""

    incident: Id

    def touches(self) -> tuple[str, ...]:
        return (f"incident:{self.incident}",)


class OpenIncident(IncidentCommand, frozen=True, kw_only=True):
    """Open an incident for a call; given by the reaction to the call, never at a door."""

    place: Place
    kind: str
    priority: int
    called_at: int
    joins: str = ""
    """The open incident that the call is about; the opening and the joining are then kept together."""
    likeness: float = -1.0
    mentions: tuple[str, ...] = ()
    asked_by: str = ""

    def touches(self) -> tuple[str, ...]:
        return (*super().touches(), f"incident:{self.joins}") if self.joins else super().touches()


class ChangePriority(IncidentCommand, frozen=True, kw_only=True):
    """Say that an incident is more or less pressing; its needs follow the response plan again."""

    priority: Priority
    reason: Reason = ""


class AddNote(IncidentCommand, frozen=True, kw_only=True):
    """Write something down on an incident."""

    note: Annotated[str, Meta(min_length=1, max_length=4000)]


class CloseIncident(IncidentCommand, frozen=True, kw_only=True):
    """End an incident with a disposition, once no unit is on it any more."""

    disposition: Annotated[str, Meta(min_length=1, max_length=40)]
    reason: Reason = ""
