"""What was attached to an incident, one line each."""

from tocsin.facts.dispatch import FileAttached, IncidentOpened
from tocsin.kernel import Instant, Refused, Sight, View
from tocsin.rooms.dispatch.commands import ReadFiles
from tocsin.rooms.dispatch.views.board import IncidentRow


class FileLine(View, frozen=True, kw_only=True):
    """One file: its number, by whom and when, what it is, and the sender's own name for it; None once its key was destroyed."""

    file: str
    at: Instant
    by: str
    media: str
    size: int
    width: int
    height: int
    stripped: tuple[str, ...]
    length_ms: int
    name: str | None
    destroyed: bool


class Files(View, frozen=True, kw_only=True):
    """An incident's files, the oldest first."""

    incident: str
    files: tuple[FileLine, ...]


def read_files(ask: ReadFiles, sight: Sight) -> Files:
    """The files of this incident and of those joined into it. Each name that is opened is kept as shown."""
    row = sight.rows("incident").get(ask.incident)
    joined = [one.incident for one in row.joined] if isinstance(row, IncidentRow) else []
    history = sight.history(*(f"incident:{number}" for number in (ask.incident, *joined)))
    if not any(isinstance(kept.fact, IncidentOpened) for kept in history):
        raise Refused("incident_unknown", f"there is no incident {ask.incident}", f"没有警情 {ask.incident}", field="incident", status=404)
    lines = []
    for kept in history:
        fact = kept.fact
        if isinstance(fact, FileAttached):
            whole = sight.opened(fact.original, "file")
            lines.append(FileLine(file=fact.file, at=kept.entry.happened_at, by=kept.entry.by, media=fact.media, size=fact.size, width=fact.width,
                                  height=fact.height, stripped=fact.stripped, length_ms=fact.length_ms, name=(sight.opened(fact.name, "file") or "") if whole else None,
                                  destroyed=whole is None))
    return Files(incident=ask.incident, files=tuple(lines))
