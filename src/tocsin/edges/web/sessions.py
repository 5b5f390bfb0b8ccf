"""Sessions: a signed cookie, and a private table of those that stand, so that each can be seen and ended at once."""

import hashlib
import hmac
import secrets
from contextlib import suppress
from pathlib import Path

import msgspec

from tocsin.edges.web.papers import Paper, PaperFolder, Papers
from tocsin.edges.web.private import SESSION_KEY, key_file
from tocsin.kernel import Clock, Instant, Refused

SESSIONS = "sessions.json"
"""The name of their paper."""
COOKIE = "tocsin_session"
SECURE_COOKIE = "__Host-tocsin_session"
"""The name over HTTPS: a browser takes it only from this host itself, for the whole of it (RFC 6265bis, section 4.1.3.2)."""
LASTS_S = 12 * 3600
IDLE_S = 30 * 60
FRESH_S = 10 * 60
_AHEAD_S = 300
_WRITE_S = 60
_S = 1_000_000
_MOST = 5_000
_MOST_EACH = 12
_MOST_BELIEVED = 2_000


class Session(msgspec.Struct, frozen=True, array_like=True):
    """Who is signed in, under which id, until when. This is what the cookie says, signed."""

    id: str
    name: str
    until: Instant


class Held(msgspec.Struct, kw_only=True):
    """A session as the table has it: since when, by which way, last seen, last proved, and in which browser."""

    session: Session
    since: Instant
    seen: Instant
    proved: Instant
    way: str
    bound: str
    agent: str


class Sessions:
    """Gives, believes and ends sessions. The key lives in the data folder, readable by its owner only; the table is a paper of the house."""

    def __init__(self, folder: Path, clock: Clock, papers: Papers | None = None) -> None:
        self._clock = clock
        self._believed: dict[str, Session] = {}
        self._key = key_file(folder / SESSION_KEY)
        self._paper = Paper(papers or PaperFolder(folder), SESSIONS, clock, self._take)
        self._held: dict[str, Held] = {}
        self._touched: dict[str, Instant] = {}
        """Whom this node saw since it last said so to the others."""
        self._take()
        self._written = self._exchanged = 0

    def give(self, name: str, *, way: str = "password", agent: str = "", id: str = "") -> tuple[Session, str]:
        """A new session for a person who has just proved who they are, and its cookie value. Its id is always a new one, so a
        cookie that somebody planted before signs nobody in. The oldest of too many of one person ends."""
        self._paper.begin()
        now = self._clock.now()
        session = Session(id or new_id(), name, now + LASTS_S * _S)
        own = sorted((held for held in self._held.values() if held.session.name == name), key=lambda held: held.since)
        for old in own[: max(0, len(own) - _MOST_EACH + 1)]:
            del self._held[old.session.id]
        self._held = {each: held for each, held in self._held.items() if self.lasts(held.session)}
        while len(self._held) >= _MOST:
            self._held.pop(next(iter(self._held)))
        self._held[session.id] = Held(session=session, since=now, seen=now, proved=now, way=way, bound=_bound(agent), agent=agent[:200])
        self._keep()
        said = msgspec.json.encode(session).hex()
        return session, f"{said}.{self._sign(said)}"

    def believe(self, cookie: str, agent: str = "") -> Session | None:
        """The session of a cookie value, or None: forged, over, idle, ended, from another browser, or no cookie of ours at all."""
        session = self._believed.get(cookie)
        if session is None:  # each check of a signature lets Python's lock go, and under load it takes its time to come back
            said, dot, signature = cookie.partition(".")
            if not dot or not cookie.isascii() or not hmac.compare_digest(signature, self._sign(said)):
                return None
            session = msgspec.json.decode(bytes.fromhex(said), type=Session)
            if len(self._believed) >= _MOST_BELIEVED:
                self._believed.clear()
            self._believed[cookie] = session
        if session.id not in self._held and self._paper.missed():  # given a moment ago, perhaps, at the node that leads
            self._take()
        held = self._held[session.id] if self.lasts(session) else None
        if held is None or held.bound != _bound(agent):
            return None
        self.touch(session)
        return session

    def lasts(self, session: Session) -> bool:
        """Whether it is neither over, nor idle, nor ended. One given in a future that the clock came back from has ended too."""
        self._paper.keep_up()
        held, now = self._held.get(session.id), self._clock.now()
        return held is not None and held.since - _AHEAD_S * _S <= now < session.until and now - held.seen < IDLE_S * _S

    def touch(self, session: Session) -> None:
        """Somebody is there: a request came, or the live stream is open."""
        held, now = self._held.get(session.id), self._clock.now()
        if held is not None:
            held.seen = now
            if self._paper.papers.shared:
                self._touched[session.id] = now
            if self._paper.papers.leads and abs(now - self._written) >= _WRITE_S * _S:
                with suppress(OSError, Refused):  # a full disk must not keep those who are in from working; when they were last seen is no more than a hint
                    self._paper.begin()
                    self._keep()

    def fresh(self, session: Session) -> bool:
        """Whether its person proved who they are within the last minutes."""
        held = self._held.get(session.id)
        return held is not None and 0 <= self._clock.now() - held.proved < FRESH_S * _S

    def prove(self, session: Session) -> None:
        """Its person has just proved once more who they are."""
        self._paper.begin()
        held = self._held.get(session.id)
        if held is not None:
            held.proved = self._clock.now()
            self._keep()

    def end(self, session: Session) -> None:
        """Sign out."""
        self._paper.begin()
        if self._held.pop(session.id, None) is not None:
            self._keep()

    def of(self, name: str) -> list[Held]:
        """The sessions of one person that stand, the latest first."""
        self._paper.keep_up()
        return sorted((held for held in self._held.values() if held.session.name == name and self.lasts(held.session)),
                      key=lambda held: held.since, reverse=True)

    def exchange(self) -> None:
        """Once a minute: tell the other nodes whom this one saw, and hear whom they did, so that nobody is idle who works at another. In
        whichever thread asks; Refused where the database does not answer, and then the next second asks again."""
        papers, now = self._paper.papers, self._clock.now()
        if not papers.shared or abs(now - self._exchanged) < _WRITE_S * _S:
            return
        touched, self._touched = self._touched, {}
        try:
            seen = papers.saw(touched)
        except Refused:
            self._touched = touched | self._touched
            raise
        self._exchanged = now
        for held in list(self._held.values()):
            held.seen = max(held.seen, min(seen.get(held.session.id, 0), now))
        if papers.leads:
            papers.forget_seen(now - LASTS_S * _S)

    def _take(self) -> None:
        """The table as it was kept, and when each was last seen as far as we know better; a damaged one signs everybody out, and nobody in."""
        before, held = self._held, list[Held]()
        content = self._paper.read() or b"[]"
        with suppress(msgspec.DecodeError):
            held = msgspec.json.decode(content, type=list[Held])
        for one in held:
            known = before.get(one.session.id)
            one.seen = max(one.seen, known.seen) if known is not None else one.seen
        self._held = {one.session.id: one for one in held}

    def _keep(self) -> None:
        self._written = self._clock.now()
        self._paper.write(msgspec.json.encode(list(self._held.values())))

    def _sign(self, said: str) -> str:
        return hmac.digest(self._key, said.encode(), "sha256").hex()


def new_id() -> str:
    """An id that nobody can guess."""
    return secrets.token_urlsafe(12)


def cookie_name(*, secure: bool) -> str:
    """The cookie's name over this kind of connection."""
    return SECURE_COOKIE if secure else COOKIE


def set_cookie(value: str, *, secure: bool) -> str:
    """The Set-Cookie header that gives a session, or takes it away where the value is empty."""
    lasts_s = LASTS_S if value else 0
    return f"{cookie_name(secure=secure)}={value}; Path=/; Max-Age={lasts_s}; HttpOnly; SameSite=Strict{'; Secure' if secure else ''}"


def _bound(agent: str) -> str:
    return hashlib.sha256(agent.encode("utf-8", "replace")).hexdigest()[:32]

