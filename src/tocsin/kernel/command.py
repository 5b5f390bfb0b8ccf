"""Commands: what may be asked, in the imperative; and Refused, the expected no with a code and a sentence in both languages."""

from collections.abc import Callable
from typing import Annotated, Any

import msgspec

from tocsin.kernel.clock import Instant


class Words(msgspec.Struct, frozen=True):
    """One sentence in both languages; code picks neither, the page does."""

    en: str
    zh: str


class Refused(Exception):
    """An expected no: nothing changed, nobody is paged, and the asker is told why in words.

    `code` is stable and safe to program against; `field` names the field at fault where there is one; `status` is the
    HTTP status the edges answer with (409 the world disagrees, 404 no such thing, 422 the request itself is wrong, 403 …).
    """

    def __init__(self, code: str, en: str, zh: str, *, field: str | None = None, status: int = 409) -> None:
        super().__init__(f"{code}: {en}")
        self.code, self.words, self.field, self.status = code, Words(en, zh), field, status


class Fault(Exception):
    """What the house stands on is not as it must be, a file, a ledger or a city: a stable code, and one sentence for whoever typed the command."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code, self.sentence = code, sentence


class Given(msgspec.Struct, frozen=True):
    """What the house hands a command before it is decided, so that deciding stays pure: the time, the asker and numbers."""

    now: Instant
    by: str
    number: Callable[[str], str]
    """The next unused running number of a series, for example `number("call")` -> `261123-0031`."""
    look: Callable[[str], Any]
    """What the house can see now and a decision must be able to show later: `units` on duty, `closed` segments."""
    roles: frozenset[str] = frozenset()
    """The asker's roles; none where a room asks by itself."""
    agency: str = ""
    """The asker's agency, where it is a partner's."""


class Command(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A request to change something. It is the request body of its door.

    `key` makes a retry harmless: the same key is kept once and answered with what was kept then. `happened_at` is when it
    happened as the asker says (a device that was offline, a replayed day); left out, it is when the house hears of it.
    """

    key: str = msgspec.field(default="")
    happened_at: Instant | None = None
    paper: Annotated[str, msgspec.Meta(max_length=40)] = ""
    """The paper form it was first written on, where it is entered back after a time without this system; it needs `happened_at`."""

    def prepared(self, given: Given) -> "Command":
        """This command with what only the house can give (a new number, the time) filled in; most need nothing."""
        return self

    def touches(self) -> tuple[str, ...]:
        """The tags whose history decides this command; the append is refused and retried if one of them grew meanwhile."""
        raise NotImplementedError
