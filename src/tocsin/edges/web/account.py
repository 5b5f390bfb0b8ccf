"""The lines of one's own account: passkeys, second factor and sessions; a ticket to add a way; taking and leaving a post."""

from typing import Annotated

import msgspec
from msgspec import Meta

from tocsin.edges.web.bodies import read_ask, read_command
from tocsin.edges.web.coming import Coming
from tocsin.edges.web.entering import SignOut
from tocsin.edges.web.me import Me, Nothing
from tocsin.edges.web.menu import Answer, Asked, Line
from tocsin.edges.web.sessions import Held
from tocsin.facts.access import WayRemoved
from tocsin.kernel import Instant, Refused, Words


class PasskeyLine(msgspec.Struct, frozen=True, kw_only=True):
    """One of one's passkeys."""

    id: str
    label: str
    made: Instant
    used: Instant


class SessionLine(msgspec.Struct, frozen=True, kw_only=True):
    """A session that stands. The id ends it and gives nobody in: the cookie is signed."""

    id: str
    since: Instant
    seen: Instant
    until: Instant
    way: str
    agent: str
    this: bool


class PostLine(msgspec.Struct, frozen=True, kw_only=True):
    """A post that one may take."""

    code: str
    name: Words
    roles: tuple[str, ...]
    hours: float


class AccountView(msgspec.Struct, frozen=True, kw_only=True):
    """One's own account."""

    name: str
    roles: tuple[str, ...]
    passkeys: tuple[PasskeyLine, ...]
    second: bool
    recovery_left: int
    sessions: tuple[SessionLine, ...]
    posts: tuple[PostLine, ...]
    post: str
    post_until: Instant
    own: tuple[str, ...]
    """Of which kinds one's own details are kept, by which looking at one's own records is found."""


class TicketView(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket to set up one more way of signing in, good once and for ten minutes."""

    ticket: str


class RemovePasskey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which passkey to take away."""

    id: Annotated[str, Meta(min_length=1, max_length=1400)]


class EndSession(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which of one's own sessions to end; `*` is all but this one."""

    id: Annotated[str, Meta(min_length=1, max_length=40)]


class TakePost(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which post to take."""

    post: Annotated[str, Meta(min_length=1, max_length=40)]


class Account:
    """The lines of one's own account."""

    def __init__(self, coming: Coming) -> None:
        self._coming = coming

    def lines(self) -> list[Line]:
        """Every line."""
        return [
            Line(verb="GET", path="/api/account", roles=(), purpose="access", asks=Nothing, answers=AccountView, act=self.see,
                 says="One's own passkeys, second factor, sessions and posts."),
            Line(verb="POST", path="/api/account/enrol", roles=(), purpose="access", asks=SignOut, answers=TicketView, act=self.enrol, fresh=True,
                 says="A ticket to add a passkey, or a new second factor, to one's own account."),
            Line(verb="POST", path="/api/account/passkeys/remove", roles=(), purpose="access", asks=RemovePasskey, act=self.remove, fresh=True,
                 says="Take one of one's passkeys away; never the last way in."),
            Line(verb="POST", path="/api/account/sessions/end", roles=(), purpose="access", asks=EndSession, act=self.end,
                 says="End one of one's own sessions, or all but this one."),
            Line(verb="POST", path="/api/account/post", roles=(), purpose="access", asks=TakePost, answers=Me, act=self.take,
                 says="Take a post: its roles are switched on until it ends, is left, or the session ends."),
            Line(verb="POST", path="/api/account/post/leave", roles=(), purpose="access", asks=SignOut, answers=Me, act=self.leave,
                 says="Leave the post; its roles are switched off."),
        ]

    async def see(self, asked: Asked) -> Answer:
        read_ask(Nothing, asked.query, {})
        coming = self._coming
        person, own = coming.who(asked.known)
        seat = coming.people.seat(person)
        posts = [post for post in coming.posts.posts if post.code in person.posts]
        return AccountView(
            name=person.name, roles=person.roles, second=bool(person.second), recovery_left=len(person.recovery),
            passkeys=tuple(PasskeyLine(id=one.id, label=one.label, made=one.made, used=one.used) for one in person.passkeys),
            sessions=tuple(session_line(held, own) for held in coming.sessions.of(person.name)),
            posts=tuple(PostLine(code=post.code, name=Words(post.en, post.zh), roles=post.roles, hours=post.hours) for post in posts),
            post=seat.post if seat else "", post_until=seat.until if seat else 0,
            own=coming.people.own_kinds(person))

    async def enrol(self, asked: Asked) -> Answer:
        read_command(SignOut, asked.body, {})
        person, _ = self._coming.who(asked.known)
        return TicketView(ticket=self._coming.links.give("enrol", person.name)[1])

    async def remove(self, asked: Asked) -> Answer:
        said, coming = read_command(RemovePasskey, asked.body, {}), self._coming
        person, _ = coming.who(asked.known)
        gone = next((one for one in person.passkeys if one.id == said.id), None)
        if gone is None:
            raise Refused("passkey_unknown", "You have no such passkey.", "您没有该通行密钥。", field="id", status=404)
        if len(person.passkeys) == 1 and not (person.second and person.hash):
            raise Refused("passkey_last", "This is your only way in: add another passkey, or a password with a second factor, first.",
                          "这是您唯一的登录方式，请先添加其他通行密钥或密码与第二因素。")
        await coming.keep(person.name, WayRemoved(person=person.name, label=gone.label))
        now = coming.people.find(person.name)
        if now is not None:
            coming.people.keep(msgspec.structs.replace(now, passkeys=tuple(one for one in now.passkeys if one.id != said.id)))
        return {}

    async def end(self, asked: Asked) -> Answer:
        said, coming = read_command(EndSession, asked.body, {}), self._coming
        person, own = coming.who(asked.known)
        ids = [held.session.id for held in coming.sessions.of(person.name)]
        ending = [id_ for id_ in ids if id_ != own] if said.id == "*" else [id_ for id_ in ids if id_ == said.id]
        if not ending and said.id != "*":
            raise Refused("session_unknown", "You have no such session.", "您没有该会话。", field="id", status=404)
        for id_ in ending:
            await coming.end(person.name, id_, person.name)
        return {}

    async def take(self, asked: Asked) -> Answer:
        said = read_command(TakePost, asked.body, {})
        self._coming.who(asked.known)
        assert asked.known is not None
        await self._coming.sit(asked.known, said.post)
        return self._me(asked)

    async def leave(self, asked: Asked) -> Answer:
        read_command(SignOut, asked.body, {})
        self._coming.who(asked.known)
        assert asked.known is not None
        await self._coming.stand(asked.known)
        return self._me(asked)

    def _me(self, asked: Asked) -> Answer:
        """Who one is now that the roles have changed."""
        known = asked.known
        assert known is not None and known.session is not None
        roles = frozenset(self._coming.people.roles(known.session.name, known.session.id) or ())
        return self._coming.me(msgspec.structs.replace(known, asker=msgspec.structs.replace(known.asker, roles=roles)))


def session_line(held: Held, own: str) -> SessionLine:
    """A session as it is listed."""
    return SessionLine(id=held.session.id, since=held.since, seen=held.seen, until=held.session.until, way=held.way, agent=held.agent,
                       this=held.session.id == own)
