"""What may be asked about findings: read one with its evidence, decide it."""

from typing import Annotated, Self

import msgspec
from msgspec import Meta

from tocsin.facts.access.findings import FindingDecision
from tocsin.kernel import Ask, Command, Given

FindingId = Annotated[str, Meta(min_length=1, max_length=60)]


class DecideFinding(Command, frozen=True, kw_only=True):
    """Decide a finding, having looked at its evidence; never one about oneself."""

    finding: FindingId
    decision: FindingDecision
    note: Annotated[str, Meta(min_length=3, max_length=2_000)]
    by: str = ""

    def prepared(self, given: Given) -> Self:
        return msgspec.structs.replace(self, by=given.by)

    def touches(self) -> tuple[str, ...]:
        return (f"finding:{self.finding}",)


class ReadFinding(Ask, frozen=True, kw_only=True):
    """One finding with its evidence and, once it is decided, the decision; the reading is kept."""

    finding: FindingId
