"""What is seen of conflicts: a row for each until it is settled, and one with what had been asked at the site, whose opening is kept."""

from tocsin.facts.sites import ConflictClosed, ConflictRaised
from tocsin.kernel import Instant, Kept, Picture, Refused, Row, Sight, View, Words
from tocsin.rooms.sites.commands import ReadConflict


class ConflictRow(Row, frozen=True, kw_only=True, tag="conflict"):
    """Something that was done at a site while its line was cut, that the floor could not keep, and that nobody has settled yet."""

    site: str
    person: str
    door: str
    done_at: Instant
    raised_at: Instant
    code: str
    says: Words
    incident: str
    unit: str


class Conflicts(Picture):
    """The conflicts that wait for somebody, by number."""

    name = "conflict"
    row_type = ConflictRow

    def fold(self, kept: Kept) -> tuple[str, ...]:
        fact = kept.fact
        match fact:
            case ConflictRaised():
                self.rows[fact.conflict] = ConflictRow(id=fact.conflict, site=fact.site, person=fact.person, door=fact.door, done_at=fact.done_at,
                                                       raised_at=kept.entry.known_at, code=fact.code, says=fact.says, incident=fact.incident, unit=fact.unit)
                return (fact.conflict,)
            case ConflictClosed():
                return (fact.conflict,) if self.rows.pop(fact.conflict, None) is not None else ()
        return ()


class ConflictView(View, frozen=True, kw_only=True):
    """A conflict whole: what was asked at the site (its JSON), why it could not be kept, and how it was settled."""

    conflict: str
    site: str
    person: str
    door: str
    done_at: Instant
    raised_at: Instant
    code: str
    says: Words
    command: str | None
    closed_at: Instant = 0
    closed_by: str = ""
    how: str | None = None


def read_conflict(ask: ReadConflict, sight: Sight) -> ConflictView:
    """One conflict, open or settled."""
    history = sight.history(f"conflict:{ask.conflict}")
    raised = next(((kept, kept.fact) for kept in history if isinstance(kept.fact, ConflictRaised)), None)
    if raised is None:
        raise Refused("conflict_unknown", f"there is no conflict {ask.conflict}", f"没有冲突 {ask.conflict}", field="conflict", status=404)
    kept, fact = raised
    closed = next(((end, end.fact) for end in history if isinstance(end.fact, ConflictClosed)), None)
    return ConflictView(conflict=fact.conflict, site=fact.site, person=fact.person, door=fact.door, done_at=fact.done_at, raised_at=kept.entry.known_at,
                        code=fact.code, says=fact.says, command=sight.opened(fact.command), closed_at=closed[0].entry.known_at if closed else 0,
                        closed_by=closed[0].entry.by if closed else "", how=sight.opened(closed[1].how) if closed else None)
