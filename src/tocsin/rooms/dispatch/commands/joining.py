"""What may be asked about two incidents: that they are one, or apart again, or have to do with one another; and which are alike."""

from typing import Annotated

from msgspec import Meta

from tocsin.kernel import Ask
from tocsin.rooms.dispatch.commands.incidents import Id, IncidentCommand, Reason

Chance = Annotated[float, Meta(ge=-1, le=1)]


class JoinIncident(IncidentCommand, frozen=True, kw_only=True):
    """Say that this incident is the same as another; `score` is the chance that was shown, -1 where none was."""

    into: Id
    score: Chance = -1.0

    def touches(self) -> tuple[str, ...]:
        return (*super().touches(), f"incident:{self.into}")


class SeparateIncident(IncidentCommand, frozen=True, kw_only=True):
    """Undo a joining: this incident stands by itself again."""

    out_of: Id
    reason: Reason = ""

    def touches(self) -> tuple[str, ...]:
        return (*super().touches(), f"incident:{self.out_of}")


class LookAtDifference(IncidentCommand, frozen=True, kw_only=True):
    """Say that what a joined incident tells differently was looked at, and that it stays joined."""

    joined: Id


class LinkIncidents(IncidentCommand, frozen=True, kw_only=True):
    """Say that two incidents have to do with one another."""

    to: Id

    def touches(self) -> tuple[str, ...]:
        return (*super().touches(), f"incident:{self.to}")


class UnlinkIncidents(LinkIncidents, frozen=True, kw_only=True):
    """Say that two incidents have nothing to do with one another after all."""

    reason: Reason = ""


class FindAlike(Ask, frozen=True, kw_only=True):
    """Open incidents that a call may be about: the call being written (`lon`, `lat`, …), or one that is open already (`incident`)."""

    lon: Annotated[float, Meta(ge=-180, le=180)] | None = None
    lat: Annotated[float, Meta(ge=-90, le=90)] | None = None
    accuracy_m: Annotated[float, Meta(ge=0, le=100_000)] | None = None
    kind: Annotated[str, Meta(max_length=40)] = ""
    words: Annotated[str, Meta(max_length=300)] = ""
    """The words for the place, as typed or found; they are held against the places and kinds of open incidents, never against notes."""
    incident: Annotated[str, Meta(max_length=40)] = ""
    limit: Annotated[int, Meta(ge=1, le=20)] = 6
