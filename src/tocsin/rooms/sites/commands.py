"""What may be asked of the sites' room: raise a conflict (the edge does, as a site joins again), settle it, look at it."""

from typing import Annotated

from msgspec import Meta

from tocsin.kernel import Ask, Command, Instant, Words

Id = Annotated[str, Meta(min_length=1, max_length=60)]


class ConflictCommand(Command, frozen=True, kw_only=True):
    """A command about one conflict."""

    conflict: Id

    def touches(self) -> tuple[str, ...]:
        return (f"conflict:{self.conflict}",)


class RaiseConflict(ConflictCommand, frozen=True, kw_only=True):
    """Keep that something done at a site could not be kept; it has no door."""

    site: str
    person: str
    door: str
    done_at: Instant
    code: str
    says: Words
    command: str
    incident: str = ""
    unit: str = ""


class CloseConflict(ConflictCommand, frozen=True, kw_only=True):
    """Settle a conflict and say how: done again another way, told to the crew, nothing to do."""

    how: Annotated[str, Meta(min_length=3, max_length=1000)]


class ReadConflict(Ask, frozen=True, kw_only=True):
    """A conflict with what had been asked at the site, opened; the opening is kept."""

    conflict: Id
