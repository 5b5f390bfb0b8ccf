"""What the dispatchers' room is asked to show: a story, an offer, a way, the plan."""

from typing import Annotated

from msgspec import Meta

from tocsin.facts.access import Medium
from tocsin.kernel import Ask
from tocsin.rooms.dispatch.commands.incidents import Id


class ReadStory(Ask, frozen=True, kw_only=True):
    """One incident's whole story, its caller and notes included; the reading is kept."""

    incident: Id
    medium: Medium = "screen"
    """`paper` where it is about to be printed."""


class ReadOffer(Ask, frozen=True, kw_only=True):
    """An offer as it was kept: every unit on duty, ranked, with what speaks for and against it."""

    offer: Id


class ReadRoute(Ask, frozen=True, kw_only=True):
    """The way a unit would take to an incident now."""

    incident: Id
    unit: Id


class ReadWay(Ask, frozen=True, kw_only=True):
    """The way a unit would take now to a place that is no incident: an address that its crew looked up."""

    unit: Id
    lon: Annotated[float, Meta(ge=-180, le=180)]
    lat: Annotated[float, Meta(ge=-90, le=90)]


class ReadRoutes(Ask, frozen=True, kw_only=True):
    """The ways of the units that are driving to incidents now, the most pressing first."""

    limit: Annotated[int, Meta(ge=1, le=60)] = 40


class ReadPlan(Ask, frozen=True, kw_only=True):
    """The kinds of incident, their usual priority, what each needs, and the dispositions."""


class ReadArrivals(Ask, frozen=True, kw_only=True):
    """When each unit that is on its way to an incident will be there, from where it is now."""

    incident: Id
