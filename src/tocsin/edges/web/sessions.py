"""Signed sessions: a cookie that needs no table to be believed, and a short list of those that were ended early."""

import hmac
import json
import os
import secrets
from pathlib import Path

import msgspec

from tocsin.kernel import Clock, Instant

COOKIE = "tocsin_session"
LASTS_S = 12 * 3600
_S = 1_000_000
_MOST_BELIEVED = 2_000


class Session(msgspec.Struct, frozen=True, array_like=True):
    """Who is signed in, under which id, until when."""

    id: str
    name: str
    until: Instant


class Sessions:
    """Gives, believes and ends sessions. The key and the ended ids live in the data folder, readable by its owner only."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._clock = clock
        self._believed: dict[str, Session] = {}
        self._ended_path = folder / "ended-sessions.json"
        self._key = _key(folder / "session.key")
        self._ended: dict[str, Instant] = json.loads(self._ended_path.read_text()) if self._ended_path.exists() else {}

    def give(self, name: str) -> tuple[Session, str]:
        """A new session for a person who has just proved who they are, and its cookie value."""
        session = Session(secrets.token_urlsafe(12), name, self._clock.now() + LASTS_S * _S)
        said = msgspec.json.encode(session).hex()
        return session, f"{said}.{self._sign(said)}"

    def believe(self, cookie: str) -> Session | None:
        """The session of a cookie value, or None: forged, over, ended, or no cookie of ours at all."""
        held = self._believed.get(cookie)
        if held is not None:  # each check of a signature lets Python's lock go, and under load it takes its time to come back
            return held if self.lasts(held) else None
        said, dot, signature = cookie.partition(".")
        if not dot or not cookie.isascii() or not hmac.compare_digest(signature, self._sign(said)):
            return None
        session = msgspec.json.decode(bytes.fromhex(said), type=Session)
        if len(self._believed) >= _MOST_BELIEVED:
            self._believed.clear()
        self._believed[cookie] = session
        return session if self.lasts(session) else None

    def lasts(self, session: Session) -> bool:
        """Whether it is neither over nor ended."""
        return session.id not in self._ended and self._clock.now() < session.until

    def end(self, session: Session) -> None:
        """Sign out: the id is remembered until the cookie would have run out by itself."""
        now = self._clock.now()
        self._ended = {id_: until for id_, until in self._ended.items() if until > now} | {session.id: session.until}
        write_privately(self._ended_path, json.dumps(self._ended).encode())

    def _sign(self, said: str) -> str:
        return hmac.digest(self._key, said.encode(), "sha256").hex()


def set_cookie(value: str, *, secure: bool) -> str:
    """The Set-Cookie header that gives a session, or takes it away where the value is empty."""
    lasts_s = LASTS_S if value else 0
    return f"{COOKIE}={value}; Path=/; Max-Age={lasts_s}; HttpOnly; SameSite=Strict{'; Secure' if secure else ''}"


def write_privately(path: Path, data: bytes) -> None:
    """Replace a file whole, readable by its owner only; a crash leaves the old one or the new one."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _key(path: Path) -> bytes:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_privately(path, secrets.token_bytes(32))
    key = path.read_bytes()
    assert len(key) == 32, "the session key is damaged"
    return key
