"""What the house writes to stderr: one record a line, as text or as JSON, and never the words of an exception or of another library."""

import logging
import socket
import sys
from collections.abc import Iterator
from pathlib import PurePath
from types import TracebackType
from typing import Any, Literal, TextIO

import msgspec

from tocsin.kernel import from_instant

Form = Literal["", "plain", "json"]
"""Nothing but warnings as text; all as text, requests included; the same as JSON."""
OURS = "tocsin"
_MOST_LINKS, _MOST_FRAMES = 5, 30


def begin(form: Form, node: str = "", stream: TextIO | None = None) -> None:
    """Write every record so from now on (under this machine's name, where the node has none), to stderr where no other place is given. Called once, by the command that serves."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(AsJson(node or socket.gethostname()) if form == "json" else AsText())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger(OURS).setLevel(logging.INFO if form else logging.WARNING)


class AsText(logging.Formatter):
    """A line for somebody who reads it; a fault's places follow it, indented."""

    def format(self, record: logging.LogRecord) -> str:
        """The record's line."""
        told = _told(record)
        more = " ".join(f"{name}={value}" for name, value in told.pop("told", {}).items())
        places = "".join(f"\n    {place}" for place in told.get("fault", ()))
        return f"{told['at']} {told['level']} {told['from']} {told['says'] or told['place']}{' ' + more if more else ''}{places}"


class AsJson(logging.Formatter):
    """A line for a machine: time, level, where it comes from, node, what is said, and for a request its door, code, time and number."""

    def __init__(self, node: str) -> None:
        super().__init__()
        self._node = node

    def format(self, record: logging.LogRecord) -> str:
        """The record's line."""
        told = _told(record)
        more = told.pop("told", {})
        return msgspec.json.encode({**told, "node": self._node, **more}).decode()


def _told(record: logging.LogRecord) -> dict[str, Any]:
    """What may be told of a record. Our own sentences are whole, since a test looks that they hold nothing of a person. What another library
    says may quote anything: of it the sentence without what was put into it is told, and only where something was."""
    ours = record.name.partition(".")[0] == OURS
    says = record.getMessage() if ours else record.msg if isinstance(record.msg, str) and record.args else ""
    told: dict[str, Any] = {"at": from_instant(int(record.created * 1e6)).isoformat(timespec="milliseconds").replace("+00:00", "Z"), "level": record.levelname.lower(),
                            "from": record.name, "says": says, "place": f"{record.filename}:{record.lineno} {record.funcName}"}
    if record.exc_info and record.exc_info[1] is not None:
        told["fault"] = list(_places(record.exc_info[1]))
    if ours and isinstance(more := getattr(record, "told", None), dict):
        told["told"] = more
    return told


def _places(fault: BaseException) -> Iterator[str]:
    """An exception and what caused it: kinds and places, and a database's five letters for it; its words may quote what somebody said."""
    link: BaseException | None = fault
    for _ in range(_MOST_LINKS):
        if link is None:
            return
        state = getattr(link, "sqlstate", None)
        yield f"{type(link).__name__}{f' {state}' if isinstance(state, str) else ''}"
        yield from _frames(link.__traceback__)
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)


def _frames(trace: TracebackType | None) -> Iterator[str]:
    found: list[str] = []
    while trace is not None:
        code = trace.tb_frame.f_code
        found.append(f"  {PurePath(code.co_filename).name}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    yield from found[-_MOST_FRAMES:]
