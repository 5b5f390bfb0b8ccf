"""The second hand: the house is told that time passes and looks at itself, once a second each, in a thread of its own, never twice at once."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from tocsin.house import House
from tocsin.kernel import Refused

LOG = logging.getLogger("tocsin.web")
_EVERY_S = 1.0


class Ticking:
    """Calls `also` and `house.tick` while the application is served; a tick that takes longer than a second puts the next one off.

    The house's own pulse beats beside it, so that it goes on where a tick hangs on a database that does not answer.
    """

    def __init__(self, house: House, also: Callable[[], None]) -> None:
        self._house, self._also = house, also
        self._stopped = asyncio.Event()
        self.over: Callable[[], None] = lambda: None
        """What is called, once, when the house must not go on: whoever serves it ends."""
        self._task: asyncio.Task[None] | None = None
        self._beating: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, on the loop that serves."""
        self._task = asyncio.get_running_loop().create_task(self._run())
        self._beating = asyncio.get_running_loop().create_task(self._beat())

    async def stop(self) -> None:
        """End, and wait for the tick that is under way, so that none meets a closed house."""
        self._stopped.set()
        for task in (self._task, self._beating):
            if task is not None:
                await task

    async def _run(self) -> None:
        while True:
            try:
                await asyncio.wait_for(self._stopped.wait(), _EVERY_S)
            except TimeoutError:
                if self._house.fault is not None:
                    self.over()
                    return
                await self._tick()
            else:
                return

    async def _beat(self) -> None:
        while True:
            try:
                await asyncio.wait_for(self._stopped.wait(), _EVERY_S)
            except TimeoutError:
                try:
                    await asyncio.to_thread(self._house.pulse.beat)
                except Exception:
                    LOG.exception("a look at ourselves failed; the next one is tried in a second")
            else:
                return

    async def _tick(self) -> None:
        try:
            with suppress(Refused):  # the papers cannot be read now: the next second asks again
                await asyncio.to_thread(self._also)
            await asyncio.to_thread(self._house.tick)
        except Exception:
            LOG.exception("a tick failed; the next one is tried in a second")
