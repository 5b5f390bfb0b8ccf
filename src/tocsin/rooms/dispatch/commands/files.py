"""What may be asked about files: say that one was attached (the edge took it in), and list those of an incident."""

from typing import Annotated

from msgspec import Meta

from tocsin.kernel import Ask
from tocsin.rooms.dispatch.commands.incidents import Id, IncidentCommand


class AttachFile(IncidentCommand, frozen=True, kw_only=True):
    """Attach a file that was cleaned and written; the house gives this command when both are done, it has no door of its own."""

    file: Annotated[str, Meta(min_length=1, max_length=24)]
    sha256: Annotated[str, Meta(min_length=64, max_length=64)]
    original_sha256: Annotated[str, Meta(min_length=64, max_length=64)]
    media: Annotated[str, Meta(max_length=80)]
    size: Annotated[int, Meta(ge=1)]
    width: int = 0
    height: int = 0
    stripped: tuple[str, ...] = ()
    length_ms: int = 0
    name: Annotated[str, Meta(max_length=200)] = ""


class ReadFiles(Ask, frozen=True, kw_only=True):
    """What was attached to an incident, with the names that the senders gave; the reading is kept."""

    incident: Id
