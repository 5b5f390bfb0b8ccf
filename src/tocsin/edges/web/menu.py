"""The whole menu of addresses: every room's doors and the few that the edge itself keeps, in one list with one shape."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Literal, get_type_hints

import msgspec

from tocsin.edges.web.gate import Known, cookie_of
from tocsin.edges.web.problems import refusal
from tocsin.house import role_missing
from tocsin.kernel import Pace, Refused, Role, Room

Answer = Any
"""What a door gives back: a struct (sent as JSON), or a Litestar Response that says more."""

BODY_BYTES = 256 * 1024


class Asked(msgspec.Struct, frozen=True):
    """One request at a door: who asks and where from, what stands in the path and query, and the body's bytes."""

    known: Known | None
    path: dict[str, str]
    query: Sequence[tuple[str, str]]
    body: bytes
    address: str
    secure: bool
    host: str = ""
    agent: str = ""
    """What the browser calls itself."""
    cookies: str = ""
    headers: dict[str, str] = {}
    """Of a line that names them alone: what its sender says beside the bytes."""
    shows: Callable[[str], None] = lambda whose: None
    """Told whose key was in it, by a line that looks at that itself."""

    def cookie(self, ours: str) -> str:
        """The value of one cookie; empty where there is none."""
        return cookie_of(self.cookies, ours)


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One address. `roles` None: open to anybody; empty: anybody who is signed in, devices too."""

    verb: Literal["GET", "POST"]
    path: str
    says: str
    roles: tuple[Role, ...] | None
    purpose: str
    act: Callable[[Asked], Awaitable[Answer]] | None = None
    """None: answered by its own ASGI application (the stream, the files), which is not one question and one answer."""
    asks: type | None = None
    answers: type | None = None
    media: str = "application/json"
    body_bytes: int = BODY_BYTES
    raw: bool = False
    """The body is a file as it is, not JSON: it may take longer to arrive, and few are taken in at once."""
    deep: bool = False
    """Whether its last field takes the rest of the path, slashes and all."""
    glass: bool = False
    """Whether it opens to any of the staff whose glass is broken."""
    heads: tuple[str, ...] = ()
    """Headers that a line reads."""
    fresh: bool = False
    """Whether it is so heavy that one must have proved within the last minutes who one is."""
    here: bool = False
    """Whether a node that follows another answers it by itself, as far as nothing has to be kept for it; else it is handed on to the one that leads."""
    named: bool = False
    """Whether a machine's key opens it only where the key names it: a tracker's key, which names nothing, does not."""
    bare: bool = False
    """Whether programs of others ask it, which know nothing of our header: it takes any kind of body, and lets nobody in by a cookie."""
    pace: Pace | None = None
    """The lane of a room's door; None: what purpose and verb say."""


def admit(line: Line, known: Known | None, *, broken: bool = False) -> None:
    """Let this asker through the line's own roles or refuse; `broken` says that their glass is. The house looks once more by itself."""
    if line.roles is None:
        return
    if known is None:
        raise refusal(401)
    if line.roles and not known.asker.roles.intersection(line.roles) and not (line.glass and broken):
        raise role_missing(line.path, line.roles, glass=line.glass and known.session is not None and not known.asker.agency)
    if not _scoped(line, known):
        raise Refused("key_scope", "This key is for other doors; an administrator makes one for this.", "该密钥不适用于此接口，请向管理员申请。", status=403)
    if line.fresh and not known.fresh:
        raise Refused("prove_again", "Prove once more who you are (passkey, or password and code); it counts for ten minutes.",
                      "请再次验证身份（通行密钥，或密码加验证码），十分钟内有效。", status=403)


def may(line: Line, known: Known) -> bool:
    """Whether `admit` would let this asker through."""
    return line.roles is None or ((not line.roles or bool(known.asker.roles.intersection(line.roles))) and _scoped(line, known))


def _scoped(line: Line, known: Known) -> bool:
    """Whether a machine's key is for this door; a person's session is for every door of their roles."""
    return line.path in known.doors or not (known.doors or (line.named and known.session is None))


def answer_type(room: Room, asks: type) -> type | None:
    """The view that a question is answered with, from its answer's annotation; None where it has none."""
    answer: Any = room.answers.get(asks)
    while isinstance(answer, partial):
        answer = answer.func
    found = get_type_hints(answer).get("return") if answer is not None else None
    return found if isinstance(found, type) else None
