"""Whether a machine and what it is to lean on are fit for a floor, before anything is installed on them: each looked at for real, none changed."""

from typing import Literal

import msgspec

from tocsin.kernel import Words

State = Literal["ok", "warn", "fail"]


class Found(msgspec.Struct, frozen=True):
    """One thing that was looked at: what it is, how it stands, what was seen, and, where it is not `ok`, what to do."""

    name: str
    state: State
    says: Words
    do: Words | None = None


def ok(name: str, en: str, zh: str) -> Found:
    """Nothing to do."""
    return Found(name, "ok", Words(en, zh))


def graded(name: str, says: Words, do: Words, *, fails: bool, warns: bool = False) -> Found:
    """How it stands by two conditions, the worse first."""
    state: State = "fail" if fails else "warn" if warns else "ok"
    return Found(name, state, says, None if state == "ok" else do)
