"""The call-takers' menu: the queue of many doors, calls and their questions, hand-over, places."""

from collections.abc import Callable, Mapping
from functools import partial

from tocsin.engines.places import Places
from tocsin.kernel import Ask, Door, Role, Room, Sight, Words
from tocsin.rooms.calls.commands import (
    AnswerContact,
    AnswerQuestion,
    ArriveContact,
    CallBack,
    EndContact,
    FindCentre,
    FindPlaces,
    GivePaperBlock,
    HandOverCall,
    LocateContact,
    NamePoint,
    ReadAnswers,
    ReadContact,
    ReadHandover,
    ReadLines,
    ReadPaperBlock,
    ReadQuestions,
    TakeCall,
    VoidPaperForm,
)
from tocsin.rooms.calls.model import DECISIONS, Intake, Rules, State, decider, evolve, no_mentions
from tocsin.rooms.calls.views import (
    Answering,
    Belonging,
    Contacts,
    FoundPlaces,
    LinesView,
    NamedPoint,
    QuestionTrees,
    found,
    lines_view,
    read_answers,
    read_contact,
    read_handover,
    read_paper_block,
)

_FLOOR: tuple[Role, ...] = ("call_taker", "dispatcher", "supervisor")
_DOORSTEP: tuple[Role, ...] = ("device", *_FLOOR)
_CONTACT, _CALL = "/api/contacts/{contact}", "/api/calls/{call}"

DOORS = (
    Door(verb="POST", path="/api/contacts", asks=ArriveContact, roles=_DOORSTEP, purpose="response",
         says="Let in somebody who rang, wrote or sent an alarm, or a call that another centre hands over."),
    Door(verb="POST", path=f"{_CONTACT}/locate", asks=LocateContact, roles=_DOORSTEP, purpose="response",
         says="A newer circle for a contact: where, how sure, found how, and when."),
    Door(verb="POST", path=f"{_CONTACT}/answer", asks=AnswerContact, roles=_FLOOR, purpose="response",
         says="Take a contact; it is one desk's alone."),
    Door(verb="POST", path=f"{_CONTACT}/end", asks=EndContact, roles=_DOORSTEP, purpose="response",
         says="End a contact of which no call is made: silent, abandoned, wrong number, test, information, handed over."),
    Door(verb="POST", path=f"{_CONTACT}/call-back", asks=CallBack, roles=_FLOOR, purpose="response",
         says="Say what came of calling back."),
    Door(verb="GET", path=_CONTACT, asks=ReadContact, roles=_FLOOR, purpose="response", glass=True,
         says="One contact with its number, words and handed story; the reading is kept."),
    Door(verb="GET", path="/api/lines", asks=ReadLines, roles=(*_FLOOR, "planner", "auditor", "admin"), purpose="response",
         says="The lines of this centre, their kinds and answer targets, and the neighbouring centres."),
    Door(verb="POST", path="/api/calls", asks=TakeCall, roles=_FLOOR, purpose="response",
         says="Write a call down; dispatch opens an incident for it under the same number."),
    Door(verb="GET", path="/api/questions", asks=ReadQuestions, roles=(*_FLOOR, "planner", "auditor", "admin"), purpose="response",
         says="Every question tree in force, with its version."),
    Door(verb="POST", path=f"{_CALL}/answers", asks=AnswerQuestion, roles=_FLOOR, purpose="response",
         says="Keep the answer to a key question; the same question again corrects it."),
    Door(verb="GET", path=f"{_CALL}/questions", asks=ReadAnswers, roles=(*_FLOOR, "auditor"), purpose="response", also=("oversight",), glass=True,
         says="The answers of a call so far, and the tree and version it began with."),
    Door(verb="POST", path=f"{_CALL}/hand-over", asks=HandOverCall, roles=_FLOOR, purpose="response",
         says="Say that another centre has the call now; its incident closes if nobody is on it."),
    Door(verb="GET", path=f"{_CALL}/handover", asks=ReadHandover, roles=(*_FLOOR, "auditor"), purpose="response", also=("oversight",), glass=True,
         says="The story of a call that was handed over, as the other centre's door takes it; the reading is kept."),
    Door(verb="GET", path="/api/places", asks=FindPlaces, roles=(*_FLOOR, "planner"), purpose="response",
         says="What typed words may mean as a place, best first."),
    Door(verb="GET", path="/api/places/at", asks=NamePoint, roles=(*_FLOOR, "planner"), purpose="response",
         says="The nearest address and cross street of a point."),
    Door(verb="GET", path="/api/places/centre", asks=FindCentre, roles=(*_FLOOR, "planner"), purpose="response",
         says="Which centre a point belongs to: this one, or which neighbour and how it is reached."),
    Door(verb="POST", path="/api/paper/blocks", asks=GivePaperBlock, roles=_FLOOR, purpose="continuity", pace="quick",
         says="Give this desk a block of numbered blank forms, for the time when there is nothing but paper."),
    Door(verb="GET", path="/api/paper/blocks/{block}", asks=ReadPaperBlock, roles=_FLOOR, purpose="continuity", pace="look",
         says="A block of forms: which came back, were voided, are missing."),
    Door(verb="POST", path="/api/paper/blocks/{block}/void", asks=VoidPaperForm, roles=_FLOOR, purpose="continuity", pace="quick",
         says="Say that a form was spoiled or never used."),
)


def room(*, kinds: Mapping[str, int], places: Places, intake: Intake | None = None, names: Mapping[str, Words] | None = None,
         bounds: tuple[float, float, float, float] = (-180.0, -90.0, 180.0, 90.0),
         mentions: Callable[[str], tuple[str, ...]] = no_mentions) -> Room:
    """The call-takers' room for a city's kinds of incident (usual priority and names), its tables, its address search and
    its bounds, and what words in notes tell of.
    """
    tables = intake or Intake()
    lines, trees = lines_view(tables), QuestionTrees(trees=tuple(tables.trees.values()))

    def find(ask: Ask, sight: Sight) -> FoundPlaces:
        assert isinstance(ask, FindPlaces)
        near = (ask.lon, ask.lat) if ask.lon is not None and ask.lat is not None else None
        return FoundPlaces(q=ask.q, places=tuple(found(hit) for hit in places.search(ask.q, ask.limit, near)))

    def name(ask: Ask, sight: Sight) -> NamedPoint:
        assert isinstance(ask, NamePoint)
        hit = places.at(ask.lon, ask.lat)
        return NamedPoint(nearest=found(hit) if hit else None, cross_street=(hit.cross or "") if hit else "")

    def belongs(ask: Ask, sight: Sight) -> Belonging:
        assert isinstance(ask, FindCentre)
        code = tables.neighbours.of(ask.lon, ask.lat, bounds)
        centre = tables.neighbours.centres.get(code)
        return Belonging(ours=tables.neighbours.ours(ask.lon, ask.lat, bounds), centre=code, says=centre.says if centre else Words("", ""),
                         contact=centre.contact if centre else "")

    def read_lines(ask: Ask, sight: Sight) -> LinesView:
        return lines

    def read_questions(ask: Ask, sight: Sight) -> QuestionTrees:
        return trees

    return Room(name="calls", doors=DOORS, state=State, evolve=evolve, decide=decider(Rules(kinds, tables, bounds, mentions)), commands=tuple(DECISIONS),
                pictures=(Contacts(), Answering(tables.lines)),
                answers={FindPlaces: find, NamePoint: name, FindCentre: belongs, ReadLines: read_lines, ReadQuestions: read_questions,
                         ReadContact: read_contact, ReadAnswers: read_answers, ReadPaperBlock: read_paper_block,
                         ReadHandover: partial(read_handover, tables, names or {})})
