"""Who asks, and what they are answered with: the only words the house adds to those of its rooms."""

import msgspec

from tocsin.engines.own_use import OwnIn
from tocsin.kernel import Role, Row, View
from tocsin.trail import Held


class Asker(msgspec.Struct, frozen=True):
    """Somebody, or something, that asks at a door: a signed-in person, a crew in simulation, a room reacting."""

    name: str
    roles: frozenset[Role]
    agency: str = ""
    """Whose a partner is; it sees and answers what is this agency's, and nothing else."""
    purpose: str = ""
    """The purpose that they stated; empty: the one that the door and their roles imply."""
    own: OwnIn | None = None
    """What is looked for in what they are shown, to find those who look at records of their own; None where nothing was given."""

    def keyed(self, key: str) -> str:
        """The whole key of a command of theirs; two askers never share one, whatever stands in a name. Empty where there is none."""
        return f"{self.name.replace('%', '%25').replace(':', '%3A')}:{key}" if key else ""


class Receipt(View, frozen=True, kw_only=True):
    """What a command did: the last position it was kept at, what it was about, and the kinds of fact it left.

    `repeated` says that this key had been kept before and nothing new was.
    """

    position: int
    subject: str
    kept: tuple[str, ...]
    repeated: bool = False


class PositionRow(Row, frozen=True, kw_only=True, tag="position"):
    """The latest known position of a unit on duty, from the trail; never in the ledger. The row's id is the unit."""

    lon: float
    lat: float
    device_at: int
    heard_at: int
    accuracy_m: float | None = None
    speed_mps: float | None = None
    heading_deg: float | None = None
    doubt: str = ""
    """Why it can hardly be true: `jump` (no vehicle gets there in the time), `accuracy` (a guess from radio masts); empty where nothing speaks against it."""


class Frame(View, frozen=True, kw_only=True):
    """Rows that changed since a cursor, and the cursor to go on from: `<ledger position>.<trail sequence>`.

    `whole` replaces all that a reader holds. `at` is the house's time and `speed` how fast it runs against the wall.
    """

    id: str
    at: int
    speed: float
    whole: bool
    rows: tuple[Row, ...]
    gone: tuple[tuple[str, str], ...]


class PastFrame(Frame, frozen=True, kw_only=True):
    """The whole picture as it was known at `at`. Its id is `<ledger position>.0`; `known_at` is when the last of its facts was known.

    `trail` says how much is still held of that day's positions: `whole`, `thinned` (one in ten seconds), or `expired` (none).
    """

    known_at: int
    trail: Held


class Mark(View, frozen=True, kw_only=True):
    """A moment worth finding again on the time slider: what it was (`p1`, `raised`, `closed_road`) and of which incident or closure."""

    at: int
    what: str
    of: str


class Span(View, frozen=True, kw_only=True):
    """From when until when the past can be shown, up to which instant without waiting, and the moments of the hours asked for."""

    first: int
    last: int
    ready: int
    marks: tuple[Mark, ...]
