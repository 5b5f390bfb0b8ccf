"""What was shown to whom, kept before it was shown; and reactions that were refused."""

from typing import Literal

from tocsin.kernel import Fact, fact

Medium = Literal["screen", "paper"]
"""What something is shown on; paper leaves the house, and is asked for as such."""


@fact("access.record-shown")
class RecordShown(Fact, frozen=True, kw_only=True):
    """Personal fields of a record were about to be shown; the envelope says to whom, when and for which purpose."""

    record: str
    door: str
    fields: tuple[str, ...] = ()
    """Which classes of field: `caller`, `number`, `words`, `file`. Empty in what was kept before fields were told apart."""
    incident: str = ""
    """The incident, call or contact that was looked at, where the question named one."""
    rule: str = ""
    """The rules of the policy that let them be shown."""
    roles: tuple[str, ...] = ()
    """As what they looked: the roles that they held at that moment."""
    medium: Medium = "screen"
    glass: str = ""
    """The broken glass under which they were shown, where it was one."""
    own: tuple[str, ...] = ()
    """Which of the viewer's own details stood in it: `name`, `number`, `address`; none are known of somebody for whom none were given."""

    def tags(self) -> tuple[str, ...]:
        return (self.record, *((f"glass:{self.glass}",) if self.glass else ()))


@fact("access.reaction-refused")
class ReactionRefused(Fact, frozen=True, kw_only=True):
    """A room's reaction to another room's fact was refused: an expected no that nobody was there to read, so it is kept."""

    room: str
    command: str
    code: str
    sentence: str
