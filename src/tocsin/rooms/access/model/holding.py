"""What the access room knows of holds and rotations when it decides, and the table of retention with its faults."""

from collections.abc import Iterator, Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from tocsin.facts.access import HoldAsked, HoldGranted, HoldLiftAsked, HoldLifted, MasterRotated
from tocsin.kernel import Instant, Kept, Words

OTHER, TRAIL = "other", "trail"
NEEDED = ("call", "contact", "incident", "file", "message", "task", "log", TRAIL, OTHER)


class RetentionRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long one kind of record is kept after what it belongs to has ended, and on which basis."""

    en: Annotated[str, Meta(min_length=2, max_length=80)]
    zh: Annotated[str, Meta(min_length=1, max_length=80)]
    days: Annotated[int, Meta(ge=1, le=36_500)]
    basis_en: Annotated[str, Meta(min_length=3, max_length=300)]
    basis_zh: Annotated[str, Meta(min_length=2, max_length=300)]

    @property
    def basis(self) -> Words:
        """The basis in both languages."""
        return Words(self.basis_en, self.basis_zh)


class Retention(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A city's table of retention; at `hour` of its own day what is due is forgotten."""

    version: Annotated[str, Meta(min_length=1, max_length=40)]
    rules: dict[str, RetentionRule]
    hour: Annotated[int, Meta(ge=0, le=23)] = 3
    sample: bool = False

    def rule_of(self, record: str) -> str:
        """The name of the rule that holds for a record."""
        kind = record.partition(":")[0]
        return kind if kind in self.rules and kind != TRAIL else OTHER


def retention_faults(table: Retention) -> Iterator[str]:
    """What is wrong with a table of retention, in sentences."""
    for name in NEEDED:
        if name not in table.rules:
            yield f"there is no rule for {name}"
    if (trail := table.rules.get(TRAIL)) is not None and trail.days < 2:
        yield "a trail is thinned after a day, so it is kept for two at least"


class HoldNow(msgspec.Struct, frozen=True, kw_only=True):
    """A hold: on what, until when, and who asked, granted and asked to lift it."""

    subject: str
    until: Instant
    asked_by: str
    granted: bool = False
    lift_asked_by: str = ""
    lifted: bool = False


def holds_after(holds: Mapping[str, HoldNow], kept: Kept) -> dict[str, HoldNow] | None:
    """The holds after one more kept fact; None where it is about none."""
    fact = kept.fact
    match fact:
        case HoldAsked():
            return {**holds, fact.hold: HoldNow(subject=fact.subject, until=fact.until, asked_by=kept.entry.by)}
        case HoldGranted():  # which the history of a day has without the asking
            before = holds.get(fact.hold) or HoldNow(subject=fact.subject, until=fact.until, asked_by="")
            return {**holds, fact.hold: msgspec.structs.replace(before, granted=True)}
        case HoldLiftAsked() if fact.hold in holds:
            return {**holds, fact.hold: msgspec.structs.replace(holds[fact.hold], lift_asked_by=kept.entry.by)}
        case HoldLifted() if fact.hold in holds:
            return {**holds, fact.hold: msgspec.structs.replace(holds[fact.hold], lifted=True)}
    return None


def rotation_of(kept: Kept) -> int:
    """The epoch that a fact tells of, 0 where it tells of none."""
    return kept.fact.epoch if isinstance(kept.fact, MasterRotated) else 0
