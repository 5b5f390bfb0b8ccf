"""What is kept of remote sites: what one did by itself while its line was cut, and what of that the floor could not keep."""

from tocsin.kernel import Fact, Instant, Sealed, Words, fact


@fact("sites.done-apart")
class DoneApart(Fact, frozen=True, kw_only=True):
    """A site did something by itself while its line to the floor was cut; kept in the site's own records, together with what it did.

    `command` is what was asked at `door`, sealed there as a whole. It is brought to the floor under the same key.
    """

    door: str
    person: str
    roles: tuple[str, ...]
    key: str
    command: Sealed
    purpose: str = ""


class ConflictFact(Fact, frozen=True, kw_only=True):
    """A fact of one conflict: something that was done at a site and that the floor could not keep."""

    conflict: str

    def tags(self) -> tuple[str, ...]:
        return (f"conflict:{self.conflict}",)


@fact("sites.conflict-raised")
class ConflictRaised(ConflictFact, frozen=True, kw_only=True):
    """What a site had done while its line was cut could not be kept when it joined again; somebody at the floor has to settle it.

    `code` and `says` are why; `incident` and `unit` are what it was about, as far as that can be told from it.
    """

    site: str
    person: str
    door: str
    done_at: Instant
    code: str
    says: Words
    command: Sealed
    incident: str = ""
    unit: str = ""


@fact("sites.conflict-closed")
class ConflictClosed(ConflictFact, frozen=True, kw_only=True):
    """Somebody at the floor settled a conflict and said how."""

    how: Sealed
