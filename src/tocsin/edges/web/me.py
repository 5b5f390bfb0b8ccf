"""Who is signed in, as the console is told."""

import msgspec

from tocsin.kernel import Ask


class Nothing(Ask, frozen=True, kw_only=True):
    """A question without parameters."""


class CityLine(msgspec.Struct, frozen=True, kw_only=True):
    """The city that this house serves."""

    name: str
    made: bool
    version: str
    attribution: str
    bounds: tuple[float, float, float, float]
    timezone: str


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """Who is signed in, what they may do, and where."""

    name: str
    roles: tuple[str, ...]
    demo: bool
    city: CityLine
    doors: tuple[str, ...]
    agency: str = ""
    """Whose a partner is; empty for staff."""
    glass: tuple[str, ...] = ()
    """The doors that open beside these while one's glass is broken."""
    post: str = ""
    """The post that they sit at."""
    fresh: bool = False
    """Whether they proved within the last minutes who they are, as the heaviest acts ask."""
    enrol: str = ""
    """Where this is not empty nobody is signed in yet: with this ticket a passkey or a second factor is set up first."""
