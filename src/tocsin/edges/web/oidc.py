"""A city's own sign-in: OpenID Connect's code flow with PKCE, state and nonce; roles stay here unless its groups are mapped."""

import base64
import hashlib
import hmac
import logging
import secrets
from typing import Annotated, Any
from urllib.parse import urlencode, urlsplit

import httpx
import msgspec
from cryptography.fernet import Fernet, InvalidToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from litestar import Response
from msgspec import Meta

from tocsin.edges.web.challenges import LASTS_S, Challenges
from tocsin.edges.web.coming import Coming
from tocsin.edges.web.credentials import Person
from tocsin.edges.web.menu import Answer, Asked
from tocsin.facts.access import RolesGiven
from tocsin.kernel import Refused, Role, Words

LOG = logging.getLogger("tocsin.web")
BACK = "/api/sign-in/oidc/back"
_COOKIE = "tocsin_oidc"
_ALGORITHMS = ["RS256", "ES256", "PS256"]
_TIMEOUT_S = 5.0
_MOST_BYTES = 256 * 1024
_LEEWAY_S = 60
_S = 1_000_000


class OidcTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings. The secret itself stands in a file of its own, and is read into `secret` at start."""

    issuer: Annotated[str, Meta(pattern="^https?://", max_length=300)]
    client_id: Annotated[str, Meta(min_length=1, max_length=200)]
    words: Words
    secret_file: str = ""
    name_claim: Annotated[str, Meta(min_length=1, max_length=60)] = "preferred_username"
    groups_claim: Annotated[str, Meta(max_length=60)] = ""
    groups: dict[str, tuple[Role, ...]] = {}
    """Which group gives which roles to somebody who is not known here; none: only people who are known come in."""
    secret: str = ""


def faults(table: OidcTable) -> list[str]:
    """What is wrong with the settings."""
    found = []
    address = urlsplit(table.issuer)
    if address.scheme != "https" and address.hostname not in ("localhost", "127.0.0.1", "::1"):
        found.append("the issuer must be https")
    if table.groups and not table.groups_claim:
        found.append("groups are mapped but groups_claim names no claim")
    found += [f"the group {group} may not give {role}" for group, roles in table.groups.items() for role in roles if role in ("admin", "partner", "device", "neighbour")]
    return found


class _Down(Exception):
    """The provider could not be asked, or answered with something else than it should."""


class _Trip(msgspec.Struct, frozen=True):
    """What one browser must bring back: it lies in its own cookie, sealed."""

    state: str
    nonce: str
    verifier: str
    redirect: str


class Oidc:
    """Sends browsers away and takes them back. Nothing is remembered of a trip here but the states that were used."""

    def __init__(self, table: OidcTable, coming: Coming) -> None:
        self.table, self._coming = table, coming
        self._states = Challenges(coming.people.clock)
        self._box = Fernet(Fernet.generate_key())

    async def away(self, asked: Asked) -> Answer:
        """To the provider; back to our own page where it is down, which says so."""
        try:
            async with _client() as client:
                found = await self._discovered(client)
        except _Down:
            return _to("/#oidc=down")
        verifier, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
        state = base64.urlsafe_b64encode(self._states.give("oidc")).decode()
        redirect = f"{'https' if asked.secure else 'http'}://{asked.host}{BACK}"
        trip = self._box.encrypt(msgspec.json.encode(_Trip(state, nonce, verifier, redirect))).decode()
        query = urlencode({"response_type": "code", "client_id": self.table.client_id, "redirect_uri": redirect, "scope": "openid profile", "state": state,
                           "nonce": nonce, "code_challenge_method": "S256",
                           "code_challenge": base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()})
        to = str(found["authorization_endpoint"])
        # Lax: the provider sends the browser back from another site, and a Strict cookie would stay behind.
        return _to(f"{to}{'&' if '?' in to else '?'}{query}", f"{_COOKIE}={trip}; Path={BACK}; Max-Age={LASTS_S}; HttpOnly; SameSite=Lax{'; Secure' if asked.secure else ''}")

    async def back(self, asked: Asked) -> Answer:
        """From the provider: every refusal goes to our own page with its code, so that the other ways stand there."""
        try:
            person = await self._proved(asked)
            entered = await self._coming.enter(person, "oidc", msgspec.structs.replace(asked, known=None))
        except _Down:
            return _to("/#oidc=down")
        except Refused as no:
            self._coming.refused("")
            return _to(f"/#oidc={no.code}")
        assert isinstance(entered, Response)
        return _to("/", entered.headers["set-cookie"])

    async def _proved(self, asked: Asked) -> Person:
        said, trip = dict(asked.query), self._trip(asked.cookie(_COOKIE))
        if trip is None or not hmac.compare_digest(trip.state.encode(), said.get("state", "").encode()):
            raise _late()
        if not self._states.use(base64.urlsafe_b64decode(trip.state), "oidc"):
            raise _late()
        if "code" not in said:
            raise Refused("oidc_refused", "The city's own sign-in said no.", "统一身份认证未通过。", status=401)
        async with _client() as client:
            found = await self._discovered(client)
            form = {"grant_type": "authorization_code", "code": said["code"][:2_000], "redirect_uri": trip.redirect, "code_verifier": trip.verifier}
            tokens = await _json(client, "POST", str(found["token_endpoint"]), data=form, auth=(self.table.client_id, self.table.secret))
            keys = await _json(client, "GET", str(found["jwks_uri"]))
        return await self._person(self._claims(str(tokens.get("id_token", "")), keys, trip.nonce))

    def _claims(self, token: str, keys: dict[str, Any], nonce: str) -> dict[str, Any]:
        """The claims of an ID token, checked as OpenID Connect Core 1.0, section 3.1.3.7, asks."""
        try:
            claims = jwt.decode(token, KeySet.import_key_set(keys), algorithms=_ALGORITHMS).claims  # type: ignore[arg-type]  # keys as they came
        except (JoseError, ValueError, KeyError, TypeError) as fault:
            raise _untrue() from fault
        now, audience = self._coming.people.clock.now() / _S, claims.get("aud")
        audience = audience if isinstance(audience, list) else [audience]
        expires, issued = claims.get("exp"), claims.get("iat")
        right = (claims.get("iss") == self.table.issuer and self.table.client_id in audience and (len(audience) == 1 or claims.get("azp") == self.table.client_id)
                 and isinstance(expires, int | float) and now < expires + _LEEWAY_S and isinstance(issued, int | float) and issued < now + _LEEWAY_S
                 and hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()) and bool(claims.get("sub")))
        if not right:
            raise _untrue()
        return dict(claims)

    async def _person(self, claims: dict[str, Any]) -> Person:
        """Who this is here. The first time binds the name to the provider's own subject, so that a name given away brings nobody in."""
        name, people = str(claims.get(self.table.name_claim, ""))[:80], self._coming.people
        subject = hashlib.sha256(f"{claims['iss']}\n{claims['sub']}".encode()).hexdigest()
        person = people.find(name)
        if person is not None and person.subject and person.subject != subject:
            raise _unknown()
        groups = claims.get(self.table.groups_claim, []) if self.table.groups_claim else []
        mapped = tuple(dict.fromkeys(role for group in (groups if isinstance(groups, list) else [groups]) for role in self.table.groups.get(str(group), ())))
        if person is None:
            ended = any(one.name == name for one in people.all())
            if not mapped or not name or ended:
                raise _unknown()
            await self._coming.keep(name, RolesGiven(person=name, roles=mapped))
            person = msgspec.structs.replace(people.fresh(name), roles=mapped)
        person = msgspec.structs.replace(people.find(name) or person, subject=subject)
        people.keep(person)
        return person

    async def _discovered(self, client: httpx.AsyncClient) -> dict[str, Any]:
        found = await _json(client, "GET", f"{self.table.issuer.rstrip('/')}/.well-known/openid-configuration")
        needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        if found.get("issuer") != self.table.issuer or not all(str(found.get(name, "")).startswith(("https://", "http://")) for name in needed):
            raise _down("its discovery names another issuer or lacks an address")
        if self.table.issuer.startswith("https://") and not all(str(found[name]).startswith("https://") for name in needed):
            raise _down("its discovery names an address that is not https")
        return found

    def _trip(self, sealed: str) -> _Trip | None:
        try:
            return msgspec.json.decode(self._box.decrypt(sealed.encode()), type=_Trip)
        except (InvalidToken, msgspec.DecodeError, UnicodeEncodeError):
            return None


def _client() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=_TIMEOUT_S, follow_redirects=False, trust_env=False)


async def _json(client: httpx.AsyncClient, verb: str, address: str, **said: Any) -> dict[str, Any]:
    """A JSON object of the provider, at most so large. What it answers is never logged: it holds tokens."""
    try:
        async with client.stream(verb, address, **said) as answer:
            body = b""
            async for part in answer.aiter_bytes():
                body += part
                if len(body) > _MOST_BYTES:
                    raise _down("it answered too much")
        if 400 <= answer.status_code < 500 and verb == "POST":
            raise _late()
        tree = msgspec.json.decode(body) if answer.status_code == 200 else None
    except (httpx.HTTPError, msgspec.DecodeError, httpx.InvalidURL) as fault:
        raise _down(type(fault).__name__) from fault
    if not isinstance(tree, dict):
        raise _down(f"it answered {answer.status_code}")
    return tree


def _down(why: str) -> _Down:
    LOG.warning("the city's own sign-in cannot be used: %s", why)
    return _Down()


def _to(where: str, cookie: str = "") -> Response[None]:
    return Response(None, status_code=303, headers={"location": where, "cache-control": "no-store"} | ({"set-cookie": cookie} if cookie else {}))


def _late() -> Refused:
    return Refused("oidc_late", "That took too long, or was used before; begin again.", "登录超时或已使用过，请重新开始。", status=401)


def _untrue() -> Refused:
    return Refused("oidc_untrue", "The city's own sign-in sent something that does not hold.", "统一身份认证返回的信息未通过校验。", status=401)


def _unknown() -> Refused:
    return Refused("oidc_unknown", "The city knows you, this house does not: ask an administrator to let you in.", "您已通过统一认证，但未获本系统授权，请联系管理员。", status=403)
