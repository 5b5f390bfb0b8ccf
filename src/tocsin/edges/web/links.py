"""One-time links and tickets: for the first administrator, for somebody invited, for a reset, and to set up a way of signing in."""

import hashlib
import secrets
from typing import Literal

import msgspec

from tocsin.edges.web.papers import Paper, Papers
from tocsin.kernel import Clock, Instant, Refused, Role

LINKS = "links.json"
"""The name of their paper."""
Kind = Literal["first", "invite", "reset", "enrol"]
LASTS_S: dict[Kind, int] = {"first": 3600, "invite": 24 * 3600, "reset": 3600, "enrol": 600}
_MOST = 500
_S = 1_000_000


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """What a link opens: for whom, as what, until when. Its token was told once; the digest is what is kept."""

    digest: str
    kind: Kind
    name: str
    given: Instant
    until: Instant
    roles: tuple[Role, ...] = ()
    posts: tuple[str, ...] = ()
    agency: str = ""
    by: str = ""
    secret: str = ""
    """A second factor that is being set up; kept in memory alone."""


class Links:
    """All links that stand, by digest; tickets to enrol are kept in memory only. Taking one is one step that
    nothing else comes between, so of two that use a link at once one is refused."""

    def __init__(self, papers: Papers, clock: Clock) -> None:
        self._paper, self._clock = Paper(papers, LINKS, clock, self._take), clock
        self._links: dict[str, Link] = {}
        self._take()

    def give(self, kind: Kind, name: str, *, roles: tuple[Role, ...] = (), posts: tuple[str, ...] = (), agency: str = "", by: str = "") -> tuple[Link, str]:
        """A new link and its token. One for the same person and of the same kind takes the older one's place."""
        self._paper.begin()
        now, token = self._clock.now(), secrets.token_urlsafe(32)
        self._links = {digest: link for digest, link in self._links.items()
                       if link.until > now and not (kind != "enrol" and link.name == name and link.kind != "enrol")}
        enrolling = [digest for digest, link in self._links.items() if link.kind == "enrol"]
        if len(enrolling) >= _MOST:
            del self._links[enrolling[0]]
        if kind != "enrol" and len(self._links) - len(enrolling) >= _MOST:
            raise Refused("links_full", "Too many invitations are open; wait until some are used or end.", "未使用的邀请过多，请等待其使用或到期。", status=429)
        link = Link(digest=_digest(token), kind=kind, name=name, given=now, until=now + LASTS_S[kind] * _S, roles=roles, posts=posts, agency=agency, by=by)
        self._links[link.digest] = link
        self._keep()
        return link, token

    def look(self, token: str) -> Link:
        """The link of a token, still there afterwards. One from a future that a clock came back from is over as well."""
        self._paper.begin()
        link, now = self._links.get(_digest(token)), self._clock.now()
        if link is None or not link.given - 300 * _S <= now < link.until:
            raise Refused("link_over", "This link was used or has ended. Ask an administrator for a new one.", "该链接已使用或已失效，请向管理员索取新链接。", status=410)
        return link

    def hold(self, link: Link, **held: str) -> Link:
        """Remember something about a link that stands."""
        changed = msgspec.structs.replace(link, **held)
        self._links[link.digest] = changed
        return changed

    def take(self, token: str) -> Link:
        """Use a link up."""
        link = self.look(token)
        del self._links[link.digest]
        self._keep()
        return link

    def put_back(self, link: Link) -> None:
        """What it was taken for could not be kept."""
        self._paper.begin()
        self._links[link.digest] = link
        self._keep()

    def end_for(self, name: str) -> None:
        """Nobody comes in as this person by a link any more."""
        self._paper.begin()
        self._links = {digest: link for digest, link in self._links.items() if link.name != name}
        self._keep()

    def open(self) -> list[Link]:
        """Invitations and resets that wait."""
        now = self._clock.now()
        return [link for link in self._links.values() if link.kind != "enrol" and link.until > now]

    def _take(self) -> None:
        """Those that were kept, and the tickets that only we know."""
        kept = self._paper.read()
        held, self._written = msgspec.json.decode(kept or b"[]", type=list[Link]), kept is not None
        self._links = {digest: link for digest, link in self._links.items() if link.kind == "enrol"} | {link.digest: link for link in held}

    def _keep(self) -> None:
        lasting = [msgspec.structs.replace(link, secret="") for link in self._links.values() if link.kind != "enrol"]
        if lasting or self._written:
            self._paper.write(msgspec.json.encode(lasting))
            self._written = True


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
