"""What may be asked about exports: ask for one, approve, refuse or withdraw it, read it; and who has ever received a record."""

from typing import Annotated, Self

import msgspec
from msgspec import Meta

from tocsin.facts.access.outflow import ExportKind, Layer, RecipientKind
from tocsin.kernel import Ask, Command, Field, Given, Instant

ExportId = Annotated[str, Meta(min_length=1, max_length=24)]
Sha256 = Annotated[str, Meta(min_length=64, max_length=64)]
MOST_COPIES, MOST_DAYS = 10, 90


class AskExport(Command, frozen=True, kw_only=True):
    """Ask that something be given out; nothing is gathered until somebody else looks at it."""

    what: ExportKind
    recipient_kind: RecipientKind
    recipient: Annotated[str, Meta(min_length=2, max_length=200)]
    basis: Annotated[str, Meta(min_length=10, max_length=2_000)]
    fields: Annotated[tuple[Field, ...], Meta(max_length=4)] = ()
    since: Annotated[int, Meta(ge=0)] = 0
    until: Annotated[int, Meta(ge=0)] = 0
    kinds: Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=60)], ...], Meta(max_length=50)] = ()
    area: Annotated[str, Meta(max_length=80)] = ""
    about: Annotated[str, Meta(max_length=60)] = ""
    days: Annotated[int, Meta(ge=1, le=MOST_DAYS)] = 7
    copies: Annotated[int, Meta(ge=1, le=MOST_COPIES)] = 1
    tongue: Annotated[str, Meta(pattern="^(en|zh)$")] = "en"
    number: str = ""
    now: Instant = 0

    def prepared(self, given: Given) -> Self:
        return msgspec.structs.replace(self, number=given.number("export"), now=given.now)

    def touches(self) -> tuple[str, ...]:
        return ()


class _OneExport(Command, frozen=True, kw_only=True):
    export: ExportId
    now: Instant = 0
    by: str = ""

    def prepared(self, given: Given) -> Self:
        return msgspec.structs.replace(self, now=given.now, by=given.by)

    def touches(self) -> tuple[str, ...]:
        return (f"export:{self.export}",)


class ApproveExport(_OneExport, frozen=True, kw_only=True):
    """Approve what you were shown: `preview` is the position of the showing. Never one's own asking."""

    preview: Annotated[int, Meta(ge=1)]


class RefuseExport(_OneExport, frozen=True, kw_only=True):
    """Say no, with a reason; never to one's own asking, which is withdrawn instead."""

    reason: Annotated[str, Meta(min_length=3, max_length=2_000)]


class WithdrawExport(_OneExport, frozen=True, kw_only=True):
    """Take back what one asked for, or as a supervisor anybody's, before or after it was approved."""

    over: bool = False
    """Whether the asker may withdraw another's."""

    def prepared(self, given: Given) -> Self:
        return msgspec.structs.replace(self, now=given.now, by=given.by, over="supervisor" in given.roles)


class KeepPreview(_OneExport, frozen=True, kw_only=True):
    """Say that its beginning is about to be shown. It has no door: the house gives it."""

    as_of: int
    rows: int
    records: int
    files: int = 0


class KeepDelivery(_OneExport, frozen=True, kw_only=True):
    """Say that a copy is about to be given out, with every record in it. It has no door: the house gives it."""

    copy: int
    rows: int
    manifest: Sha256
    files: dict[str, str]
    records: dict[str, tuple[str, ...]]
    """Each record with the classes of its fields that the copy holds."""
    over: bool = False

    def prepared(self, given: Given) -> Self:
        return msgspec.structs.replace(self, now=given.now, by=given.by, over="supervisor" in given.roles)


class KeepTrace(Command, frozen=True, kw_only=True):
    """Say that a file was looked at for a mark. It has no door: the house gives it."""

    sha256: Sha256
    layer: Layer
    export: str = ""
    chance: float = 1.0

    def touches(self) -> tuple[str, ...]:
        return ()


class ReadExport(Ask, frozen=True, kw_only=True):
    """One export: what was asked for, for whom and why, who looked, who decided, and each copy that went out."""

    export: ExportId


class ReadReceived(Ask, frozen=True, kw_only=True):
    """Everybody who has ever received a record: `call:…`, `file:…`, `contact:…`, or an incident by its number alone."""

    record: Annotated[str, Meta(min_length=3, max_length=60, pattern=r"^([a-z]+:)?[0-9A-Za-z][0-9A-Za-z_.-]*$")]
