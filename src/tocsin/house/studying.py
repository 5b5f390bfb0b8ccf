"""Where the computing of studies is prepared and how far it is: a folder beside the records for each study that is not answered yet."""

from pathlib import Path

FOLDER = "studies"
PROGRESS, ANSWER, FAILED = "progress", "answer.msgpack", "failed.msgpack"


def folder_of(data: Path, study: str) -> Path:
    """The folder of one study's computing; it can be thrown away, and is once the study is answered."""
    return data / FOLDER / study


def progress_of(data: Path, study: str) -> float:
    """How far the computing of a study is, 0 … 1; -1 where it has not begun here."""
    try:
        return min(1.0, max(0.0, float((folder_of(data, study) / PROGRESS).read_text(encoding="ascii"))))
    except (OSError, ValueError):
        return -1.0
