"""The administrator's lines: who may come in and as what, one-time links, roles readable as doors, and machine keys."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from tocsin.edges.web.account import SessionLine, session_line
from tocsin.edges.web.bodies import read_ask, read_command
from tocsin.edges.web.coming import Coming
from tocsin.edges.web.credentials import Person
from tocsin.edges.web.joining import Name
from tocsin.edges.web.keys import key_lines
from tocsin.edges.web.me import Nothing
from tocsin.edges.web.menu import Answer, Asked, Line
from tocsin.edges.web.people import PARTNER, STAFF, fitting
from tocsin.engines.own_use import Own
from tocsin.facts.access import AccessEnded, OwnDetailsGiven, PersonInvited, RolesGiven
from tocsin.kernel import Instant, Refused, Role

_ADMIN: tuple[Role, ...] = ("admin",)
_MOST_PEOPLE = 5_000
Roles = Annotated[tuple[Role, ...], Meta(max_length=9)]
Posts = Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=40)], ...], Meta(max_length=50)]


class Invite(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody to invite: under which name, with which roles, posts and agency."""

    name: Name
    roles: Roles = ()
    posts: Posts = ()
    agency: Annotated[str, Meta(max_length=80)] = ""


class OfPerson(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom it is about."""

    name: Name


class GiveOwn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody's own name, numbers and address, in place of what was given before; nothing at all takes them away."""

    name: Name
    own: Own


class EndTheirs(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose session to end; `*` is every one."""

    name: Name
    id: Annotated[str, Meta(min_length=1, max_length=40)]


class LinkView(msgspec.Struct, frozen=True, kw_only=True):
    """A one-time link, shown once: the part of the address after the host."""

    path: str
    until: Instant


class PersonLine(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody, and how they come in; never a credential."""

    name: str
    roles: tuple[str, ...]
    posts: tuple[str, ...]
    agency: str
    passkeys: int
    second: bool
    password: bool
    ended: bool
    post: str
    own: tuple[str, ...]
    """Of which kinds their own details are kept: `name`, `number`, `address`. What they are is shown to nobody."""
    ways: tuple[str, ...]
    """By which means they can be called on duty: `push`, `sms`, `mail`. What they are is shown to nobody."""
    sessions: tuple[SessionLine, ...]


class InviteLine(msgspec.Struct, frozen=True, kw_only=True):
    """A link that waits to be used."""

    name: str
    kind: str
    until: Instant
    by: str


class PeopleView(msgspec.Struct, frozen=True, kw_only=True):
    """Everybody, and the invitations that wait."""

    people: tuple[PersonLine, ...]
    invited: tuple[InviteLine, ...]


class RoleDoor(msgspec.Struct, frozen=True, kw_only=True):
    """One door that a role opens."""

    verb: str
    path: str
    says: str


class RoleLine(msgspec.Struct, frozen=True, kw_only=True):
    """A role as the set of doors that it is."""

    role: str
    doors: tuple[RoleDoor, ...]


class RolesView(msgspec.Struct, frozen=True, kw_only=True):
    """Every role."""

    roles: tuple[RoleLine, ...]


class Staff:
    """The administrator's lines. `menu` gives the whole menu once it is made; `gone` is told whose access ended; `ways` says by which means somebody can be called."""

    def __init__(self, coming: Coming, menu: Callable[[], Sequence[Line]], gone: Callable[[str], None], ways: Callable[[str], tuple[str, ...]]) -> None:
        self._coming, self._menu, self._gone, self._ways = coming, menu, gone, ways

    def lines(self) -> list[Line]:
        """Every line."""
        return [
            Line(verb="GET", path="/api/people", roles=_ADMIN, purpose="access", asks=Nothing, answers=PeopleView, act=self.see,
                 says="Who may come in, by which ways, and where they are signed in."),
            Line(verb="GET", path="/api/roles", here=True, roles=STAFF, purpose="access", asks=Nothing, answers=RolesView, act=self.roles,
                 says="Each role as the set of doors that it opens."),
            Line(verb="POST", path="/api/people/invite", roles=_ADMIN, purpose="access", asks=Invite, answers=LinkView, act=self.invite, fresh=True,
                 says="Invite somebody; the answer is a one-time link, shown once."),
            Line(verb="POST", path="/api/people/roles", roles=_ADMIN, purpose="access", asks=Invite, act=self.give, fresh=True,
                 says="Give somebody other roles and posts, at once."),
            Line(verb="POST", path="/api/people/end", roles=_ADMIN, purpose="access", asks=OfPerson, act=self.end, fresh=True,
                 says="End somebody's access: their sessions, passkeys and password, at once."),
            Line(verb="POST", path="/api/people/reset", roles=_ADMIN, purpose="access", asks=OfPerson, answers=LinkView, act=self.reset, fresh=True,
                 says="Take somebody's ways of signing in away and give a one-time link to set up new ones."),
            Line(verb="POST", path="/api/people/own", roles=_ADMIN, purpose="access", asks=GiveOwn, act=self.give_own, fresh=True,
                 says="Give somebody's own name, numbers and address, to find who looks at records of their own; they are shown to nobody."),
            Line(verb="POST", path="/api/people/sessions/end", roles=_ADMIN, purpose="access", asks=EndTheirs, act=self.end_session,
                 says="End a session of somebody, or all."),
            *key_lines(self._coming, self._menu),
        ]

    async def see(self, asked: Asked) -> Answer:
        read_ask(Nothing, asked.query, {})
        coming, own = self._coming, asked.known.session.id if asked.known and asked.known.session else ""
        return PeopleView(
            people=tuple(self._line(person, own) for person in sorted(coming.people.all(), key=lambda person: (person.ended, person.name))),
            invited=tuple(InviteLine(name=link.name, kind=link.kind, until=link.until, by=link.by) for link in coming.links.open()))

    def _line(self, person: Person, own: str) -> PersonLine:
        coming = self._coming
        seat = coming.people.seat(person)
        return PersonLine(name=person.name, roles=person.roles, posts=person.posts, agency=person.agency, passkeys=len(person.passkeys),
                          second=bool(person.second), password=bool(person.hash), ended=person.ended, post=seat.post if seat else "",
                          own=coming.people.own_kinds(person), ways=self._ways(person.name), sessions=tuple(session_line(held, own) for held in coming.sessions.of(person.name)))

    async def roles(self, asked: Asked) -> Answer:
        read_ask(Nothing, asked.query, {})
        return RolesView(roles=tuple(RoleLine(role=role, doors=tuple(
            RoleDoor(verb=line.verb, path=line.path, says=line.says) for line in self._menu() if line.roles and role in line.roles))
            for role in (*STAFF, PARTNER, "device")))

    async def invite(self, asked: Asked) -> Answer:
        said, coming, by = read_command(Invite, asked.body, {}), self._coming, _by(asked)
        self._fit(said)
        if coming.people.find(said.name) is not None:
            raise Refused("name_taken", "Somebody of that name may sign in already; reset them instead.", "该用户名已存在，可改用重置。", field="name")
        if len(coming.people.all()) >= _MOST_PEOPLE:
            raise Refused("people_full", f"At most {_MOST_PEOPLE} people.", f"最多 {_MOST_PEOPLE} 人。")
        link, token = coming.links.give("invite", said.name, roles=said.roles, posts=said.posts, agency=said.agency, by=by)
        try:
            await coming.keep(by, PersonInvited(person=said.name, roles=said.roles, posts=said.posts, agency=said.agency, until=link.until))
        except Refused:
            coming.links.take(token)
            raise
        return LinkView(path=f"/#link={token}", until=link.until)

    async def give(self, asked: Asked) -> Answer:
        said, coming, by = read_command(Invite, asked.body, {}), self._coming, _by(asked)
        self._fit(said)
        person = self._known(said.name)
        if by == said.name and "admin" not in said.roles:
            raise Refused("admin_last", "Nobody takes the administrator's role from themselves; another administrator does.", "不能取消自己的管理员角色，须由其他管理员操作。",
                          field="roles")
        await coming.keep(by, RolesGiven(person=said.name, roles=said.roles, posts=said.posts, agency=said.agency))
        now = coming.people.find(said.name) or person
        seat = now.seat if now.seat is not None and now.seat.post in said.posts else None
        coming.people.keep(msgspec.structs.replace(now, roles=said.roles, posts=said.posts, agency=said.agency, seat=seat))
        coming.live.end_signed_out()
        return {}

    async def give_own(self, asked: Asked) -> Answer:
        said, coming = read_command(GiveOwn, asked.body, {}), self._coming
        self._known(said.name)
        for field, text in said.own.faults():
            raise Refused("own_too_short", f"'{text}' would be found in too much: a name and an address have two words at least (the address a number too), a number six digits.",
                          f"“{text}”过短，会误匹配：姓名和住址至少两个词（住址须含门牌号），电话至少六位。", field=f"own.{field}", status=422)
        await coming.keep(_by(asked), OwnDetailsGiven(person=said.name, kinds=said.own.kinds()))
        coming.people.keep(coming.people.with_own(self._known(said.name), said.own))
        return {}

    async def end(self, asked: Asked) -> Answer:
        said, coming, by = read_command(OfPerson, asked.body, {}), self._coming, _by(asked)
        person = self._known(said.name)
        if by == said.name:
            raise Refused("own_access", "Another administrator ends your access.", "您的访问权限须由其他管理员终止。", field="name")
        coming.people.keep(msgspec.structs.replace(_bare(person), ended=True, own=""))
        await asyncio.to_thread(self._gone, said.name)
        coming.links.end_for(said.name)
        await coming.end(said.name, "*", by)
        await coming.keep(by, AccessEnded(person=said.name))
        return {}

    async def reset(self, asked: Asked) -> Answer:
        said, coming, by = read_command(OfPerson, asked.body, {}), self._coming, _by(asked)
        self._known(said.name)
        if by == said.name:
            raise Refused("own_access", "Change your own ways of signing in under your account.", "请在本人账户页修改自己的登录方式。", field="name")
        coming.links.end_for(said.name)
        link, token = coming.links.give("reset", said.name, by=by)
        try:
            await coming.keep(by, PersonInvited(person=said.name, until=link.until, anew=True))
        except Refused:
            coming.links.take(token)
            raise
        coming.people.keep(_bare(self._known(said.name)))
        await coming.end(said.name, "*", by)
        return LinkView(path=f"/#link={token}", until=link.until)

    async def end_session(self, asked: Asked) -> Answer:
        said = read_command(EndTheirs, asked.body, {})
        if not await self._coming.end(said.name, said.id, _by(asked)) and said.id != "*":
            raise Refused("session_unknown", "They have no such session.", "对方没有该会话。", field="id", status=404)
        return {}

    def _fit(self, said: Invite) -> None:
        fitting(said.roles, said.agency)
        if "device" in said.roles:
            raise Refused("roles_machine", "The role device is a machine's: make a key.", "device 角色仅用于设备，请生成密钥。", field="roles", status=422)
        if not said.roles and not said.posts:
            raise Refused("roles_missing", "Give at least one role or post.", "请至少给予一个角色或岗位。", field="roles", status=422)
        if PARTNER in said.roles and said.posts:
            raise Refused("roles_mixed", "A partner takes no post of the floor.", "协作单位不能值守大厅岗位。", field="posts", status=422)
        unknown = [code for code in said.posts if self._coming.posts.find(code) is None]
        if unknown:
            raise Refused("post_unknown", f"There is no post {unknown[0]}.", f"没有岗位 {unknown[0]}。", field="posts", status=422)

    def _known(self, name: str) -> Person:
        person = self._coming.people.find(name)
        if person is None:
            raise Refused("person_unknown", "Nobody of that name may sign in.", "没有该用户。", field="name", status=404)
        return person


def _bare(person: Person) -> Person:
    """Somebody without any way of signing in."""
    return msgspec.structs.replace(person, hash="", once=False, alone=False, passkeys=(), second="", recovery=(), seat=None, subject="")


def _by(asked: Asked) -> str:
    assert asked.known is not None
    return asked.known.asker.name
