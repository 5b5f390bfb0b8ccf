"""What is saved of a data folder, as one list of pieces: the one place that knows. Caches, sessions, one-time links and every key are not among them.

Sessions and links stay out because a copy of them would let in again who was shut out since; the keys, because whoever holds the backup's own
key would then hold everything. What is read here may be in use.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

import apsw

from tocsin.house.saving.runs import Held, Piece
from tocsin.ledger import LedgerFault
from tocsin.ledger.boxes import FILES, PART, SETTLED
from tocsin.ledger.checkpoints import FORMER, SIGNED
from tocsin.ledger.place import named
from tocsin.ledger.saved import Source, rotating, row_frames, spans
from tocsin.trail import PlaceFailed, SavedDays

ENTRIES, VAULT, META = "entries/", "vault/", "vault/meta"
LEDGER = "ledger"
PAPERS = ("people.json", "reach.json")
FOR = "backup-for"
"""The file of the data folder with the public keys that its backups are made for; it lies here, so that who can write into the backup cannot
put another key in its place."""
TRAIL, BOARD = "trail", "latest"
_BLOCK, _READ = 4 << 20, 1 << 20
_FILES_A_PIECE = 32
_HEAD, _DATA = b"h", b"d"


class Saving:
    """One time of saving one data folder. `pieces` is gone through once; how far it reached is known afterwards."""

    def __init__(self, data: Path, name: str, before: Mapping[str, Held], scratch: Path) -> None:
        self._data, self._name, self._before, self._scratch = data, name, before, scratch
        self.entries = self.epoch = 0
        self.root = b""

    def pieces(self) -> Iterator[Piece | Held]:
        """Everything in an order that makes any backup whole; what the run before holds as it is is given as that."""
        yield from self._notes()
        with Source.opened(self._data / LEDGER, self._name) as source:
            yield from self._entries(source)
            yield from self._vault(source)
            yield from self._files(source)
            for paper in PAPERS:
                content = source.paper(paper)
                if content is not None:
                    yield Piece(paper, _digest([content]), partial(_file_frames, paper, 0, content))
        yield from self._blocks(FOR)
        yield from self._trail()

    def _notes(self) -> Iterator[Piece | Held]:
        """What was signed. Histories only grow, so all but their last block stays as it is."""
        ledger = self._data / LEDGER
        for path in (*(ledger / name for name in SIGNED), *sorted((ledger / FORMER).rglob("*"))):
            if path.is_file():
                yield from self._blocks(str(path.relative_to(self._data)))

    def _entries(self, source: Source) -> Iterator[Piece]:
        self.entries, self.root = source.size, source.root
        for first, last in spans(source.size):
            yield Piece(f"{ENTRIES}{first:012d}", str(last), partial(source.lines, first, last))

    def _vault(self, source: Source) -> Iterator[Piece]:
        meta = source.wrapped_meta()
        self.epoch = meta.get("epoch", 1)
        for group, rows in source.wrapped_groups(self.epoch):
            frames = list(row_frames(rows))
            yield Piece(f"{VAULT}{group}", _digest(frames), lambda frames=frames: frames)  # type: ignore[misc]  # bound now, or the next group's would be taken
        if source.wrapped_meta().get("epoch", 1) != self.epoch:
            raise rotating()
        told = json.dumps(meta, sort_keys=True).encode()
        yield Piece(META, _digest([told]), lambda: [told])

    def _files(self, source: Source) -> Iterator[Piece]:
        """Sealed files by day, some to a piece: they never change, and go when they are forgotten."""
        for (day, group), some in groupby(source.files(), key=lambda one: (one[0][:6], _number(one[0]) // _FILES_A_PIECE)):
            held = list(some)
            yield Piece(f"{FILES}/{day}/{group:04d}", _digest([repr(held).encode()]), partial(_boxes, source, [number for number, _, _ in held]))

    def _trail(self) -> Iterator[Piece | Held]:
        """Each day's positions in blocks of a copy of its file. A day that was not touched since is not even read."""
        address = named(self._data / LEDGER)
        if address:
            try:
                with SavedDays.opened(address, self._name) as days:
                    if days is not None:
                        yield from self._trail_there(days)
                        return
            except PlaceFailed as error:
                raise LedgerFault("ledger.unreadable", f"the trail cannot be read ({error}); make sure of the database, and do it again.") from error
        yield from self._blocks(f"{TRAIL}/{BOARD}")
        for day in sorted((self._data / TRAIL).glob("????-??-??.sqlite")):
            mark = " ".join(f"{path.stat().st_size}.{path.stat().st_mtime_ns}" for path in (day, day.with_name(f"{day.name}-wal")) if path.exists())
            yield from self._day(day.name, mark, partial(_snapshot, day))

    def _trail_there(self, days: SavedDays) -> Iterator[Piece | Held]:
        """The trail that lies in the database, as the files that it would be."""
        board = days.board()
        if board is not None:
            yield Piece(f"{TRAIL}/{BOARD}#00000", f"{sha256(board).hexdigest()}/", partial(_file_frames, f"{TRAIL}/{BOARD}", 0, board))
        for day in days.days():
            yield from self._day(day.name, day.mark, partial(days.write, day))

    def _day(self, file: str, mark: str, copied: Callable[[Path], None]) -> Iterator[Piece | Held]:
        name = f"{TRAIL}/{file}"
        held = [one for key, one in self._before.items() if key.startswith(f"{name}#")]
        if held and all(one.stamp.endswith(f"/{mark}") for one in held):
            yield from held
            return
        with TemporaryDirectory(dir=self._scratch, prefix="backup-") as folder:
            copied(Path(folder) / file)
            yield from self._blocks(name, Path(folder) / file, mark)

    def _blocks(self, name: str, source: Path | None = None, mark: str = "") -> Iterator[Piece | Held]:
        """A plain file in blocks, each with its digest as its state; a block that the former run has is named as of the present mark."""
        path = source or self._data / name
        if not path.is_file():
            return
        with path.open("rb") as file:
            for number, block in enumerate(iter(partial(file.read, _BLOCK), b"")):
                piece, digest = f"{name}#{number:05d}", sha256(block).hexdigest()
                stamp, held = f"{digest}/{mark}", self._before.get(f"{name}#{number:05d}")
                if held is not None and held.stamp.partition("/")[0] == digest:
                    yield Held(piece, stamp, held.sha256, held.bytes)
                else:
                    yield Piece(piece, stamp, lambda block=block, at=number * _BLOCK: _file_frames(name, at, block))  # type: ignore[misc]  # bound now


def _boxes(source: Source, numbers: Sequence[str]) -> Iterator[bytes]:
    for number in dict.fromkeys(numbers):
        found = source.file(number)
        if found is not None:  # else forgotten meanwhile
            part, box = found
            yield from _file_frames(f"{LEDGER}/{FILES}/{number[:6]}/{number}{PART if part else SETTLED}", 0, box)


def _file_frames(name: str, at: int, content: bytes) -> Iterator[bytes]:
    yield _HEAD + json.dumps([name, at]).encode()
    for start in range(0, len(content), _READ):
        yield _DATA + content[start:start + _READ]


def lay_files(data: Path, frames: Iterable[bytes]) -> None:
    """Write the stretches of files that a piece holds into a data folder; LedgerFault where one would lie outside of it."""
    path, at = data, 0
    for frame in frames:
        if frame.startswith(_HEAD):
            name, at = json.loads(frame[1:])
            path = data / name
            if not path.resolve().is_relative_to(data.resolve()):
                raise LedgerFault("backup.damaged", f"a piece names {name!r}, which lies outside of the records.")
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.touch(mode=0o600)
        else:
            with path.open("r+b") as file:
                file.seek(at)
                file.write(frame[1:])
            at += len(frame) - 1


def _number(name: str) -> int:
    digits = name.partition(".")[0].rpartition("-")[2]
    return int(digits) if digits.isdecimal() else 0


def _digest(frames: Iterable[bytes]) -> str:
    found = sha256()
    for frame in frames:
        found.update(len(frame).to_bytes(4) + frame)
    return found.hexdigest()


def _snapshot(source: Path, target: Path) -> None:
    """A database that is in use as it is at one moment."""
    reading, writing = apsw.Connection(str(source), flags=apsw.SQLITE_OPEN_READWRITE), apsw.Connection(str(target))
    try:
        reading.set_busy_timeout(5_000)
        with writing.backup("main", reading, "main") as copying:
            copying.step(-1)
    except apsw.Error as error:
        raise LedgerFault("backup.unreadable", f"{source} cannot be copied ({error}).") from error
    finally:
        writing.close()
        reading.close()
