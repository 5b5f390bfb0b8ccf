"""A site as it is served: the web edge over the copy, and while the line is cut another over the fork; each request goes to the one that counts."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from tocsin.edges.sites.following import SiteLine
from tocsin.edges.sites.handing import Handing
from tocsin.edges.sites.standing import Standing
from tocsin.edges.web.app import Web
from tocsin.edges.web.people import People
from tocsin.edges.web.sessions import Sessions
from tocsin.house import House

LOG = logging.getLogger("tocsin.sites")
_ENDS_S = 15.0


class Lifespan:
    """Starts and ends an application as a server would, for one that comes and goes while the server runs."""

    def __init__(self, web: Web) -> None:
        self._web = web
        self._said: asyncio.Queue[dict[str, str]] = asyncio.Queue()
        self._heard: asyncio.Queue[Any] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start it; raises where it could not."""
        self._task = asyncio.create_task(self._web({"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}, self._said.get, self._heard.put))
        await self._say("lifespan.startup")

    async def end(self) -> None:
        """End it, and its house with it."""
        self._web.live.stop()
        await self._say("lifespan.shutdown")
        if self._task is not None:
            await self._task

    async def _say(self, what: str) -> None:
        await self._said.put({"type": what})
        heard = await asyncio.wait_for(self._heard.get(), _ENDS_S)
        if heard["type"] != f"{what}.complete":
            raise RuntimeError(f"{what}: {heard.get('message', '')[-300:]}")


class SiteWeb(Web):
    """Stands where one Web stands. The copy's edge is there all the time; the fork's comes and goes."""

    def __init__(self, copy: Web, over: Callable[[House], Web], standing: Standing, line: SiteLine) -> None:
        super().__init__(copy._gate, copy._requests, copy.live, copy.litestar, copy.menu, copy.links, copy.ticking, copy.taking, copy.reaches, copy.signer, copy.called)
        self._copy, self._made, self._standing, self._line = copy, over, standing, line
        self._fork: tuple[Web, Lifespan] | None = None
        self._inside: dict[Web, int] = {}
        self._task: asyncio.Task[None] | None = None
        self._leaving: set[asyncio.Task[None]] = set()
        standing.shown = self._show

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(scope, receive, send)
            return
        web = self._fork[0] if self._fork is not None else self._copy
        self._inside[web] = self._inside.get(web, 0) + 1
        try:
            await web(scope, receive, send)
        finally:
            self._inside[web] -= 1

    def end_streams(self) -> None:
        self._copy.live.stop()
        if self._fork is not None:
            self._fork[0].live.stop()

    async def _lifespan(self, scope: Any, receive: Any, send: Any) -> None:
        async def heard() -> Any:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._line.start()
                self._task = asyncio.create_task(self._standing.run())
            else:
                await self._stop()
            return message

        await self._copy(scope, heard, send)

    async def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await asyncio.to_thread(self._line.close)
        await self._standing.close()
        await asyncio.gather(*self._leaving)

    async def _show(self, house: House | None) -> None:
        """People work on this house from now on; None: the copy. Streams of the other end, and begin again at this one by themselves."""
        before = self._fork
        if house is not None:
            web = self._made(house)
            life = Lifespan(web)
            await life.start()
            self._fork = (web, life)
            self._copy.live.end_all()
            return
        self._fork = None
        if before is not None:
            before[0].live.stop()
            task = asyncio.create_task(self._leave(*before))
            self._leaving.add(task)
            task.add_done_callback(self._leaving.discard)

    async def _leave(self, web: Web, life: Lifespan) -> None:
        """Close the fork's house once nobody reads there any more."""
        loop = asyncio.get_running_loop()
        until_s = loop.time() + _ENDS_S
        while self._inside.get(web) and loop.time() < until_s:
            await asyncio.sleep(0.05)
        self._inside.pop(web, None)
        try:
            await life.end()
        except Exception:
            LOG.exception("the fork's house could not be closed in order")


def site_web(house: House, line: SiteLine, standing: Standing, people: People, edge: Callable[..., Web]) -> SiteWeb:
    """The whole edge of a site. `edge` makes the web edge of one house; both of its houses share who is signed in, and hand on the same way."""
    handing, sessions = Handing(house, line, standing), Sessions(people.folder, people.clock, people.papers)
    over = partial(edge, people=people, handing=handing, sessions=sessions, parts=standing.parts)
    return SiteWeb(over(house), over, standing, line)
