"""Commands that an agency may give about what is its own, and the floor about any: who asks is filled in by the house alone."""

from tocsin.kernel import Command, Given


class AgencyCommand(Command, frozen=True, kw_only=True):
    """A command whose answer turns on the asker's agency. A request cannot say which that is: the house wraps it."""

    def prepared(self, given: Given) -> Command:
        return ForAgency(key=self.key, happened_at=self.happened_at, said=self, agency=given.agency if "partner" in given.roles else None)


class ForAgency(Command, frozen=True, kw_only=True):
    """What an `AgencyCommand` becomes: `agency` is the partner's own, None where the floor itself asks. It has no door."""

    said: Command
    agency: str | None

    def touches(self) -> tuple[str, ...]:
        return self.said.touches()
