"""How a file is attached: to an incident that is known, open or closed, and not more than it can hold."""

from tocsin.facts.dispatch import FileAttached
from tocsin.kernel import Command, Fact, Refused, Sealed
from tocsin.rooms.dispatch.commands import AttachFile
from tocsin.rooms.dispatch.model.rules import Decision, Rules
from tocsin.rooms.dispatch.model.state import State, known

MOST_FILES = 60


def _attach(rules: Rules, state: State, command: AttachFile) -> tuple[Fact, ...]:
    now = known(state, command.incident)
    if now.files >= MOST_FILES:
        raise Refused("files_full", f"Incident {now.incident} already has {now.files} files, as many as it can hold.",
                      f"警情 {now.incident} 已有 {now.files} 个附件，达到上限。")
    record = f"file:{command.file}"
    return (FileAttached(incident=now.incident, file=command.file, sha256=command.sha256, media=command.media, size=command.size,
                         width=command.width, height=command.height, stripped=command.stripped,
                         name=Sealed(record, command.name) if command.name else None, original=Sealed(record, command.original_sha256),
                         length_ms=command.length_ms),)


DECISIONS: dict[type[Command], Decision] = {AttachFile: _attach}
