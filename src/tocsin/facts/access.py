"""What is kept of access: who was shown which personal record, before they were shown it; and reactions that were refused."""

from tocsin.kernel import Fact, fact


@fact("access.record-shown")
class RecordShown(Fact, frozen=True, kw_only=True):
    """Personal fields of a record were about to be shown; the envelope says to whom, when and for which purpose."""

    record: str
    door: str

    def tags(self) -> tuple[str, ...]:
        return (self.record,)


@fact("access.reaction-refused")
class ReactionRefused(Fact, frozen=True, kw_only=True):
    """A room's reaction to another room's fact was refused: an expected no that nobody was there to read, so it is kept."""

    room: str
    command: str
    code: str
    sentence: str
