"""What leaves the house: a preview for whoever may approve, a marked copy with its manifest, and whose copy a leaked file is."""

import hashlib
import re
from io import BytesIO
from threading import Lock
from zipfile import BadZipFile, ZipFile

import msgspec

from tocsin.engines.marks import matched, packed, read_picture, told, unhidden
from tocsin.facts.access import ExportAsked
from tocsin.facts.access.outflow import Layer
from tocsin.house.asker import Asker
from tocsin.house.checks import role_missing
from tocsin.house.house import House
from tocsin.house.outflow_copy import (
    MOST_BYTES,
    Copy,
    Marker,
    Piece,
    Stamping,
    as_csv,
    brightness,
    looks_like_picture,
    marked_file,
    story_lines,
    table,
    zipped,
)
from tocsin.house.outflow_rows import Gathered, gathered
from tocsin.house.outflow_rows import told as moment
from tocsin.house.outflow_words import said, seen
from tocsin.house.showing import Place
from tocsin.house.sight import Looking
from tocsin.kernel import Instant, Refused, Role, View
from tocsin.rooms.access.commands import KeepDelivery, KeepPreview, KeepTrace
from tocsin.rooms.access.model import OutflowTable, State, deliverable, evolve
from tocsin.rooms.access.views import ExportRow, export_of

PREVIEW, COPY, TRACE = "/api/exports/{export}/preview", "/api/exports/{export}/copy", "/api/leaks/trace"
MAY_PREVIEW: tuple[Role, ...] = ("supervisor",)
MAY_TAKE: tuple[Role, ...] = ("dispatcher", "supervisor", "planner", "auditor", "admin")
MAY_TRACE: tuple[Role, ...] = ("supervisor", "auditor")
MOST_LEAK = 10 << 20
_PURPOSE = "disclosure"
_SHOWN_ROWS = 10
_MOST_INSIDE, _MOST_INSIDE_BYTES = 200, 40 << 20
_TAG = re.compile(r"<[^<>]{0,2000}>")
_NAMES: dict[str, str] = {"incidents": "incidents.csv", "facts": "facts.csv", "statistics": "statistics.csv", "story": "story.txt"}


class Preview(View, frozen=True, kw_only=True):
    """What an approver is shown: its beginning, how much it is, and whose records it holds; `position` is what they approve."""

    export: str
    position: int
    as_of: int
    columns: tuple[str, ...]
    first: tuple[tuple[str, ...], ...]
    rows: int
    records: int
    some_records: tuple[str, ...]
    fields: tuple[str, ...]
    files: int


class Copied(msgspec.Struct, frozen=True):
    """A copy as it goes out: the zip, and its name."""

    content: bytes
    name: str


class Traced(View, frozen=True, kw_only=True):
    """Which export a file is a copy of, and how that is known.

    `picture`, `unseen` and `wording` are marks that only this house makes; `told` is what anybody can write. `chance` is that of naming
    the wrong export, as far as it can be computed; `agree` of `seen` choices of words agree.
    """

    layer: Layer
    export: str = ""
    row: ExportRow | None = None
    chance: float = 1.0
    agree: int = 0
    seen: int = 0
    sha256: str


class Outflow:
    """Gathers, marks and gives out. One copy is made at a time: each may fill a good part of the memory."""

    def __init__(self, house: House, outflow: OutflowTable | None = None, stamp: Stamping | None = None) -> None:
        self._house, self._table, self._stamp = house, outflow or OutflowTable(), stamp
        self._one = Lock()

    def preview(self, export: str, by: Asker) -> Preview:
        """Show somebody who may approve it what would go out; the showing is kept first."""
        house = self._house
        showing = house.showing(by, Place(PREVIEW, MAY_PREVIEW, (_PURPOSE,)))
        asked, state = self._asked(export)
        as_of = house.ledger.head()
        if by.name == state.exports[export].by:  # nothing is opened for whoever may not decide; the room says no once more
            raise Refused("approve_own", "A second person looks at what you asked for; ask another supervisor.", "须由第二人查看您的申请，请联系其他主管。", field="export", status=403)
        with self._one:
            sight = self._looking(by, asked, showing.fields)
            found = gathered(house, asked, as_of, sight, self._table.least_count)
            marker = Marker(export, b"", asked.tongue)
            if found.story is not None:
                columns, first, rows = [""], [[line] for line in story_lines(found, marker, "…", asked.recipient_kind)], len(found.story.lines)
            else:
                (columns, first), rows = table(asked, found, sight, marker, _SHOWN_ROWS), len(found.lines)
        receipt = house.keep_own(KeepPreview(export=export, as_of=as_of, rows=rows, records=len(found.records), files=len(found.files)), by, _PURPOSE, "")
        house.keep_shown(by, showing, PREVIEW, sight.shown, own=sight.own)
        return Preview(export=export, position=receipt.position, as_of=as_of, columns=tuple(columns), first=tuple(map(tuple, first[:_SHOWN_ROWS + 6])), rows=rows,
                       records=len(found.records), some_records=tuple(sorted(found.records)[:50]), fields=asked.fields, files=len(found.files))

    def copy(self, export: str, by: Asker) -> Copied:
        """Give out a copy: gathered as it was approved, marked, and told of in the ledger with every record before anybody has a byte."""
        if not by.roles & set(MAY_TAKE):
            raise role_missing(COPY, MAY_TAKE)
        house = self._house
        asked, state = self._asked(export)
        now = house.clock.now()
        held = deliverable(state, export, by.name, over="supervisor" in by.roles, now=now)
        number = held.delivered + 1
        with self._one:
            # What goes out is what the approver's roles show for this purpose: they answer for it, whoever carries the copy.
            sight = self._looking(by, asked, house.policy.shows(MAY_PREVIEW, _PURPOSE).fields)
            found = gathered(house, asked, held.as_of, sight, self._table.least_count)
            pieces, records = self._pieces(asked, found, sight, number)
            manifest = self._manifest(asked, held.approved_by, number, found, pieces, now, by)
            content = zipped([*pieces, manifest], now)
        if len(content) > MOST_BYTES:
            raise Refused("export_large", f"This copy is larger than {MOST_BYTES >> 20} MiB; ask for less at once.", f"该副本超过 {MOST_BYTES >> 20} MiB，请缩小范围。", status=422)
        house.keep_own(KeepDelivery(export=export, copy=number, rows=_rows(found), manifest=manifest.sha256, files={piece.name: piece.sha256 for piece in pieces},
                                    records=records), by, _PURPOSE, "")
        return Copied(content, f"tocsin-{export}-{number}.zip")

    def trace(self, content: bytes, by: Asker) -> Traced:
        """Whose copy a file is, as far as its marks tell; that it was looked at is kept."""
        if not by.roles & set(MAY_TRACE):
            raise role_missing(TRACE, MAY_TRACE)
        if not 0 < len(content) <= MOST_LEAK:
            raise Refused("file_large", "Send a file of at most 10 MiB.", "文件最大 10 MiB。", status=413)
        house = self._house
        rows = {number: row for number, row in house.rows("export").items() if isinstance(row, ExportRow)}
        made = tuple(number for number, row in rows.items() if row.delivered)
        with self._one:
            found = traced(content, house.ledger.marking_key(), made)
        known = found.export and export_of(house.history(f"export:{found.export}")) is not None
        house.keep_own(KeepTrace(sha256=found.sha256, layer=found.layer if known else "none", export=found.export if known else "", chance=found.chance),
                       by, "oversight", "")
        return msgspec.structs.replace(found, row=rows.get(found.export)) if known else Traced(layer="none", sha256=found.sha256)

    def _asked(self, export: str) -> tuple[ExportAsked, State]:
        history = self._house.history(f"export:{export}")
        asked = export_of(history)
        if asked is None:
            raise Refused("export_unknown", f"there is no export {export}", f"没有对外提供申请 {export}", field="export", status=404)
        state = State()
        for kept in history:
            state = evolve(state, kept)
        return asked, state

    def _looking(self, by: Asker, asked: ExportAsked, fields: frozenset[str]) -> Looking:
        house = self._house
        showing = house.showing(msgspec.structs.replace(by, purpose=_PURPOSE), Place(PREVIEW, MAY_TAKE, (_PURPOSE,)))
        narrowed = msgspec.structs.replace(showing, fields=frozenset(name for name in fields if name in asked.fields))
        return Looking(by, narrowed, house.ledger.vault, house.rows, house.history, house.look, house.clock.now)

    def _pieces(self, asked: ExportAsked, found: Gathered, sight: Looking, number: int) -> tuple[list[Piece], dict[str, tuple[str, ...]]]:
        """The files of a copy, and each record that they hold with the classes of its fields."""
        house, key = self._house, self._house.ledger.marking_key()
        marker, recipient = Marker(asked.export, key, asked.tongue), self._opened(asked)[0]
        if found.story is not None:
            lines = story_lines(found, marker, recipient, asked.recipient_kind)
            pieces = [Piece(name=_NAMES["story"], content="\n".join((*lines, "")).encode(), marks=("told", "unseen", "wording"))]
        else:
            marks = ("told", "unseen") if asked.what == "statistics" else ("told", "unseen", "wording")
            pieces = [Piece(name=_NAMES[asked.what], content=as_csv(*table(asked, found, sight, marker)), marks=marks)]
        copy = Copy(export=asked.export, key=key, across=f"{marker.copy} · {recipient}", stamp=self._stamp,
                    says=f"{said('for', asked.tongue)} {recipient} ({said(asked.recipient_kind, asked.tongue)}). {marker.copy} ({number})")
        size = 0
        for file in found.files:
            content = house.files.read(file.file, file.sha256)
            if content is not None:  # a destroyed key is the deletion: nothing of it goes out
                size += len(content)
                if size > MOST_BYTES:
                    raise Refused("export_large", f"The files are larger than {MOST_BYTES >> 20} MiB together.", f"附件合计超过 {MOST_BYTES >> 20} MiB。", status=422)
                pieces.append(marked_file(file.file, file.media, content, copy))
                sight.shown.setdefault(f"file:{file.file}", set()).add("file")
            else:
                found.records.discard(f"file:{file.file}")
        return pieces, {record: tuple(sorted(sight.shown.get(record, ()))) for record in sorted(found.records | set(sight.shown))}

    def _opened(self, asked: ExportAsked) -> tuple[str, str]:
        """The recipient and the basis, for the copy that goes to that recipient."""
        texts = [self._house.ledger.vault.open(box.record, box.box) if box.box else None for box in (asked.recipient, asked.basis)]
        return texts[0] or "", texts[1] or ""

    def _manifest(self, asked: ExportAsked, approver: str, number: int, found: Gathered, pieces: list[Piece], now: Instant, by: Asker) -> Piece:
        house = self._house
        row = next(kept for kept in house.history(f"export:{asked.export}") if isinstance(kept.fact, ExportAsked))
        recipient, basis = self._opened(asked)
        said = {
            "export": asked.export, "copy": number, "mark": asked.export, "asked_by": row.entry.by, "asked_at": moment(row.entry.known_at),
            "approved_by": approver, "taken_by": by.name, "recipient": recipient, "recipient_kind": asked.recipient_kind, "basis": basis, "what": asked.what,
            "created": moment(now), "expires": moment(asked.expires_at), "rows": _rows(found), "records": len(found.records), "fields": asked.fields,
            "files": [{"name": piece.name, "bytes": len(piece.content), "sha256": piece.sha256, "marked_by": piece.marks} for piece in pieces],
            "ledger": {"checkpoint": house.ledger.checkpoint(), "verifier": house.ledger.verifier,
                       "note": "The ledger's fact access.export-delivered of this copy holds the SHA-256 of this manifest."}}
        return Piece(name="manifest.json", content=msgspec.json.format(msgspec.json.encode(said), indent=1))


def traced(content: bytes, key: bytes, made: tuple[str, ...]) -> Traced:
    """What the marks in a file say: its picture, its letters without width, its choice of words, and last its open words."""
    digest = hashlib.sha256(content).hexdigest()
    if looks_like_picture(content):
        bright = brightness(content)
        found = read_picture(bright, key, made) if bright is not None else None
        if found is None:
            return Traced(layer="none", sha256=digest)
        return Traced(layer="picture", export=found.number, chance=2e-9 * max(1, len(made)), sha256=digest)
    inside = _inside(content)
    pictures = [one for one in inside if looks_like_picture(one)]
    for picture in pictures[:8]:
        one = traced(picture, key, made)
        if one.export:
            return msgspec.structs.replace(one, sha256=digest)
    text = "\n".join(_text(one) for one in inside if not looks_like_picture(one))
    unseen = unhidden(text, key)
    if unseen:
        return Traced(layer="unseen", export=unseen[0], chance=2.0**-20, sha256=digest)
    match = matched(seen(text), {number: packed(number, key) for number in made}, key)
    if match is not None and match.sure:
        return Traced(layer="wording", export=match.number, chance=match.chance, agree=match.agree, seen=match.seen, sha256=digest)
    open_words = told(text)
    if open_words:
        return Traced(layer="told", export=open_words[0], sha256=digest)
    return Traced(layer="none", agree=match.agree if match else 0, seen=match.seen if match else 0, sha256=digest)


def _inside(content: bytes) -> list[bytes]:
    """A file, or the files inside a zip, a spreadsheet's or a text program's parts among them; of each so much and no more."""
    if content[:4] != b"PK\3\4":
        return [content]
    found, size = [], 0
    try:
        with ZipFile(BytesIO(content)) as archive:
            for info in archive.infolist()[:_MOST_INSIDE]:
                size += info.file_size
                if size > _MOST_INSIDE_BYTES:
                    break
                with archive.open(info) as part:
                    found.append(part.read(_MOST_INSIDE_BYTES))
    except (BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError):
        return found
    return found


def _text(content: bytes) -> str:
    """The text of a part, whatever it was saved as; tags of XML and HTML are taken for line ends."""
    coding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    text = content.decode(coding, errors="replace")
    return _TAG.sub("\n", text) if "<" in text[:1_000] else text


def _rows(found: Gathered) -> int:
    return len(found.story.lines) if found.story is not None else len(found.lines)
