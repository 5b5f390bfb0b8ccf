"""The lines of a one-time link or ticket: look at it, and set up a passkey, or a password with a second factor, under it."""

from collections.abc import Callable
from typing import Annotated

import msgspec
from litestar import Response
from msgspec import Meta

from tocsin.edges.web.bodies import read_command
from tocsin.edges.web.coming import Coming
from tocsin.edges.web.credentials import Person
from tocsin.edges.web.entering import Options
from tocsin.edges.web.links import Kind, Link
from tocsin.edges.web.me import Me
from tocsin.edges.web.menu import Answer, Asked, Line
from tocsin.edges.web.passkeys import MOST, handle_of, place
from tocsin.edges.web.second import address, fresh_secret, picture
from tocsin.facts.access import RolesGiven, SignInFact, WayAdded
from tocsin.kernel import Instant, Refused

Ticket = Annotated[str, Meta(min_length=20, max_length=100)]
Name = Annotated[str, Meta(pattern=r"^\S(.{0,78}\S)?$")]
SHORTEST = 12
Change = Callable[[Person], Person]


class LookLink(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A link's token."""

    ticket: Ticket


class BeginJoin(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A link's token; the first administrator names themselves."""

    ticket: Ticket
    name: Name = "-"


class JoinByPasskey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an authenticator made, and what its person calls it."""

    ticket: Ticket
    credential: Annotated[str, Meta(min_length=2, max_length=16_000)]
    label: Annotated[str, Meta(min_length=1, max_length=60)]
    name: Name = "-"


class JoinByCode(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A password and the first code of the second factor. Where a password stands already it may be left out."""

    ticket: Ticket
    code: Annotated[str, Meta(min_length=6, max_length=10)]
    password: Annotated[str, Meta(max_length=200)] = ""
    name: Name = "-"


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """What a link is for."""

    kind: Kind
    name: str
    roles: tuple[str, ...]
    until: Instant
    password: bool
    """Whether a password has to be chosen with the second factor."""


class NewSecond(msgspec.Struct, frozen=True, kw_only=True):
    """A second factor to set up: for a camera and for typing."""

    picture: str
    secret: str


class Recovery(msgspec.Struct, frozen=True, kw_only=True):
    """Codes for the day that the second factor is lost; shown once. Each is good once."""

    codes: tuple[str, ...]


class Joining:
    """The lines under a link."""

    def __init__(self, coming: Coming) -> None:
        self._coming = coming

    def lines(self) -> list[Line]:
        """Every line."""
        return [
            Line(verb="POST", path="/api/join", roles=None, purpose="access", asks=LookLink, answers=Opened, act=self.look,
                 says="What a one-time link is for; looking does not use it up."),
            Line(verb="POST", path="/api/join/passkey/begin", roles=None, purpose="access", asks=BeginJoin, answers=Options, act=self.begin,
                 says="Ask for a challenge to make a passkey under a link."),
            Line(verb="POST", path="/api/join/passkey", roles=None, purpose="access", asks=JoinByPasskey, answers=Me, act=self.passkey,
                 says="Keep the passkey and sign in; the link is used up."),
            Line(verb="POST", path="/api/join/second/begin", roles=None, purpose="access", asks=LookLink, answers=NewSecond, act=self.second,
                 says="A fresh second factor under a link."),
            Line(verb="POST", path="/api/join/second", roles=None, purpose="access", asks=JoinByCode, answers=Recovery, act=self.code,
                 says="Keep the second factor, and the password with it, and sign in; the link is used up."),
        ]

    async def look(self, asked: Asked) -> Answer:
        link = self._coming.links.look(read_command(LookLink, asked.body, {}).ticket)
        person = self._coming.people.find(link.name)
        return Opened(kind=link.kind, name=link.name, roles=link.roles, until=link.until, password=not (link.kind == "enrol" and person and person.hash))

    async def begin(self, asked: Asked) -> Answer:
        said = read_command(BeginJoin, asked.body, {})
        link = self._coming.links.look(said.ticket)
        person = self._whose(link, said.name)
        person = msgspec.structs.replace(person, handle=person.handle or handle_of(link.digest))
        return Options(options=self._coming.passkeys.ask_new(person, place(asked.host, secure=asked.secure), _about(link)))

    async def passkey(self, asked: Asked) -> Answer:
        said, coming = read_command(JoinByPasskey, asked.body, {}), self._coming
        link = coming.links.look(said.ticket)
        person = self._whose(link, said.name)
        if len(person.passkeys) >= MOST:
            raise Refused("passkeys_full", f"At most {MOST} passkeys; remove one first.", f"最多 {MOST} 个通行密钥，请先删除一个。")
        made = coming.passkeys.new(said.credential, place(asked.host, secure=asked.secure), _about(link), said.label)
        if any(one.id == made.id for other in coming.people.all() for one in other.passkeys):
            raise Refused("passkey_known", "That passkey is kept already.", "该通行密钥已登记。")
        await self._keep(said.ticket, link, person, WayAdded(person=person.name, way="passkey", label=said.label), lambda now: msgspec.structs.replace(
            now, passkeys=(*now.passkeys, made), handle=now.handle or handle_of(link.digest), hash=now.hash if now.second else ""))
        found = coming.people.find(person.name)
        assert found is not None
        return await coming.enter(found, "link" if link.kind != "enrol" else "passkey", asked)

    async def second(self, asked: Asked) -> Answer:
        coming = self._coming
        link = coming.links.look(read_command(LookLink, asked.body, {}).ticket)
        secret = fresh_secret()
        coming.links.hold(link, secret=secret)
        return NewSecond(picture=picture(address(secret, link.name or "Tocsin", "Tocsin")), secret=secret)

    async def code(self, asked: Asked) -> Answer:
        said, coming = read_command(JoinByCode, asked.body, {}), self._coming
        link = coming.links.look(said.ticket)
        person = self._whose(link, said.name)
        step = coming.people.second.right_step(link.secret, said.code.replace(" ", ""), 0) if link.secret else None
        if step is None:
            raise Refused("code_wrong", "That code is not right; scan the picture and type the code that is shown now.", "验证码不正确，请扫码后输入当前显示的验证码。",
                          field="code", status=422)
        hash_ = person.hash if link.kind == "enrol" else ""
        if said.password or not hash_:
            if len(said.password) < SHORTEST:
                raise Refused("password_short", f"A password needs at least {SHORTEST} characters.", f"密码至少 {SHORTEST} 个字符。", field="password", status=422)
            hash_ = await coming.people.hashed(said.password)
        codes: tuple[str, ...] = ()

        def changed(now: Person) -> Person:
            nonlocal codes
            given, codes = coming.people.second.given(msgspec.structs.replace(now, hash=hash_, once=False, alone=False), link.secret, step)
            return given

        await self._keep(said.ticket, link, person, WayAdded(person=person.name, way="second"), changed)
        found = coming.people.find(person.name)
        assert found is not None
        entered = await coming.enter(found, "link" if link.kind != "enrol" else "password-and-code", asked)
        cookie = {"set-cookie": entered.headers["set-cookie"]} if isinstance(entered, Response) else {}
        return Response(msgspec.json.encode(Recovery(codes=codes)), media_type="application/json", headers=cookie)

    def _whose(self, link: Link, named: str) -> Person:
        """The person whom a link is for. The first administrator's name is whatever they say it is."""
        people = self._coming.people
        if link.kind == "first" and len(people):
            raise Refused("link_over", "This link was used or has ended. Ask an administrator for a new one.", "该链接已使用或已失效，请向管理员索取新链接。", status=410)
        name = named.strip() if link.kind == "first" else link.name
        if not name or name == "-":
            raise Refused("name_missing", "Say the name to sign in with.", "请填写登录用户名。", field="name", status=422)
        found = people.find(name)
        if found is None and link.kind in ("reset", "enrol"):
            raise Refused("link_over", "This link was used or has ended. Ask an administrator for a new one.", "该链接已使用或已失效，请向管理员索取新链接。", status=410)
        return found or Person(name=name, hash="", handle=handle_of(link.digest), roles=link.roles, posts=link.posts, agency=link.agency)

    async def _keep(self, token: str, link: Link, person: Person, fact: WayAdded, change: Change) -> None:
        """Use the link up, keep the fact, and only then let the change take effect; what cannot be kept gives the link back."""
        coming = self._coming
        coming.links.take(token)
        facts: tuple[SignInFact, ...] = (fact,)
        if link.kind in ("first", "invite"):
            facts = (RolesGiven(person=person.name, roles=link.roles, posts=link.posts, agency=link.agency), fact)
        try:
            await coming.keep(person.name, *facts)
        except Refused:
            coming.links.put_back(link)
            raise
        coming.people.keep(change(coming.people.find(person.name) or person))


def _about(link: Link) -> str:
    return f"passkey under {link.digest}"
