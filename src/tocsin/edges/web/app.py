"""The application: the menu's lines as Litestar routes behind the gate, the live stream and the files beside them."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from functools import cache, partial
from pathlib import Path
from typing import Any

import msgspec
from litestar import Litestar, Request, Response, asgi
from litestar.exceptions import HTTPException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.handlers import ASGIRouteHandler, HTTPRouteHandler
from litestar.types import Receive, Scope, Send

from tocsin.edges.gateways.calling.reaches import Reaches
from tocsin.edges.gateways.calling.sealed_push import Signer
from tocsin.edges.gateways.trackers.taking import Taking
from tocsin.edges.paper.contents import Contacts
from tocsin.edges.paper.printing import faces_in
from tocsin.edges.paper.stamping import Stamper
from tocsin.edges.traces import Tracing
from tocsin.edges.web import handbook, openapi, past, proofs, rooms, tracks
from tocsin.edges.web.account import Account
from tocsin.edges.web.aid import AidLines
from tocsin.edges.web.attached import AttachedLines
from tocsin.edges.web.bare import BODY_S, Bare
from tocsin.edges.web.calling import CallingLines
from tocsin.edges.web.coming import Coming
from tocsin.edges.web.council import CouncilLines
from tocsin.edges.web.duty import DutyLines
from tocsin.edges.web.entering import Entering
from tocsin.edges.web.files import Shelf
from tocsin.edges.web.gate import PURPOSE, Gate, Known, stated
from tocsin.edges.web.handing import Handed, Handing
from tocsin.edges.web.health import Part
from tocsin.edges.web.joining import Joining
from tocsin.edges.web.links import Links
from tocsin.edges.web.live import Live
from tocsin.edges.web.menu import Answer, Asked, Line, admit
from tocsin.edges.web.oidc import Oidc, OidcTable
from tocsin.edges.web.outflow import OutflowLines
from tocsin.edges.web.own import LIVE, Own
from tocsin.edges.web.pack import Packs
from tocsin.edges.web.people import STAFF, People
from tocsin.edges.web.posts import PostTable
from tocsin.edges.web.private import CREDENTIALS_KEY, Sealing, key_file
from tocsin.edges.web.problems import answer, refusal
from tocsin.edges.web.quota import Quotas
from tocsin.edges.web.requests import Requests, seen_of
from tocsin.edges.web.sessions import Sessions
from tocsin.edges.web.staff import Staff
from tocsin.edges.web.ticking import Ticking
from tocsin.edges.web.tlog import TlogLines
from tocsin.edges.web.tracker_list import TrackerList
from tocsin.edges.web.trackers import TrackerLines
from tocsin.edges.web.trail import TrailLines
from tocsin.engines.attachments.cleaning import too_large
from tocsin.house import Follows, House, OutflowTable, PositionRow
from tocsin.rooms.calling.model import NOBODY, CallingTable

_LOCAL = ("localhost", "127.0.0.1", "[::1]")
_RAW_S = 120.0
_MOST_RAW = 6
_NO_CONTACTS = Contacts()
_NO_POSTS = PostTable()
_CITY = Line(verb="GET", path="/city/", roles=STAFF, purpose="response", says="The city's map and places, as files.")


class Web:
    """The application as an ASGI callable, and what the one who serves it must be able to do: end its streams."""

    def __init__(self, gate: Gate, requests: Requests, live: Live, litestar: Litestar, menu: list[Line], links: Links, ticking: Ticking, taking: Taking,
                 reaches: Reaches, signer: Callable[[], Signer], called: Counter[tuple[str, str]]) -> None:
        self._gate, self._requests, self.live, self.litestar, self.menu, self.links, self.ticking, self.taking = gate, requests, live, litestar, menu, links, ticking, taking
        self.reaches, self.signer, self.called = reaches, signer, called

    def listens(self, start: Callable[[], Awaitable[None]], stop: Callable[[], Awaitable[None]]) -> None:
        """Another door of this edge, which opens and shuts with it."""
        self.litestar.on_startup.append(start)
        self.litestar.on_shutdown.insert(0, stop)

    def end_streams(self) -> None:
        """End every live stream, with the reason, so that nobody's open stream holds up the end."""
        self.live.stop()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await (self.litestar if scope["type"] == "lifespan" else self._requests)(scope, receive, send)


def app(house: House, *, people: People, console: Path | None, city_folder: Path, demo: bool, hosts: Iterable[str] = (),
        contacts: Contacts = _NO_CONTACTS, outflow: OutflowTable | None = None, posts: PostTable = _NO_POSTS, city_sign_in: OidcTable | None = None,
        tracing: Tracing | None = None, parts: Callable[[], tuple[Part, ...]] = tuple, handing: Handed | None = None, sessions: Sessions | None = None,
        done: Iterable[Callable[[], None]] = (), calling: CallingTable = NOBODY, loopback: bool = False, pages: tuple[handbook.HandbookPage, ...] = ()) -> Web:
    """The web edge of a house. `parts` says how more things stand that it leans on, `handing` hands on what another house decides,
    `sessions` are those of another edge that stands here at other times, `done` is called as it ends, before the house closes. `pages` are the handbook's, `calling` says by what people are called, and `loopback` lets pushes go to this machine, for tests. `console` is the built console's folder, `hosts` are names beside localhost that it answers to."""
    sessions = sessions or Sessions(people.folder, people.clock, people.papers)

    def keep_up() -> None:
        people.papers.look()
        sessions.exchange()

    live, ticking, quotas = Live(house), Ticking(house, keep_up), Quotas(people.clock)
    handing = handing or Handing(house, people.folder)
    shelf = Shelf(console, city_folder)
    menu: list[Line] = []
    coming = Coming(house, people, sessions, live, posts)
    own = Own(house, coming, demo=demo, menu=lambda: menu, description=lambda: described)
    requests = Requests(lambda scope, receive, send: gate(scope, receive, send), tracing)
    if tracing is not None:
        house.lanes.spanned = house.ledger.spanned = tracing.inside
    taking = Taking(house, people)
    trackers = TrackerLines(taking)
    reaches = Reaches(people.papers, Sealing(people.folder), people.clock, lambda name: people.find(name) is not None)
    signer = cache(lambda: Signer(key_file(people.folder / CREDENTIALS_KEY)))
    sendings: Counter[tuple[str, str]] = Counter()
    called = CallingLines(house, coming, calling, reaches, signer, loopback=loopback)
    packs = Packs(house, people.folder, console, contacts, demo=demo)
    menu += [*Entering(coming, Oidc(city_sign_in, coming) if city_sign_in else None).lines(), *Joining(coming).lines(), *Account(coming).lines(),
             *Staff(coming, lambda: menu, reaches.forget, reaches.ways).lines(), *own.lines(), *packs.lines(), *past.lines(house), *tracks.lines(house), *handbook.lines(pages), *AttachedLines(house).lines(), *CouncilLines(house, people.folder, console, demo=demo).lines(),
             *TlogLines(house).lines(), *proofs.lines(house), *OutflowLines(house, outflow, Stamper(faces_in(console), people.folder / "faces")).lines(),
             *TrailLines(house, people.clock).lines(), *AidLines(house).lines(), *DutyLines(house, people.folder, city_folder, live, requests, parts=lambda: (*parts(), *trackers.parts(), *called.parts()), trackers=taking.counts, sendings=sendings).lines(), *trackers.lines(), *TrackerList(taking).lines(), *called.lines(), *rooms.lines(house)]
    described = openapi.describe(menu, [*(picture.row_type for room in house.rooms for picture in room.pictures if not picture.inner), PositionRow])
    litestar = Litestar(
        [*(_route(house, quotas, handing, line, line.act) for line in menu if line.act is not None),
         *(_stream(live, quotas, line, coming) for line in menu if line.path == LIVE), *_files(shelf)],
        exception_handlers={Exception: answer, HTTPException: answer}, openapi_config=None, logging_config=None,
        on_startup=[live.start, ticking.start], on_shutdown=[live.stop, ticking.stop, packs.settle, coming.keep_refused, handing.close, *done, house.close, *((tracing.close,) if tracing else ())])
    open_paths = frozenset(line.path for line in menu if line.roles is None and "{" not in line.path) | shelf.open.keys()
    open_under = tuple(line.path.partition("{")[0] for line in menu if line.roles is None and line.deep)
    gate = Gate(Bare(litestar, menu, handing), people=people, sessions=sessions, hosts=(*_LOCAL, *hosts),
                is_open=lambda method, path: path in open_paths or path.startswith(open_under), bare=(line.path for line in menu if line.bare), handing=handing, head=house.ledger.head)
    return Web(gate, requests, live, litestar, menu, coming.links, ticking, taking, reaches, signer, sendings)


def _route(house: House, quotas: Quotas, handing: Handed, line: Line, act: Callable[[Asked], Awaitable[Answer]]) -> HTTPRouteHandler:
    turns = _MOST_RAW

    async def handle(request: Request[Any, Any, Any]) -> Response[Any]:
        nonlocal turns
        seen_of(request.scope).door = line.path
        known = stated(request.scope["user"], request.headers.get(PURPOSE, ""))
        if not line.raw:
            return await there_or_here(request, known)
        admitted(known)
        if not turns:
            raise refusal(503)
        turns -= 1
        try:
            return await there_or_here(request, known)
        finally:
            turns += 1

    async def there_or_here(request: Request[Any, Any, Any], known: Known | None) -> Response[Any]:
        if handing.needed and not line.here:  # the leader admits: it alone knows what was proved a moment ago
            return await handing.on(request.scope, await _body(request, line) if line.verb == "POST" else b"", partial(here, request, known))
        try:
            return await here(request, known)
        except Follows:
            if line.verb != "GET":
                raise
            return await handing.on(request.scope, b"", partial(here, request, known))

    async def here(request: Request[Any, Any, Any], known: Known | None) -> Response[Any]:
        admitted(known)
        quotas.take(known, line)
        return await answered(request, known)

    def admitted(known: Known | None) -> None:
        admit(line, known, broken=line.glass and known is not None and house.broken(known.asker))

    async def answered(request: Request[Any, Any, Any], known: Known | None) -> Response[Any]:
        said = await act(Asked(
            known, dict(request.path_params),
            tuple(request.query_params.multi_items()) if request.scope["query_string"] else (),
            await _body(request, line) if line.verb == "POST" else b"",
            request.client.host if request.client else "", request.scope["scheme"] == "https",
            request.headers.get("host", ""), request.headers.get("user-agent", ""), request.headers.get("cookie", ""),
            {name: request.headers[name] for name in line.heads if name in request.headers}, seen_of(request.scope).shows))
        return said if isinstance(said, Response) else Response(msgspec.json.encode(said), media_type="application/json")

    path = line.path.replace("}", ":path}" if line.deep else ":str}")
    return HTTPRouteHandler(path, http_method=line.verb, status_code=200, request_max_body_size=line.body_bytes,
                            include_in_schema=False, name=f"{line.verb} {line.path}")(handle)


async def _body(request: Request[Any, Any, Any], line: Line) -> bytes:
    """The body's bytes, if it arrives in time and calls itself JSON, unless the line takes it as it is."""
    try:
        async with asyncio.timeout(_RAW_S if line.raw else BODY_S):
            body = await request.body()
    except TimeoutError as late:
        raise refusal(408) from late
    except RequestEntityTooLarge as fault:
        if line.raw:
            raise too_large() from fault
        raise
    if line.raw or line.bare:
        return body
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if body and kind != "application/json":
        raise refusal(415)
    return body


def _stream(live: Live, quotas: Quotas, line: Line, coming: Coming) -> ASGIRouteHandler:
    @asgi(line.path, name="live", copy_scope=True)
    async def stream(scope: Scope, receive: Receive, send: Send) -> None:
        seen = seen_of(scope)
        seen.door, seen.lasting = line.path, True
        if _verb(scope) != "GET":
            raise refusal(405)
        known: Known = scope["user"]
        admit(line, known)
        quotas.take(known, line)
        await live(scope, receive, send, session=known.counted_as, lasts=lambda: coming.watching(known))

    return stream


def _files(shelf: Shelf) -> list[ASGIRouteHandler]:
    async def give(scope: Scope, receive: Receive, send: Send) -> None:
        verb = _verb(scope)
        if verb not in ("GET", "HEAD"):
            raise refusal(405)
        if scope["path"] in shelf.city:
            admit(_CITY, scope["user"])
        await shelf.serve(scope, send, whole=verb == "GET")

    return [asgi(sorted(paths), name=name, copy_scope=True)(give) for name, paths in (("console", shelf.open), ("city", shelf.city)) if paths]


def _verb(scope: Scope) -> str:
    return str(scope.get("method", ""))
