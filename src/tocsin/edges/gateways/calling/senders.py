"""What every means of calling has in common: a letter, somebody's ways, and what came of it; and the one that sends nothing."""

from collections.abc import Mapping
from typing import Annotated, Literal, Protocol

import msgspec
from msgspec import Meta

Lang = Literal["en", "zh"]
TIMEOUT_S = 8.0
Key = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9_-]+$")]


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """Where one browser takes pushes, and the keys that they are sealed for (RFC 8291)."""

    endpoint: Annotated[str, Meta(min_length=8, max_length=1_000)]
    p256dh: Key
    auth: Key
    lang: Lang = "en"


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """How somebody on the staff can be reached. It is kept sealed and opened to send, for nothing else."""

    sms: str = ""
    mail: str = ""
    lang: Lang = "en"
    pushes: tuple[Subscription, ...] = ()

    def ways(self) -> tuple[str, ...]:
        """The means by which they can be called."""
        return tuple(kind for kind, held in (("push", self.pushes), ("sms", self.sms), ("mail", self.mail)) if held)


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """What is said, by language; `data` is what a phone's own page needs to open at the right place."""

    text: Mapping[Lang, str]
    data: Mapping[str, str] = {}
    press: Mapping[Lang, str] = {}
    """What stands on the key by which a phone's notification is acknowledged; none where reading it is that."""
    keep_s: int = 60
    """For how long it is worth bringing."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a sending: an empty code says that it was taken. With `lasting` the same would fail again."""

    code: str = ""
    lasting: bool = False


TAKEN = Outcome()


class Sender(Protocol):
    """One means. It may be asked by several threads at once, waits for TIMEOUT_S at the most, and raises nothing of the network's."""

    def send(self, person: str, reach: Reach, letter: Letter) -> Outcome:
        """Send it once."""

    def close(self) -> None:
        """Let connections go."""


class Null:
    """Takes everything and sends nothing: for exercises, and to see who would be called."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Letter]] = []

    def send(self, person: str, reach: Reach, letter: Letter) -> Outcome:
        self.sent.append((person, letter))
        del self.sent[:-1_000]
        return TAKEN

    def close(self) -> None:
        """Nothing is held."""


def of_status(status: int) -> Outcome:
    """What an HTTP status says: of 4xx the same would fail again, but for those that ask to come back."""
    if status < 300:
        return TAKEN
    return Outcome(code=f"http_{status}", lasting=300 <= status < 500 and status not in (408, 425, 429))
