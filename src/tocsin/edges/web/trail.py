"""The person's own view, open to whoever has number and code: slow for those who guess, and every no the same after the same time."""

import asyncio
from collections.abc import Callable
from typing import Annotated, TypeVar

import msgspec
from litestar import Response
from msgspec import Meta

from tocsin.edges.web.attempts import Attempts
from tocsin.edges.web.bodies import read_command
from tocsin.edges.web.menu import Answer, Asked, Line
from tocsin.edges.web.problems import refusal
from tocsin.house import House
from tocsin.house.proving import Proof
from tocsin.house.trail import GIVE, MAY_GIVE, CodeGiven, Trails
from tocsin.kernel import Clock, Command, Refused
from tocsin.rooms.access.views import OwnTrail

T = TypeVar("T")
_NO_AFTER_S = 0.25
_BODY_BYTES = 2_048


class GiveTrailCode(Command, frozen=True, kw_only=True):
    """Make a code by which the person of this call reads who was shown their record; it is shown once, and ends the one before."""

    call: Annotated[str, Meta(min_length=1, max_length=24)]


class OpenTrail(Command, frozen=True, kw_only=True):
    """The number of one's call or incident, and the code that one was given for it."""

    call: Annotated[str, Meta(min_length=1, max_length=24)]
    code: Annotated[str, Meta(min_length=1, max_length=24)]


class TrailLines:
    """Tries are counted by number and address, by number alone, and by address alone; whether the number exists makes no difference."""

    def __init__(self, house: House, clock: Clock) -> None:
        self._lanes, self._trails = house.lanes, Trails(house)
        self._of_numbers, self._of_addresses = Attempts(clock), Attempts(clock)

    def lines(self) -> list[Line]:
        """All three lines."""
        return [
            Line(verb="POST", path=GIVE, roles=MAY_GIVE, purpose="access", asks=GiveTrailCode, act=self.give, answers=CodeGiven,
                 says="Make a code by which the person of this call reads who was shown their record; it is shown once."),
            Line(verb="POST", path="/api/trail", roles=None, purpose="access", asks=OpenTrail, act=self.read, answers=OwnTrail, body_bytes=_BODY_BYTES,
                 says="With a number and its code: who was shown this record, when, as what and for which purpose; the reading is kept."),
            Line(verb="POST", path="/api/trail/proof", roles=None, purpose="access", asks=OpenTrail, act=self.proof, answers=Proof, body_bytes=_BODY_BYTES,
                 says="With a number and its code: the proof of every place in the log that belongs to this record; `tocsin audit check-proof` reads it."),
        ]

    async def give(self, asked: Asked) -> Answer:
        assert asked.known is not None
        command = read_command(GiveTrailCode, asked.body, asked.path)
        return await self._lanes.run("look", self._trails.give, command.call, asked.known.asker)

    async def read(self, asked: Asked) -> Answer:
        return await self._tried(asked, self._trails.read)

    async def proof(self, asked: Asked) -> Answer:
        proof = await self._tried(asked, self._trails.proof)
        return Response(msgspec.json.encode(proof), media_type="application/json", headers={"cache-control": "no-store"})

    async def _tried(self, asked: Asked, work: Callable[[str, str], T]) -> T:
        """What a right code gives. A wrong one counts, and is answered when a set time is over, whatever was wrong."""
        opening, since = read_command(OpenTrail, asked.body, asked.path), asyncio.get_running_loop().time()
        call, address = opening.call.strip(), asked.address
        if self._of_numbers.waits(call, address):
            raise refusal(429)
        self._of_addresses.begin(address, address)
        self._of_numbers.begin(call, address)
        try:
            found = await self._lanes.run("later", work, call, opening.code)
        except Refused as no:
            if no.code == "trail_code_wrong":
                await asyncio.sleep(max(0.0, since + _NO_AFTER_S - asyncio.get_running_loop().time()))
            else:
                self._of_numbers.succeeded(call, address)  # the code was right; what is refused is something else
                self._of_addresses.succeeded(address, address)
            raise
        self._of_numbers.succeeded(call, address)
        self._of_addresses.succeeded(address, address)
        return found
