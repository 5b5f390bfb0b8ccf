"""What may be asked of the call-takers' room, one file for each matter."""

from tocsin.rooms.calls.commands.calls import AnswerQuestion, HandOverCall, TakeCall
from tocsin.rooms.calls.commands.contacts import (
    AnswerContact,
    ArriveContact,
    CallBack,
    ContactCommand,
    EndContact,
    HandedAnswer,
    HandedStory,
    LocateContact,
    Said,
)
from tocsin.rooms.calls.commands.paper import GivePaperBlock, ReadPaperBlock, VoidPaperForm
from tocsin.rooms.calls.commands.reads import (
    FindCentre,
    FindPlaces,
    NamePoint,
    ReadAnswers,
    ReadContact,
    ReadHandover,
    ReadLines,
    ReadQuestions,
)

__all__ = [
    "AnswerContact",
    "AnswerQuestion",
    "ArriveContact",
    "CallBack",
    "ContactCommand",
    "EndContact",
    "FindCentre",
    "FindPlaces",
    "GivePaperBlock",
    "HandOverCall",
    "HandedAnswer",
    "HandedStory",
    "LocateContact",
    "NamePoint",
    "ReadAnswers",
    "ReadContact",
    "ReadHandover",
    "ReadLines",
    "ReadPaperBlock",
    "ReadQuestions",
    "Said",
    "TakeCall",
    "VoidPaperForm",
]
