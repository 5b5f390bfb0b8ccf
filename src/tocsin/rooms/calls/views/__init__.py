"""What the call-takers see: the queue and how fast it is answered, one contact, places, question trees, a handed story."""

from tocsin.rooms.calls.views.contacts import Answering, AnsweringRow, ContactOpened, ContactRow, Contacts, read_contact
from tocsin.rooms.calls.views.handover import Handover, read_handover
from tocsin.rooms.calls.views.paper import PaperBlock, read_paper_block
from tocsin.rooms.calls.views.places import Belonging, Found, FoundPlaces, NamedPoint, found
from tocsin.rooms.calls.views.tables import (
    CallAnswers,
    CentreLine,
    GivenAnswer,
    LineLine,
    LinesView,
    QuestionTrees,
    lines_view,
    read_answers,
)

__all__ = [
    "Answering", "AnsweringRow", "Belonging", "CallAnswers", "CentreLine", "ContactOpened", "ContactRow", "Contacts", "Found",
    "FoundPlaces", "GivenAnswer", "Handover", "LineLine", "LinesView", "NamedPoint", "PaperBlock", "QuestionTrees", "found", "lines_view",
    "read_answers", "read_contact", "read_handover", "read_paper_block",
]
