"""Sessions: a signed cookie, and a private table of those that stand, so that each can be seen and ended at once."""

import hashlib
import hmac
import secrets
from contextlib import suppress
from pathlib import Path

import msgspec

from tocsin.edges.web.private import key_file, write_privately
from tocsin.kernel import Clock, Instant

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
    """Gives, believes and ends sessions. The key and the table live in the data folder, readable by its owner only."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._clock = clock
        self._believed: dict[str, Session] = {}
        self._path = folder / "sessions.json"
        self._key = key_file(folder / "session.key")
        self._held: dict[str, Held] = {held.session.id: held for held in _table(self._path)}
        self._written = 0

    def give(self, name: str, *, way: str = "password", agent: str = "", id: str = "") -> tuple[Session, str]:
        """A new session for a person who has just proved who they are, and its cookie value. Its id is always a new one, so a
        cookie that somebody planted before signs nobody in. The oldest of too many of one person ends."""
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
        held = self._held.get(session.id)
        if held is None or not self.lasts(session) or held.bound != _bound(agent):
            return None
        self.touch(session)
        return session

    def lasts(self, session: Session) -> bool:
        """Whether it is neither over, nor idle, nor ended. One given in a future that the clock came back from has ended too."""
        held, now = self._held.get(session.id), self._clock.now()
        return held is not None and held.since - _AHEAD_S * _S <= now < session.until and now - held.seen < IDLE_S * _S

    def touch(self, session: Session) -> None:
        """Somebody is there: a request came, or the live stream is open."""
        held, now = self._held.get(session.id), self._clock.now()
        if held is not None:
            held.seen = now
            if abs(now - self._written) >= _WRITE_S * _S:
                with suppress(OSError):  # a full disk must not keep those who are in from working; when they were last seen is no more than a hint
                    self._keep()

    def fresh(self, session: Session) -> bool:
        """Whether its person proved who they are within the last minutes."""
        held = self._held.get(session.id)
        return held is not None and 0 <= self._clock.now() - held.proved < FRESH_S * _S

    def prove(self, session: Session) -> None:
        """Its person has just proved once more who they are."""
        held = self._held.get(session.id)
        if held is not None:
            held.proved = self._clock.now()
            self._keep()

    def end(self, session: Session) -> None:
        """Sign out."""
        if self._held.pop(session.id, None) is not None:
            self._keep()

    def of(self, name: str) -> list[Held]:
        """The sessions of one person that stand, the latest first."""
        return sorted((held for held in self._held.values() if held.session.name == name and self.lasts(held.session)),
                      key=lambda held: held.since, reverse=True)

    def _keep(self) -> None:
        self._written = self._clock.now()
        write_privately(self._path, msgspec.json.encode(list(self._held.values())))

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


def _table(path: Path) -> list[Held]:
    """The table as it was kept; a damaged one signs everybody out, and nobody in."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=list[Held])
    except (FileNotFoundError, msgspec.DecodeError):
        return []
