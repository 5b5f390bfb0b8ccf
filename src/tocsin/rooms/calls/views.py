"""What the call-takers see: what typed words may mean as a place."""

from tocsin.facts.calls import Place
from tocsin.kernel import View


class Found(View, frozen=True, kw_only=True):
    """One meaning of the words: a place, what it is (`number`, `street`, `crossing`, `place`, `area`, `coordinate`), how sure."""

    place: Place
    what: str
    label: str
    label_zh: str | None
    exact: bool
    interpolated: bool
    score: float


class FoundPlaces(View, frozen=True, kw_only=True):
    """The meanings of the words, best first."""

    q: str
    places: tuple[Found, ...]


class NamedPoint(View, frozen=True, kw_only=True):
    """The nearest address of a point, or None where nothing is within 500 m."""

    nearest: Found | None
    cross_street: str
