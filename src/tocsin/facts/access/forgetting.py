"""What is kept of forgetting: which record's key was destroyed by which rule, what a legal hold kept back, and the vault's own changes."""

from tocsin.kernel import Fact, Instant, Sealed, Words, fact


@fact("access.key-destroyed")
class KeyDestroyed(Fact, frozen=True, kw_only=True):
    """A record was forgotten by a rule of the table of retention. The fact is first and binds: its key is destroyed directly after, and
    again at every start that finds it there, from an older copy for example."""

    record: str
    rule: str
    days: int
    ended: Instant
    """From when its age counts: when its incident was closed, or when it was kept where it belongs to none."""
    basis: Words

    def tags(self) -> tuple[str, ...]:
        return (self.record,)


@fact("access.key-held")
class KeyHeld(Fact, frozen=True, kw_only=True):
    """A record was due to be forgotten and a legal hold kept it back."""

    record: str
    rule: str
    days: int
    ended: Instant
    hold: str
    under: tuple[str, ...] = ()
    """What a hold may name to keep this record back: itself, and what it belongs to."""
    basis: Words

    def tags(self) -> tuple[str, ...]:
        return (self.record, f"hold:{self.hold}")


class HoldFact(Fact, frozen=True, kw_only=True):
    """A fact of one legal hold."""

    hold: str

    def tags(self) -> tuple[str, ...]:
        return (f"hold:{self.hold}",)


@fact("access.hold-asked")
class HoldAsked(HoldFact, frozen=True, kw_only=True):
    """Somebody asked that nothing of an incident (or another thing) be forgotten until a day; it holds once a second person grants it."""

    subject: str
    until: Instant
    reason: Sealed


@fact("access.hold-granted")
class HoldGranted(HoldFact, frozen=True, kw_only=True):
    """Somebody other than the one who asked granted the hold; nothing of its subject is forgotten while it stands."""

    subject: str
    until: Instant
    day: str

    def tags(self) -> tuple[str, ...]:
        return (f"hold:{self.hold}", f"holds:{self.day}")  # the day's history is what forgetting is guarded by


@fact("access.hold-lift-asked")
class HoldLiftAsked(HoldFact, frozen=True, kw_only=True):
    """Somebody asked that a hold be lifted before its day."""

    reason: Sealed


@fact("access.hold-lifted")
class HoldLifted(HoldFact, frozen=True, kw_only=True):
    """Somebody other than the one who asked for it lifted the hold; what it kept back is forgotten next."""


@fact("access.master-rotated")
class MasterRotated(Fact, frozen=True, kw_only=True):
    """Every living key was wrapped anew, and the master key before this epoch was destroyed."""

    epoch: int
    keys: int

    def tags(self) -> tuple[str, ...]:
        return (f"rotation:{self.epoch}",)


@fact("access.vault-begun")
class VaultBegun(Fact, frozen=True, kw_only=True):
    """The vault or its master key was lost and another was begun: what was sealed before stays unreadable. The envelope says who."""

    vault: str
    reason: Sealed | None = None

    def tags(self) -> tuple[str, ...]:
        return (f"vault:{self.vault}",)
