"""Findings as reviewers see them: which pattern, about whose use, since when, and what was decided."""


from tocsin.facts.access import FindingAnswered, FindingDecided, FindingRaised
from tocsin.facts.access.findings import FindingDecision
from tocsin.kernel import Instant, Kept, Refused, Row, Sight, View
from tocsin.rooms.access.commands import ReadFinding, ReadOwnFindings
from tocsin.rooms.access.views.latest import Latest


class FindingRow(Row, frozen=True, kw_only=True, tag="finding"):
    """That there is a finding and how it stands; whose it is about and what was found are read at its own door. The id is its number."""

    pattern: str
    since: Instant
    decision: FindingDecision | None = None
    decided_by: str = ""


class Findings(Latest):
    """The findings that wait for a decision, and the latest that were decided."""

    name = "finding"
    row_type = FindingRow

    def settled(self, row: Row) -> bool:
        return isinstance(row, FindingRow) and row.decision is not None

    def fold(self, kept: Kept) -> tuple[str, ...]:
        fact = kept.fact
        match fact:
            case FindingRaised():
                return self.put(FindingRow(id=fact.finding, pattern=fact.pattern, since=kept.entry.known_at))
            case FindingDecided():
                return self.change(fact.finding, decision=fact.decision, decided_by=kept.entry.by)
        return ()


class FindingView(View, frozen=True, kw_only=True):
    """A finding with its evidence by position, what was measured, and the decision with its words."""

    row: FindingRow | None
    staff: str
    pattern: str
    records: tuple[str, ...]
    positions: tuple[int, ...]
    measured: dict[str, float]
    glass: str
    note: str | None
    answer: str | None = None
    """What the one concerned said to it."""


class OwnFinding(View, frozen=True, kw_only=True):
    """A finding as the one concerned sees it: what was found and where, what was decided by whom, and whether they answered."""

    finding: str
    pattern: str
    since: Instant
    records: tuple[str, ...]
    measured: dict[str, float]
    decision: FindingDecision
    decided_by: str
    answered: bool


class OwnFindings(View, frozen=True, kw_only=True):
    """The decided ones of the latest five hundred that are about whoever asks."""

    findings: tuple[OwnFinding, ...]


def read_finding(ask: ReadFinding, sight: Sight) -> FindingView:
    """One finding, for whoever decides it; the one concerned is not among them until it is decided."""
    history = sight.history(f"finding:{ask.finding}")
    raised = next((kept.fact for kept in history if isinstance(kept.fact, FindingRaised)), None)
    if raised is None:
        raise Refused("finding_unknown", f"there is no finding {ask.finding}", f"没有发现项 {ask.finding}", field="finding", status=404)
    decided = next((kept.fact for kept in history if isinstance(kept.fact, FindingDecided)), None)
    if decided is None and raised.staff == sight.by.name:
        raise Refused("review_own", "This is about you and not decided yet; somebody else looks at it, and you are told then.",
                      "涉及本人且尚未处理，由他人查看，处理后会告知您。", field="finding", status=403)
    answered = next((kept.fact for kept in history if isinstance(kept.fact, FindingAnswered)), None)
    row = sight.rows("finding").get(ask.finding)
    return FindingView(row=row if isinstance(row, FindingRow) else None, staff=raised.staff, pattern=raised.pattern, records=raised.records,
                       positions=raised.positions, measured=raised.measured, glass=raised.glass,
                       note=sight.opened(decided.note) if decided is not None else None,
                       answer=sight.opened(answered.answer) if answered is not None else None)


def read_own_findings(ask: ReadOwnFindings, sight: Sight) -> OwnFindings:
    """What was decided about the asker; what still waits is not told, so that evidence is not changed by being looked for."""
    found = []
    for row in sight.rows("finding").values():
        if not isinstance(row, FindingRow) or row.decision is None:
            continue
        history = sight.history(f"finding:{row.id}")
        raised = next((kept.fact for kept in history if isinstance(kept.fact, FindingRaised)), None)
        if raised is not None and raised.staff == sight.by.name:
            found.append(OwnFinding(finding=row.id, pattern=raised.pattern, since=row.since, records=raised.records, measured=raised.measured,
                                    decision=row.decision, decided_by=row.decided_by,
                                    answered=any(isinstance(kept.fact, FindingAnswered) for kept in history)))
    return OwnFindings(findings=tuple(found))
