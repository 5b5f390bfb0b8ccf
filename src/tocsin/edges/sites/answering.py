"""The floor's answers to its sites: who asks is known by their key, has at most what the site's mandate grants, and is answered signed."""

import logging
from collections.abc import Callable

import msgspec

from tocsin.edges.sites.limits import Limits
from tocsin.edges.sites.mandate import Mandate, SiteTable
from tocsin.edges.sites.wire import (
    MOST_BYTES,
    MOST_LINES,
    Again,
    Asked,
    Bundle,
    Conflicted,
    Do,
    Done,
    Fetch,
    Forged,
    Hello,
    Join,
    No,
    Standing,
    Telling,
    Told,
    answer_text,
    read_asked,
    who_asks,
)
from tocsin.house import Asker, House, LedgerFault, Receipt
from tocsin.house.apart import of_site
from tocsin.kernel import Command, Door, Refused, Words
from tocsin.rooms.sites.commands import RaiseConflict

LOG = logging.getLogger("tocsin.sites")
_ROOM_BYTES = 8_192
_MOST_COMMAND = 256 * 1024
_UNREADABLE = Refused("site.unreadable", "This was asked in a form that the floor does not know; its program is older or newer than the site's.",
                      "指挥中心无法识别该请求的格式，双方程序版本可能不一致。", status=422)
_NOT_GRANTED = Refused("site.not_granted", "The floor's mandate for this site does not grant this.", "指挥中心未授权该站点执行此操作。", status=403)
_FOR = {"site": 40, "person": 120}


def bundle(house: House, after: int) -> Bundle | None:
    """The next lines after a position, as many as one message holds; None where there are none. One that is larger goes alone."""
    lines, size = list[bytes](), 0
    told = max(house.ledger.head() - after, 0)  # what is durable already and not told yet has no checkpoint
    for line in house.ledger.lines(after, min(MOST_LINES, told)) if told else ():
        size += len(line) + 8
        if lines and size > MOST_BYTES - _ROOM_BYTES:
            break
        lines.append(line)
    return Bundle(after + 1, lines, house.ledger.note_at(after + len(lines))) if lines else None


class Answering:
    """Answers one question at a time for whoever calls; it may be called from several threads."""

    def __init__(self, house: House, floor: str, table: Callable[[], SiteTable], limits: Limits) -> None:
        self._house, self._floor, self._table, self._limits = house, floor, table, limits
        self._doors: dict[str, Door] = {door.path: door for room in house.rooms for door in room.doors if door.verb == "POST"}

    def answer(self, said: bytes) -> bytes | None:
        """The answer's bytes; None to whoever is not a site of ours, for nobody is told what is wrong with a forgery."""
        try:
            asking = who_asks(said)
            site = self._table().find(asking.site)
            if site is None:
                raise Forged(f"there is no site {asking.site[:20]!r}")
            asked = read_asked(self._floor, asking, site.public)
        except Forged as fault:
            LOG.warning("a question that no site of ours signed: %s", fault)
            return None
        body = msgspec.msgpack.encode(self._told(site, asked))
        return msgspec.msgpack.encode(Telling(body, self._house.ledger.vouch(answer_text(self._floor, site.name, asking.nonce, body))))

    def _told(self, site: Mandate, asked: Asked) -> Told:
        if not self._house.ledger.leads or not self._limits.grants(site, asked):
            return Again()
        try:
            match asked:
                case Hello():
                    return Standing(self._house.ledger.head(), site.roles, () if site.withdrawn else site.apart, site.withdrawn)
                case Fetch():
                    return bundle(self._house, max(asked.after, 0)) or Again()
                case Do():
                    return self._do(site, asked)
                case Join():
                    return self._join(site, asked)
        except Refused as no:
            return Again() if isinstance(asked, Join) else _no(no)
        except LedgerFault as fault:
            LOG.error("a site could not be answered: %s", fault.code)
            return Again()

    def _do(self, site: Mandate, asked: Do) -> Told:
        if site.withdrawn:
            return _no(_NOT_GRANTED)
        return _done(self._house.do(self._command(asked.door, asked.command), self._asker(site, asked)), self._house.ledger.head())

    def _join(self, site: Mandate, asked: Join) -> Told:
        """Kept once under its key; or, where it is refused for a reason that will not go away, kept once as a conflict. Never both: the conflict is looked for first."""
        house, whole = self._house, f"site:{site.name}.{asked.fork}-{asked.number}"
        before = house.kept_by(whole)
        if before is not None:
            return Conflicted(before.subject.removeprefix("conflict:"), before.position)
        command: Command | None = None
        try:
            if site.withdrawn or asked.door not in site.apart:
                raise _NOT_GRANTED
            command = msgspec.structs.replace(self._command(asked.door, asked.command), key=asked.key, happened_at=asked.done_at)
            return _done(house.do(command, self._asker(site, asked)), house.ledger.head())
        except Refused as no:
            if no.status >= 500 or no.status == 429:
                return Again()
            kept = house.keep_own(_conflict(site.name, asked, command, no), Asker(of_site("site", site.name), frozenset()), "response", whole)
            return Conflicted(kept.subject.removeprefix("conflict:"), kept.position)

    def _command(self, door: str, said: bytes) -> Command:
        known = self._doors.get(door)
        if known is None or len(said) > _MOST_COMMAND:
            raise _UNREADABLE
        assert issubclass(known.asks, Command), "a POST takes a command"
        try:
            return msgspec.json.decode(said, type=known.asks)
        except msgspec.DecodeError as error:
            raise _UNREADABLE from error

    def _asker(self, site: Mandate, asked: Do | Join) -> Asker:
        if not asked.person or len(asked.person) > _FOR["person"]:
            raise _UNREADABLE
        return Asker(of_site(asked.person, site.name), frozenset(role for role in site.roles if role in asked.roles), purpose=asked.purpose[:40])


def _conflict(site: str, asked: Join, command: Command | None, no: Refused) -> RaiseConflict:
    about = command or object()
    return RaiseConflict(conflict=f"{site}.{asked.fork}-{asked.number}", site=site, person=asked.person[:_FOR["person"]], door=asked.door[:120], done_at=asked.done_at,
                         code=no.code, says=Words(no.words.en, no.words.zh), command=asked.command.decode("utf-8", "replace"),
                         incident=str(getattr(about, "incident", "") or getattr(about, "call", ""))[:60], unit=str(getattr(about, "unit", ""))[:60])


def _done(receipt: Receipt, head: int) -> Done:
    return Done(receipt.position, receipt.subject, receipt.kept, receipt.repeated, head)


def _no(no: Refused) -> No:
    return No(no.code, no.words.en, no.words.zh, no.status, no.field)
