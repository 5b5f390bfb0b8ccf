"""The second hand: the house is told that time passes, once a second, in a thread of its own, never twice at once."""

import asyncio
import logging

from tocsin.house import House

LOG = logging.getLogger("tocsin.web")
_EVERY_S = 1.0


class Ticking:
    """Calls `house.tick` while the application is served; a tick that takes longer than a second puts the next one off."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._stopped = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, on the loop that serves."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """End, and wait for the tick that is under way, so that none meets a closed house."""
        self._stopped.set()
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        while True:
            try:
                await asyncio.wait_for(self._stopped.wait(), _EVERY_S)
            except TimeoutError:
                await self._tick()
            else:
                return

    async def _tick(self) -> None:
        try:
            await asyncio.to_thread(self._house.tick)
        except Exception:
            LOG.exception("a tick failed; the next one is tried in a second")
