"""What the edge asks to be kept of coming in, before it lets it take effect; it has no door."""

from tocsin.facts.access.sign_in import SignInFact
from tocsin.kernel import Command


class KeepSignIn(Command, frozen=True, kw_only=True):
    """Keep these facts of coming in. Credentials are looked at where they lie, at the edge, and never come here."""

    facts: tuple[SignInFact, ...]

    def touches(self) -> tuple[str, ...]:
        return ()
