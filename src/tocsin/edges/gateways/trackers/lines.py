"""Receivers over TCP: the first line is the tracker's key and nothing else, each line after it a sentence of NMEA 0183."""

import asyncio

from tocsin.edges.gateways.trackers.listening import FIRST_S, QUIET_S, Shown
from tocsin.edges.gateways.trackers.nmea import Receiver
from tocsin.edges.gateways.trackers.points import Garbage, Heard
from tocsin.edges.gateways.trackers.taking import Taking
from tocsin.edges.web.quota import Allowance, Buckets
from tocsin.kernel import Refused

PROTOCOL = "nmea"
MOST_WRONG = 50
"""Lines that are garbage before a connection is given up: a serial line drops some, what is none of ours is nothing else."""
_LINES = Allowance(1_000, 100)
"""A receiver that tells ten positions a second sends about eighty lines for them; whoever sends more waits, and nobody else does."""
_WAIT_S = 0.5


class Lines:
    """Talks with receivers."""

    def __init__(self, taking: Taking) -> None:
        self._taking, self._buckets = taking, Buckets(lambda: round(asyncio.get_running_loop().time() * 1_000_000))

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, shown: Shown) -> None:
        """One connection, to its end. Nothing is ever answered: receivers do not listen."""
        async with asyncio.timeout(FIRST_S):
            key = (await reader.readline()).strip().decode("ascii", "replace")
        device, receiver, wrong = self._taking.device(PROTOCOL, key), Receiver(), 0
        shown(device)
        while wrong < MOST_WRONG:
            async with asyncio.timeout(QUIET_S):
                line = await reader.readline()
            if not line:
                return
            while not self._buckets.take((device.key_sha256, PROTOCOL), _LINES):
                await asyncio.sleep(_WAIT_S)
            try:
                heard = receiver.read(line, self._taking.now())
            except Garbage as fault:
                self._taking.garbage(PROTOCOL, fault, device)
                wrong += 1
                continue
            if heard.points:
                self._taken(key, heard)

    def _taken(self, key: str, heard: Heard) -> None:
        """Ask once more whose key it is: one that was revoked a moment ago is nobody's now."""
        device = self._taking.device(PROTOCOL, key)
        try:
            self._taking.take(PROTOCOL, device, heard)
        except Refused as no:
            if no.code != "tracker_flood":
                raise
