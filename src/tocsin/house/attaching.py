"""Files on an incident, in and out: cleaned, sealed and on the disk before the fact; opened only after the showing is kept."""

import hashlib
from threading import Lock

import msgspec

from tocsin.engines.attachments import cleaned, small
from tocsin.facts.dispatch import FileAttached
from tocsin.house.asker import Asker, Receipt
from tocsin.house.checks import role_missing
from tocsin.house.envelope import opened
from tocsin.house.house import House
from tocsin.house.showing import Place, must_show
from tocsin.kernel import Instant, Refused, Role
from tocsin.rooms.dispatch.commands import AttachFile
from tocsin.rooms.dispatch.model import MOST_FILES

MAY_ATTACH: tuple[Role, ...] = ("call_taker", "dispatcher", "supervisor", "responder")
MAY_OPEN: tuple[Role, ...] = (*MAY_ATTACH, "auditor")
ATTACH, OPEN = "/api/incidents/{incident}/files", "/api/files/{file}"
_PURPOSE = "response"
_OPENING = Place(OPEN, MAY_OPEN, (_PURPOSE, "oversight"), glass=True)
_MOST_NAME = 200


class Opened(msgspec.Struct, frozen=True):
    """An opened file: its bytes as they were kept (or a small picture of it), what they are, and the sender's name for them."""

    content: bytes
    media: str
    name: str


class Attaching:
    """Takes files in and gives them out. One picture is drawn at a time: each may fill a good part of the memory."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._drawing = Lock()

    def attach(self, incident: str, content: bytes, name: str, by: Asker, key: str = "", *,
               happened_at: Instant | None = None) -> Receipt:
        """Keep a file on an incident; the receipt's subject is `file:<number>`. A key that was kept before changes nothing."""
        if not by.roles & set(MAY_ATTACH):
            raise role_missing(ATTACH, MAY_ATTACH)
        house, whole_key = self._house, by.keyed(key)
        if whole_key and (before := house.kept_by(whole_key)) is not None:
            return before
        self._has_room(incident)
        with self._drawing:
            clean = cleaned(content)
        number = house.number("file")
        sha256 = house.files.put(number, clean.content)
        command = AttachFile(incident=incident, file=number, sha256=sha256, original_sha256=hashlib.sha256(content).hexdigest(), media=clean.media,
                             size=len(clean.content), width=clean.width, height=clean.height, stripped=clean.stripped, length_ms=clean.length_ms, name=_told(name),
                             happened_at=happened_at)
        try:
            receipt = house.keep_own(command, by, _PURPOSE, whole_key)
        except Refused as no:
            if no.status < 500:  # else nobody can say yet whether the fact was kept; the next start looks
                house.files.drop(number)
            raise
        if receipt.repeated:
            house.files.drop(number)
        else:
            house.files.settle(number)
        return receipt

    def open(self, number: str, by: Asker, *, as_small: bool = False) -> Opened:
        """A file's bytes. That they are shown, to whom and why, is kept first. A responder opens what they attached themselves."""
        house = self._house
        showing = house.showing(by, _OPENING)
        kept = next((one for one in house.history(f"file:{number}") if isinstance(one.fact, FileAttached)), None)
        if kept is None or (by.roles <= {"responder"} and kept.entry.by != by.name):  # another's file is no more told of than none
            raise Refused("file_unknown", f"there is no file {number}", f"没有文件 {number}", field="file", status=404)
        fact = kept.fact
        assert isinstance(fact, FileAttached)
        must_show(house.policy, showing, "file", by)
        content = house.files.read(fact.file, fact.sha256)
        if content is None:
            raise Refused("file_destroyed", "The key of this file was destroyed: nobody can read it any more.",
                          "该文件的密钥已销毁，任何人都无法再读取。", field="file", status=410)
        if as_small and not fact.media.startswith("image/"):
            raise Refused("file_not_picture", "Only a picture has a small form.", "只有图片有缩略图。", field="small", status=422)
        name = opened(fact.name, house.ledger.vault) or fact.file
        house.keep_shown(by, showing, OPEN, {f"file:{fact.file}": {"file"}}, fact.incident)
        if as_small:
            with self._drawing:
                return Opened(small(content), "image/jpeg", name)
        return Opened(content, fact.media, name)

    def _has_room(self, incident: str) -> None:
        """Say no before a file is drawn; the room decides once more, on the history as it then is."""
        row = self._house.rows("incident").get(incident)
        held = sum(isinstance(one.fact, FileAttached) for one in self._house.history(f"incident:{incident}"))
        if held >= MOST_FILES:
            raise Refused("files_full", f"Incident {incident} already has {held} files, as many as it can hold.", f"警情 {incident} 已有 {held} 个附件，达到上限。")
        if row is None and not self._house.history(f"incident:{incident}"):
            raise Refused("incident_unknown", f"there is no incident {incident}", f"没有警情 {incident}", field="incident", status=404)


def _told(name: str) -> str:
    """A sender's name for a file: its last part, without control characters; nothing here ever makes a path of it."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in last if letter.isprintable())[:_MOST_NAME].strip()

