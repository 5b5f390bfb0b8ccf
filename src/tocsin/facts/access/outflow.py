"""What is kept of what leaves the house: an export asked for, looked at, approved or refused by another, and each copy with its records."""

from typing import Literal

import msgspec

from tocsin.kernel import Fact, Instant, Sealed, fact

ExportKind = Literal["incidents", "story", "facts", "statistics"]
RecipientKind = Literal["court", "agency", "insurer", "researcher", "person"]
Layer = Literal["picture", "unseen", "wording", "told", "none"]
"""By which layer of a mark a copy was named; `told` is what anybody can write, and proves nothing."""


class ExportFact(Fact, frozen=True, kw_only=True):
    """A fact of one export."""

    export: str

    def tags(self) -> tuple[str, ...]:
        return (f"export:{self.export}",)


@fact("access.export-asked")
class ExportAsked(ExportFact, frozen=True, kw_only=True):
    """Somebody asked that something be given out: what, to whom, on which basis, until when. Nothing was looked at for it yet."""

    what: ExportKind
    fields: tuple[str, ...]
    """The classes of personal field that were asked for: `caller`, `number`, `words`, `file`; usually none."""
    recipient_kind: RecipientKind
    recipient: Sealed
    basis: Sealed
    expires_at: Instant
    copies: int
    since: Instant = 0
    until: Instant = 0
    kinds: tuple[str, ...] = ()
    area: str = ""
    about: str = ""
    """The incident or record that it is about, where it is about one."""
    tongue: str = "en"


@fact("access.export-previewed")
class ExportPreviewed(ExportFact, frozen=True, kw_only=True):
    """Somebody who may approve it was shown its beginning, and how much it is; whose personal fields were opened is kept beside this."""

    as_of: int
    """The ledger's position up to which it was gathered; what is given out is gathered up to the same."""
    rows: int
    records: int
    files: int = 0


@fact("access.export-approved")
class ExportApproved(ExportFact, frozen=True, kw_only=True):
    """A second person approved what they had been shown."""

    preview: int
    as_of: int


@fact("access.export-refused")
class ExportRefused(ExportFact, frozen=True, kw_only=True):
    """A second person said no."""

    reason: Sealed


@fact("access.export-withdrawn")
class ExportWithdrawn(ExportFact, frozen=True, kw_only=True):
    """Whoever asked, or a supervisor, took it back; no copy is given out after this."""


@fact("access.export-delivered")
class ExportDelivered(ExportFact, frozen=True, kw_only=True):
    """A copy was about to be given out. What its manifest says is proved by `manifest`, the SHA-256 of its bytes."""

    copy: int
    rows: int
    records: int
    manifest: str
    files: dict[str, str] = msgspec.field(default_factory=dict)
    """Each file's name and SHA-256, at most 60."""


@fact("access.records-delivered")
class RecordsDelivered(Fact, frozen=True, kw_only=True):
    """Which records a copy holds, at most sixty in each such fact, and which classes of their personal fields."""

    export: str
    copy: int
    records: tuple[str, ...]
    fields: tuple[str, ...] = ()

    def tags(self) -> tuple[str, ...]:
        return tuple(f"out:{record}" for record in self.records)


@fact("access.leak-traced")
class LeakTraced(Fact, frozen=True, kw_only=True):
    """Somebody had a file looked at for a mark; by its SHA-256, with the export it names, where it names one."""

    sha256: str
    layer: Layer
    export: str = ""
    chance: float = 1.0
    """The chance that it names an export that it was not made for, as far as that can be computed; 1 where nothing is proved."""

    def tags(self) -> tuple[str, ...]:
        return (f"export:{self.export}",) if self.export else ()
