"""The tables of taking calls as they go out: lines, neighbours, question trees; and the answers that one call has so far."""

from tocsin.facts.calls import CallTaken, QuestionAnswered
from tocsin.kernel import Refused, Sight, View, Words
from tocsin.rooms.calls.commands import ReadAnswers
from tocsin.rooms.calls.model import Intake, Target, Tree


class LineLine(View, frozen=True, kw_only=True):
    """A line: its code, names, the kinds that come first, its answer target."""

    code: str
    says: Words
    kinds: tuple[str, ...]
    target: Target


class CentreLine(View, frozen=True, kw_only=True):
    """A neighbouring centre: its code, names and how it is reached."""

    code: str
    says: Words
    contact: str


class LinesView(View, frozen=True, kw_only=True):
    """The lines of this centre and its neighbours."""

    sample: bool
    lines: tuple[LineLine, ...]
    centres: tuple[CentreLine, ...]


def lines_view(intake: Intake) -> LinesView:
    """The tables, line by line."""
    return LinesView(
        sample=intake.lines.sample or intake.neighbours.sample,
        lines=tuple(LineLine(code=code, says=line.says, kinds=line.kinds, target=line.target) for code, line in intake.lines.lines.items()),
        centres=tuple(CentreLine(code=code, says=centre.says, contact=centre.contact) for code, centre in intake.neighbours.centres.items()))


class QuestionTrees(View, frozen=True, kw_only=True):
    """The question trees in force."""

    trees: tuple[Tree, ...]


class GivenAnswer(View, frozen=True, kw_only=True):
    """A question's latest answer."""

    tree: str
    version: str
    question: str
    answer: str
    at: int
    by: str


class CallAnswers(View, frozen=True, kw_only=True):
    """The answers of a call, in the order in which they were first given; `protocol` is the tree it began with and its version."""

    call: str
    protocol: str
    from_contact: bool
    answers: tuple[GivenAnswer, ...]


def read_answers(ask: ReadAnswers, sight: Sight) -> CallAnswers:
    """The answers; what was written beside them is sealed and stays so."""
    call, answers = None, dict[tuple[str, str], GivenAnswer]()
    for kept in sight.history(f"call:{ask.call}"):
        fact = kept.fact
        if isinstance(fact, CallTaken):
            call = fact
        elif isinstance(fact, QuestionAnswered):
            answers[fact.tree, fact.question] = GivenAnswer(tree=fact.tree, version=fact.version, question=fact.question, answer=fact.answer,
                                                            at=kept.entry.happened_at, by=kept.entry.by)
    if call is None:
        raise Refused("call_unknown", f"there is no call {ask.call}", f"没有报警 {ask.call}", field="call", status=404)
    return CallAnswers(call=call.call, protocol=call.protocol, from_contact=call.contact != "", answers=tuple(answers.values()))
