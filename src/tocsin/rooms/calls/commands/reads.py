"""What the call-takers' room is asked to show: places, whose place it is, lines, a contact, question trees, answers, a handed story."""

from typing import Annotated

from msgspec import Meta

from tocsin.kernel import Ask
from tocsin.rooms.calls.commands.calls import Id

Longitude = Annotated[float, Meta(ge=-180, le=180)]
Latitude = Annotated[float, Meta(ge=-90, le=90)]


class FindPlaces(Ask, frozen=True, kw_only=True):
    """What the words so far may mean, best first; `lon` and `lat` say near where."""

    q: Annotated[str, Meta(max_length=200)]
    limit: Annotated[int, Meta(ge=1, le=20)] = 8
    lon: Longitude | None = None
    lat: Latitude | None = None


class NamePoint(Ask, frozen=True, kw_only=True):
    """The nearest address and cross street of a point on the map."""

    lon: Longitude
    lat: Latitude


class FindCentre(Ask, frozen=True, kw_only=True):
    """Which centre a point belongs to: this one, or which neighbour."""

    lon: Longitude
    lat: Latitude


class ReadLines(Ask, frozen=True, kw_only=True):
    """The lines of this centre, the kinds that come first on each, its targets, and the neighbours."""


class ReadContact(Ask, frozen=True, kw_only=True):
    """One contact with its number, its words and its story; the reading is kept."""

    contact: Id


class ReadQuestions(Ask, frozen=True, kw_only=True):
    """Every question tree in force."""


class ReadAnswers(Ask, frozen=True, kw_only=True):
    """The answers of one call so far, each question's latest."""

    call: Id


class ReadHandover(Ask, frozen=True, kw_only=True):
    """The story of a call that was handed over, as the other centre's door takes it; the reading is kept."""

    call: Id
