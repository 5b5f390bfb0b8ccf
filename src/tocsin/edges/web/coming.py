"""Coming in, whatever the way: kept as a fact first, then the session; and refusals counted, so that a flood keeps one fact a minute."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import msgspec
from litestar import Response

from tocsin.edges.web.credentials import Person, Seat
from tocsin.edges.web.gate import Known
from tocsin.edges.web.links import Links
from tocsin.edges.web.live import Live
from tocsin.edges.web.menu import Answer, Asked
from tocsin.edges.web.passkeys import Passkeys
from tocsin.edges.web.people import People
from tocsin.edges.web.posts import PostTable
from tocsin.edges.web.sessions import Sessions, new_id, set_cookie
from tocsin.facts.access import PostLeft, PostTaken, SessionRevoked, SignedIn, SignInFact, SignInRefused, Way
from tocsin.house import Asker, House
from tocsin.kernel import Refused
from tocsin.rooms.access.commands import KeepSignIn

LOG = logging.getLogger("tocsin.web")
EDGE = "edge:sign-in"
_EVERY_S = 60
_MOST_NAMES = 8
_S = 1_000_000


class Coming:
    """What every way of coming in shares."""

    def __init__(self, house: House, people: People, sessions: Sessions, live: Live, posts: PostTable) -> None:
        self.house, self.people, self.sessions, self.live, self.posts = house, people, sessions, live, posts
        self.links = Links(people.papers, people.clock)
        self.passkeys = Passkeys(people.clock)
        self.me: Callable[..., Any] = lambda *known: None
        self._refused, self._since, self._names = 0, 0, list[str]()
        self._timer: asyncio.TimerHandle | None = None
        self._writing: set[asyncio.Task[None]] = set()

    async def keep(self, by: str, *facts: SignInFact) -> None:
        """Keep facts before what they tell takes effect; Refused where the ledger cannot."""
        await asyncio.to_thread(self.house.keep_own, KeepSignIn(facts=facts), Asker(by, frozenset()), "access", "")

    async def enter(self, person: Person, way: Way, asked: Asked) -> Answer:
        """A session for somebody who has just proved who they are; or, where they sit in one already, that one proved anew."""
        known = asked.known
        if known is not None and known.session is not None and known.session.name == person.name:
            await self.keep(person.name, SignedIn(session=known.session.id, way=way, again=True))
            self.sessions.prove(known.session)
            return self.me(msgspec.structs.replace(known, fresh=True))
        number = new_id()
        await self.keep(person.name, SignedIn(session=number, way=way))
        if self.people.find(person.name) is None:  # let in no more while the fact was being kept
            raise Refused("sign_in_failed", "The name or the password is wrong.", "用户名或密码错误。", status=401)
        session, value = self.sessions.give(person.name, way=way, agent=asked.agent, id=number)
        known = Known(Asker(person.name, frozenset(self.people.roles(person.name, number) or ()), person.agency), session, fresh=True)
        return Response(msgspec.json.encode(self.me(known)), media_type="application/json",
                        headers={"set-cookie": set_cookie(value, secure=asked.secure)})

    def watching(self, known: Known) -> bool:
        """Whether the live stream of this asker goes on. While it is open its session is not idle: a floor's screen never goes
        dark by itself; its longest time is the session's own."""
        if known.session is None or not self.sessions.lasts(known.session):
            return known.session is None
        self.sessions.touch(known.session)
        return bool(self.people.roles(known.session.name, known.session.id))

    def refused(self, name: str) -> None:
        """Count a refused sign-in. What was counted is kept a minute after the first of it, as one fact."""
        if not self._refused:
            self._since = self.people.clock.now()
            self._timer = asyncio.get_running_loop().call_later(_EVERY_S, self._write)
        self._refused += 1
        if name not in self._names and len(self._names) < _MOST_NAMES and self.people.find(name) is not None:
            self._names.append(name)

    def _write(self) -> None:
        task = asyncio.get_running_loop().create_task(self.keep_refused())
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def keep_refused(self) -> None:
        """Keep what was counted since the last time; also called as the house closes."""
        if not self._refused:
            return
        if self._timer is not None:
            self._timer.cancel()
        fact = SignInRefused(since=self._since, count=self._refused, names=tuple(self._names))
        self._refused, self._names = 0, []
        try:
            await self.keep(EDGE, fact)
        except Refused:  # nobody waits for an answer; the ledger's own health says that nothing can be kept
            LOG.warning("%d refused sign-ins could not be kept", fact.count)

    async def end(self, name: str, number: str, by: str) -> int:
        """End one session of a person, or all (`*`); how many. The end takes effect even where it cannot be kept."""
        ending = [held.session for held in self.sessions.of(name) if number in ("*", held.session.id)]
        for session in ending:
            self.sessions.end(session)
        self.live.end_signed_out()
        self._unseat(name)
        if ending:
            await self.keep(by, *(SessionRevoked(session=session.id, person=name) for session in ending))
        return len(ending)

    def _unseat(self, name: str) -> None:
        person = self.people.find(name)
        if person is not None and person.seat is not None and person.seat.session not in {held.session.id for held in self.sessions.of(name)}:
            self.people.keep(msgspec.structs.replace(person, seat=None))

    async def sit(self, known: Known, code: str) -> None:
        """Take a post: its roles are switched on from now until its end, or until it is left."""
        person, session = self.who(known)
        post = self.posts.find(code)
        if post is None or code not in person.posts:
            raise Refused("post_not_yours", "That post is not one that you may take; an administrator gives it.", "您无权值守该岗位，请联系管理员授权。", field="post", status=403)
        now = self.people.clock.now()
        until = now + int(post.hours * 3600 * _S)
        left = (PostLeft(post=person.seat.post, session=person.seat.session),) if self.people.seat(person) and person.seat else ()
        await self.keep(person.name, *left, PostTaken(post=code, roles=post.roles, until=until, session=session))
        self._seat(person.name, Seat(post=code, roles=post.roles, until=until, session=session))

    async def stand(self, known: Known) -> None:
        """Leave the post."""
        person, _ = self.who(known)
        seat = self.people.seat(person)
        if seat is None:
            raise Refused("post_none", "You sit at no post.", "您当前没有在岗。")
        self._seat(person.name, None)
        await self.keep(person.name, PostLeft(post=seat.post, session=seat.session))

    def _seat(self, name: str, seat: Seat | None) -> None:
        person = self.people.find(name)
        if person is not None:
            self.people.keep(msgspec.structs.replace(person, seat=seat))

    def who(self, known: Known | None) -> tuple[Person, str]:
        """The person of a request and their session; a machine is refused."""
        person = self.people.find(known.asker.name) if known is not None and known.session is not None else None
        if person is None or known is None or known.session is None:
            raise Refused("people_only", "This is for people; a machine's key is made by an administrator.", "此操作仅供人员使用；设备密钥由管理员生成。", status=403)
        return person, known.session.id
