"""What typed words may mean as a place, and whose place a point is."""

from tocsin.engines.places import Hit
from tocsin.facts.calls import Place
from tocsin.kernel import View, Words


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


class Belonging(View, frozen=True, kw_only=True):
    """Whose place a point is: `ours`, or the neighbour's code, names and how it is reached; neither where nobody is known for it."""

    ours: bool
    centre: str
    says: Words
    contact: str


def found(hit: Hit) -> Found:
    """A meaning that the address search found, as it goes out."""
    place = Place(lon=hit.lon, lat=hit.lat, text=hit.label, accuracy_m=hit.accuracy_m, source=hit.kind)
    return Found(place=place, what=hit.kind, label=hit.label, label_zh=hit.label_zh, exact=hit.exact,
                 interpolated=hit.interpolated, score=round(hit.score, 4))
