"""What is kept of calling a crew's people: each time somebody was called, by which means, and what came of it; no words and no address."""

from tocsin.kernel import Fact, fact


class CalloutFact(Fact, frozen=True, kw_only=True):
    """A fact of one callout: one person of a unit on its shift, called for one thing.

    `about` is what for: `assigned` (to the incident `of`), `message` (the urgent one `of`), `help` (a call for help of the unit `of`); `because` is the
    position of the fact that it follows from, so that who is sent to the same incident again is called again.
    """

    unit: str
    shift: str
    person: str
    about: str
    of: str
    because: int

    @property
    def callout(self) -> str:
        """The callout's own name."""
        return callout(self.unit, self.person, self.because)

    def tags(self) -> tuple[str, ...]:
        return (f"callout:{self.unit}@{self.shift}",)


@fact("calling.called")
class Called(CalloutFact, frozen=True, kw_only=True):
    """Somebody who is signed on is called by this means; kept before anything is sent. `number` counts the callout's sendings from 1."""

    means: str
    number: int


@fact("calling.carried")
class Carried(CalloutFact, frozen=True, kw_only=True):
    """Whoever carries that means took the sending; whether it is heard, an acknowledgement says."""

    means: str
    number: int


@fact("calling.failed")
class CallFailed(CalloutFact, frozen=True, kw_only=True):
    """Whoever carries that means did not take the sending. With `lasting` the same would fail again."""

    means: str
    number: int
    code: str
    lasting: bool = False


@fact("calling.gave-up")
class GaveUp(CalloutFact, frozen=True, kw_only=True):
    """Nobody acknowledged a callout and no means is left: it is a dead letter until its unit acknowledges, is stood down or goes off duty.

    `tried` are the means by which something was sent.
    """

    code: str
    tried: tuple[str, ...] = ()


def callout(unit: str, person: str, because: int) -> str:
    """The name of a callout."""
    return f"{unit}/{person}/{because}"
