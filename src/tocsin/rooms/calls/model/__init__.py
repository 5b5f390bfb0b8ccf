"""How the call-takers' room decides: contacts at many doors, calls of known kinds, question trees, and neighbours."""

from tocsin.rooms.calls.model.decide import DECISIONS, Rules, decider, no_mentions
from tocsin.rooms.calls.model.intake import Intake
from tocsin.rooms.calls.model.lines import Line, Lines, Target
from tocsin.rooms.calls.model.lines import faults as line_faults
from tocsin.rooms.calls.model.neighbours import Centre, Neighbours
from tocsin.rooms.calls.model.neighbours import faults as neighbour_faults
from tocsin.rooms.calls.model.state import State, evolve
from tocsin.rooms.calls.model.trees import END, Answer, Question, Tree, faults, paths

__all__ = [
    "DECISIONS", "END", "Answer", "Centre", "Intake", "Line", "Lines", "Neighbours", "Question", "Rules", "State", "Target", "Tree",
    "decider", "evolve", "faults", "line_faults", "neighbour_faults", "no_mentions", "paths",
]
