"""The lines of signing in: by passkey, by password and code, by the city's own sign-in; which ways there are; and signing out."""

from contextlib import suppress
from typing import Annotated

import msgspec
from litestar import Response
from msgspec import Meta

from tocsin.edges.web.bodies import read_ask, read_command
from tocsin.edges.web.coming import Coming
from tocsin.edges.web.me import Me, Nothing
from tocsin.edges.web.menu import Answer, Asked, Line
from tocsin.edges.web.oidc import Oidc
from tocsin.edges.web.passkeys import credential_id, place
from tocsin.edges.web.sessions import set_cookie
from tocsin.facts.access import PostLeft, SignedOut, SignInFact, Way
from tocsin.kernel import Refused, Words


class SignIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A name and its password, and the code where there is a second factor."""

    name: Annotated[str, Meta(min_length=1, max_length=80)]
    password: Annotated[str, Meta(min_length=1, max_length=200)]
    code: Annotated[str, Meta(max_length=40)] = ""


class SignOut(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Nothing needs to be said."""


class PasskeyShown(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an authenticator answered, as the browser's own JSON."""

    credential: Annotated[str, Meta(min_length=2, max_length=16_000)]


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What to ask an authenticator, as the browser's own JSON."""

    options: str


class Ways(msgspec.Struct, frozen=True, kw_only=True):
    """By what one can sign in at this address."""

    passkey: bool
    oidc: Words | None
    """What the city's own sign-in is called, where it has one."""


class Entering:
    """The lines by which one comes in and leaves."""

    def __init__(self, coming: Coming, oidc: Oidc | None) -> None:
        self._coming, self._oidc = coming, oidc

    def lines(self) -> list[Line]:
        """Every line."""
        return [
            Line(verb="POST", path="/api/sign-in", roles=None, purpose="access", asks=SignIn, answers=Me, act=self.password,
                 says="Sign in with a name and its password, and the code of the second factor; the answer sets the session's cookie."),
            Line(verb="GET", path="/api/sign-in/ways", here=True, roles=None, purpose="access", asks=Nothing, answers=Ways, act=self.ways,
                 says="By which ways one can sign in here."),
            Line(verb="POST", path="/api/sign-in/passkey/begin", roles=None, purpose="access", asks=SignOut, answers=Options, act=self.begin,
                 says="Ask for a challenge to sign in by passkey; it is good once, for two minutes."),
            Line(verb="POST", path="/api/sign-in/passkey", roles=None, purpose="access", asks=PasskeyShown, answers=Me, act=self.passkey,
                 says="Sign in by passkey; in a session of one's own it proves that one anew."),
            Line(verb="GET", path="/api/sign-in/oidc", roles=None, purpose="access", asks=Nothing, act=self.away, media="text/html",
                 says="Go to the city's own sign-in."),
            Line(verb="GET", path="/api/sign-in/oidc/back", roles=None, purpose="access", act=self.back, media="text/html",
                 says="Come back from the city's own sign-in."),
            Line(verb="POST", path="/api/sign-out", roles=(), purpose="access", asks=SignOut, act=self.sign_out, says="End the session at once."),
        ]

    async def password(self, asked: Asked) -> Answer:
        said, coming = read_command(SignIn, asked.body, {}), self._coming
        try:
            person = await coming.people.prove(said.name, said.password, asked.address, said.code)
        except Refused as no:
            if no.code != "code_needed":
                coming.refused(said.name)
            raise
        if not (person.second or person.alone or person.once):
            _, ticket = coming.links.give("enrol", person.name)
            return coming.me(None, ticket, person.name)
        way: Way = "password" if not person.second else "password-and-code" if len(said.code.replace(" ", "")) == 6 else "recovery"
        return await coming.enter(person, way, asked)

    async def ways(self, asked: Asked) -> Answer:
        read_ask(Nothing, asked.query, {})
        try:
            place(asked.host, secure=asked.secure)
            fits = True
        except Refused:
            fits = False
        return Ways(passkey=fits, oidc=self._oidc.table.words if self._oidc else None)

    async def begin(self, asked: Asked) -> Answer:
        read_command(SignOut, asked.body, {})
        return Options(options=self._coming.passkeys.ask(place(asked.host, secure=asked.secure)))

    async def passkey(self, asked: Asked) -> Answer:
        said, coming, at = read_command(PasskeyShown, asked.body, {}), self._coming, place(asked.host, secure=asked.secure)
        try:
            person, held = coming.people.by_passkey(credential_id(said.credential))
            proved = coming.passkeys.check(said.credential, held, person.handle, at)
        except Refused:
            coming.refused("")
            raise
        coming.people.keep(msgspec.structs.replace(person, passkeys=tuple(proved if one.id == held.id else one for one in person.passkeys)))
        return await coming.enter(person, "passkey", asked)

    async def away(self, asked: Asked) -> Answer:
        read_ask(Nothing, asked.query, {})
        if self._oidc is None:
            raise _no_oidc()
        return await self._oidc.away(asked)

    async def back(self, asked: Asked) -> Answer:
        if self._oidc is None:
            raise _no_oidc()
        return await self._oidc.back(asked)

    async def sign_out(self, asked: Asked) -> Answer:
        read_command(SignOut, asked.body, {})
        assert asked.known is not None
        session, coming = asked.known.session, self._coming
        if session is not None:
            person = coming.people.find(session.name)
            seat = coming.people.seat(person) if person else None
            coming.sessions.end(session)
            coming.live.end_signed_out()
            facts: list[SignInFact] = [SignedOut(session=session.id)]
            if person is not None and seat is not None and seat.session == session.id:
                coming.people.keep(msgspec.structs.replace(person, seat=None))
                facts.insert(0, PostLeft(post=seat.post, session=session.id))
            with suppress(Refused):  # leaving takes effect whether or not it can be kept
                await coming.keep(session.name, *facts)
        return Response(None, status_code=204, headers={"set-cookie": set_cookie("", secure=asked.secure)})


def _no_oidc() -> Refused:
    return Refused("oidc_none", "This house has no sign-in of the city's own.", "本系统未配置统一身份认证。", status=404)
