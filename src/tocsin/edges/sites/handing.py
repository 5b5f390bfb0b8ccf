"""At a site: commands go to the floor while the line stands, and to the site's own fork of its picture while it is cut."""

import asyncio
import os
import re
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import msgspec
from litestar import Response
from litestar.types import HTTPScope

from tocsin.edges.sites.following import SiteLine
from tocsin.edges.sites.threaded import Lost
from tocsin.edges.sites.wire import MOST_BYTES, Again, Do, Done, No
from tocsin.edges.web.bodies import read_command
from tocsin.edges.web.gate import PURPOSE, Known, stated
from tocsin.edges.web.handing import folded
from tocsin.house import Asker, House, Receipt, role_missing
from tocsin.kernel import Command, Door, Refused

WAIT_S = 20.0
"""How long a command waits for the floor, or for the line to count as cut."""
_MOST = 200
_TOO_LARGE = 8_192


class Fork(Protocol):
    """Who knows whether the site stands by itself at this moment."""

    @property
    def house(self) -> House | None:
        """The house upon the fork, while the line is cut."""

    async def turn(self) -> None:
        """Come back at once while commands may be given; while the site is just joining again, when that is over."""

    def begun(self) -> None:
        """A command has begun."""

    def ended(self) -> None:
        """It has ended."""


class CutOff(Refused):
    """The line is cut and the mandate does not grant this."""

    def __init__(self) -> None:
        super().__init__("site.cut_off", "The line to the floor is cut and this site's mandate does not cover this: nothing was done. Ask the floor by radio, "
                         "or write it on paper and enter it when the line is back.",
                         "与指挥中心的线路已中断，本站点授权不含此操作，未执行。请用电台联系指挥中心，或先用纸单记录，线路恢复后补录。", status=503)


class Handing:
    """Stands at a site where the handing on stands between the nodes of one house."""

    def __init__(self, house: House, line: SiteLine, fork: Fork) -> None:
        self._house, self._line, self._fork = house, line, fork
        self._inside = 0
        self._doors = [(_pattern(door.path), door) for room in house.rooms for door in room.doors if door.verb == "POST"]

    @property
    def needed(self) -> bool:
        """Always: nothing is decided upon the copy."""
        return True

    async def close(self) -> None:
        """Nothing to let go of: the line is closed by whoever opened it."""

    def taken_in(self, scope: HTTPScope) -> bool:
        """Nobody hands a request on to a site; a header that says so is as if it were not there."""
        return False

    async def on(self, scope: HTTPScope, body: bytes, here: Callable[[], Awaitable[Response[Any]]]) -> Response[Any]:
        """What a door is asked goes to the floor or the fork; the edge's own lines (who is signed in here) are this site's."""
        found = next(((door, match.groupdict()) for pattern, door in self._doors if (match := pattern.fullmatch(scope["path"])) is not None), None)
        if found is None or scope["method"] != "POST":
            return await here()
        door, path = found
        known = stated(scope["user"], _header(scope, PURPOSE))
        if known is None or not set(door.roles) & known.asker.roles:
            raise role_missing(door.path, door.roles)
        assert issubclass(door.asks, Command), "a POST takes a command"
        command = read_command(door.asks, body, path)
        if not command.key:  # so that it can be asked again without doing it twice
            command = msgspec.structs.replace(command, key=os.urandom(12).hex())
        if self._inside >= _MOST:
            raise Refused("overloaded", "Too much at once; try again in a moment.", "当前过于繁忙，请稍后再试。", status=503)
        self._inside += 1
        try:
            return Response(msgspec.json.encode(await self._done(door, command, known)), media_type="application/json")
        finally:
            self._inside -= 1

    async def _done(self, door: Door, command: Command, known: Known) -> Receipt:
        loop = asyncio.get_running_loop()
        until_s = loop.time() + WAIT_S
        while loop.time() < until_s:
            await self._fork.turn()
            self._fork.begun()
            try:
                apart = self._fork.house
                if (apart is not None or self._line.cut) and not self._granted(door):
                    raise CutOff
                if apart is not None:
                    roles = frozenset(role for role in known.asker.roles if role in self._line.standing.roles)
                    return await apart.ado(command, msgspec.structs.replace(known.asker, roles=roles))
                receipt = await self._at_floor(door, command, known.asker)
                if receipt is not None:
                    return receipt
            finally:
                self._fork.ended()
            await asyncio.sleep(0.2)
        if self._line.cut:
            raise CutOff
        raise Refused("site.no_answer", "The floor has not answered; nobody knows whether this was done. Try again: it is never done twice.",
                      "指挥中心未答复，无法确认是否已执行。请重试，不会重复执行。", status=503)

    def _granted(self, door: Door) -> bool:
        granted = self._line.standing
        return not granted.withdrawn and door.path in granted.apart

    async def _at_floor(self, door: Door, command: Command, by: Asker) -> Receipt | None:
        """The floor's receipt, once the picture here has come so far; None where no answer came."""
        said = msgspec.json.encode(command)
        if len(said) > MOST_BYTES - _TOO_LARGE:
            raise Refused("too_large", "This is too much for the line to the floor.", "内容超出线路允许的大小。", status=413)
        try:
            told = await self._line.answered(Do(by.name, tuple(sorted(by.roles)), door.path, said, by.purpose))
        except Lost:
            return None
        if isinstance(told, No):
            raise Refused(told.code, told.en, told.zh, field=told.field, status=told.status)
        if isinstance(told, Again) or not isinstance(told, Done):
            return None
        await folded(self._house, max(told.position, told.head))
        return Receipt(position=told.position, subject=told.subject, kept=told.kept, repeated=told.repeated)


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(path)))


def _header(scope: HTTPScope, name: str) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name.encode()), "")
