"""What is asked of the calling room by whoever carries callouts, never at a door: call, say what came of it, give up."""

import msgspec

from tocsin.kernel import Command


class CalloutCommand(Command, frozen=True, kw_only=True):
    """A command about one callout; the history of its unit's shift decides whether its person is still signed on."""

    unit: str
    shift: str
    person: str
    about: str
    of: str
    because: int

    def touches(self) -> tuple[str, ...]:
        own = f"{self.unit}@{self.shift}"
        return (f"unit:{own}", f"callout:{own}", *((f"message:{self.of}",) if self.about == "message" else ()))


class Call(CalloutCommand, frozen=True, kw_only=True):
    """Call somebody by this means. Nothing is kept, and so nothing sent, where they are not signed on or it was acknowledged meanwhile."""

    means: str
    number: int


class NoteOutcome(CalloutCommand, frozen=True, kw_only=True):
    """Keep what came of a sending; an empty `code` says that it was taken."""

    means: str
    number: int
    code: str = ""
    lasting: bool = False


class GiveUp(CalloutCommand, frozen=True, kw_only=True):
    """No means is left."""

    code: str
    tried: tuple[str, ...] = ()


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done next about one callout: call by `means`, or, where that is empty, give up because of `code`."""

    means: str = ""
    code: str = ""
