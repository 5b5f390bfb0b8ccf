"""The call-takers' menu: take a call, find a place, name a point."""

from collections.abc import Callable, Mapping

from tocsin.engines.places import Hit, Places
from tocsin.facts.calls import Place
from tocsin.kernel import Ask, Door, Role, Room, Sight
from tocsin.rooms.calls.commands import FindPlaces, GivePaperBlock, NamePoint, ReadPaperBlock, TakeCall, VoidPaperForm
from tocsin.rooms.calls.model import State, decider, evolve, no_mentions
from tocsin.rooms.calls.views import Found, FoundPlaces, NamedPoint, read_paper_block

_FLOOR: tuple[Role, ...] = ("call_taker", "dispatcher", "supervisor")

DOORS = (
    Door(verb="POST", path="/api/calls", asks=TakeCall, roles=_FLOOR, purpose="response",
         says="Write a call down; dispatch opens an incident for it under the same number."),
    Door(verb="GET", path="/api/places", asks=FindPlaces, roles=(*_FLOOR, "planner"), purpose="response",
         says="What typed words may mean as a place, best first."),
    Door(verb="GET", path="/api/places/at", asks=NamePoint, roles=(*_FLOOR, "planner"), purpose="response",
         says="The nearest address and cross street of a point."),
    Door(verb="POST", path="/api/paper/blocks", asks=GivePaperBlock, roles=_FLOOR, purpose="continuity", pace="quick",
         says="Give this desk a block of numbered blank forms, for the time when there is nothing but paper."),
    Door(verb="GET", path="/api/paper/blocks/{block}", asks=ReadPaperBlock, roles=_FLOOR, purpose="continuity", pace="look",
         says="A block of forms: which came back, were voided, are missing."),
    Door(verb="POST", path="/api/paper/blocks/{block}/void", asks=VoidPaperForm, roles=_FLOOR, purpose="continuity", pace="quick",
         says="Say that a form was spoiled or never used."),
)


def room(*, kinds: Mapping[str, int], places: Places, mentions: Callable[[str], tuple[str, ...]] = no_mentions) -> Room:
    """The call-takers' room for a city's kinds of incident, its address search, and what words in notes tell of."""

    def found(hit: Hit) -> Found:
        place = Place(lon=hit.lon, lat=hit.lat, text=hit.label, accuracy_m=hit.accuracy_m, source=hit.kind)
        return Found(place=place, what=hit.kind, label=hit.label, label_zh=hit.label_zh, exact=hit.exact,
                     interpolated=hit.interpolated, score=round(hit.score, 4))

    def find(ask: Ask, sight: Sight) -> FoundPlaces:
        assert isinstance(ask, FindPlaces)
        near = (ask.lon, ask.lat) if ask.lon is not None and ask.lat is not None else None
        return FoundPlaces(q=ask.q, places=tuple(found(hit) for hit in places.search(ask.q, ask.limit, near)))

    def name(ask: Ask, sight: Sight) -> NamedPoint:
        assert isinstance(ask, NamePoint)
        hit = places.at(ask.lon, ask.lat)
        return NamedPoint(nearest=found(hit) if hit else None, cross_street=(hit.cross or "") if hit else "")

    return Room(name="calls", doors=DOORS, state=State, evolve=evolve, decide=decider(kinds, mentions), commands=(TakeCall, GivePaperBlock, VoidPaperForm),
                answers={FindPlaces: find, NamePoint: name, ReadPaperBlock: read_paper_block})
