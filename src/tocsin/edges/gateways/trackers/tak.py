"""Phones with ATAK or iTAK: they say who they are, tell where they are, and are shown units and incidents as long as their unit is on duty."""

import asyncio
from contextlib import suppress

from tocsin.edges.gateways.trackers.cot import PING, Pieces, Said, read
from tocsin.edges.gateways.trackers.drawing import STALE_S, Drawing
from tocsin.edges.gateways.trackers.listening import FIRST_S, QUIET_S, Shown
from tocsin.edges.gateways.trackers.points import Garbage
from tocsin.edges.gateways.trackers.taking import Taking
from tocsin.edges.web.credentials import Device
from tocsin.edges.web.quota import Allowance, Buckets
from tocsin.kernel import Refused

PROTOCOL = "cot"
_READ = 16 * 1024
_EVERY_S = 2.0
"""How often a phone is told what changed."""
_AGAIN_S = STALE_S / 4
_UNSENT_BYTES = 512 * 1024
"""A phone that takes nothing any more is given up here; it comes again and is shown everything."""
_MESSAGES = Allowance(300, 10)
_WAIT_S = 0.5
_SHOWN: str = "responder"


class Phones:
    """Talks with phones. One of a key with the role of a responder is shown the floor; of a device alone it only tells where it is."""

    def __init__(self, taking: Taking, drawing: Drawing) -> None:
        self._taking, self._drawing = taking, drawing
        self._buckets = Buckets(lambda: round(asyncio.get_running_loop().time() * 1_000_000))

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, shown: Shown) -> None:
        """One connection, to its end."""
        pieces, waiting = Pieces(), list[bytes]()
        async with asyncio.timeout(FIRST_S):
            while not waiting:
                came = await reader.read(_READ)
                if not came:
                    return
                waiting = self._cut(pieces, came, None)
        key, uid, device = self._who(waiting.pop(0))
        shown(device)
        showing = asyncio.ensure_future(self._show(key, device, writer)) if _SHOWN in device.roles else None
        try:
            while True:
                for piece in waiting:
                    await self._hear(key, uid, device, piece, writer)
                async with asyncio.timeout(QUIET_S):
                    came = await reader.read(_READ)
                if not came or (showing is not None and showing.done()):
                    return
                waiting = self._cut(pieces, came, device)
        finally:
            if showing is not None:
                showing.cancel()
                with suppress(asyncio.CancelledError, OSError, Refused):
                    await showing

    def _cut(self, pieces: Pieces, came: bytes, device: Device | None) -> list[bytes]:
        try:
            return pieces.cut(came)
        except Garbage as fault:
            raise self._taking.garbage(PROTOCOL, fault, device) from fault

    def _who(self, piece: bytes) -> tuple[str, str, Device]:
        """The key, the phone's own uid and whose key it is, by its first message; Refused."""
        said = self._read(piece, None)
        number, key = said.auth or ("", "")
        device = self._taking.device(PROTOCOL, key)
        if number != device.number or not said.uid:
            raise self._taking.refused(PROTOCOL, Refused("tracker_other", "This key is another tracker's than the message names.", "消息所称终端与密钥不符。", status=403), device)
        return key, said.uid, device

    def _read(self, piece: bytes, device: Device | None) -> Said:
        try:
            return read(piece)
        except Garbage as fault:
            raise self._taking.garbage(PROTOCOL, fault, device) from fault

    async def _hear(self, key: str, uid: str, device: Device, piece: bytes, writer: asyncio.StreamWriter) -> None:
        while not self._buckets.take((device.key_sha256, PROTOCOL), _MESSAGES):
            await asyncio.sleep(_WAIT_S)
        said = self._read(piece, device)
        if said.kind == PING:
            writer.write(self._drawing.pong())
            await writer.drain()  # who asks and does not listen is asked no more
            return
        try:
            self._taking.take(PROTOCOL, self._taking.device(PROTOCOL, key), said.heard(uid))
        except Refused as no:
            if no.code != "tracker_flood":
                raise

    async def _show(self, key: str, device: Device, writer: asyncio.StreamWriter) -> None:
        """Tell what changed, and everything again before it is stale, while the phone's unit is on duty; take it all away when it no longer is."""
        loop, told, again_s = asyncio.get_running_loop(), dict[str, str](), 0.0
        while True:
            self._taking.device(PROTOCOL, key)
            unit, now_s = self._taking.unit(device), loop.time()
            drawn = {} if isinstance(unit, str) else self._drawing.now(unit.id)
            whole = now_s >= again_s
            again_s = now_s + _AGAIN_S if whole else again_s
            writer.writelines([self._drawing.gone(uid) for uid in told if uid not in drawn])
            writer.writelines([sent for uid, (stands, sent) in drawn.items() if whole or told.get(uid) != stands])
            told = {uid: stands for uid, (stands, _) in drawn.items()}
            if writer.transport.get_write_buffer_size() > _UNSENT_BYTES:
                writer.transport.abort()
                return
            await asyncio.sleep(_EVERY_S)
