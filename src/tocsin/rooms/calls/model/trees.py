"""Question trees: a kind's key questions, what each answer means, and what is wrong with a tree that somebody wrote."""

from collections.abc import Iterator, Mapping

import msgspec

from tocsin.kernel import Words

END = "end"
MOST_ANSWERS, MOST_QUESTIONS, MOST_DEEP = 9, 40, 12
"""Answers are chosen by one digit; nobody is asked more than a dozen questions before help is on its way."""


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One answer: its words, the next question or `end`, and what it makes of the call.

    `certain`: whatever the other answers are, somebody must go; units are warned. `tell` is read to the caller at once.
    """

    code: str
    en: str
    zh: str
    next: str
    priority: int = 0
    kind: str = ""
    certain: bool = False
    tell: Words | None = None


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question with its answers; with `words`, what the caller says may be written beside the answer (it is sealed)."""

    en: str
    zh: str
    answers: tuple[Answer, ...]
    words: bool = False


class Tree(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The questions for one kind, from `first` on. A tree that is in use is never edited: it gets a new version."""

    tree: str
    version: str
    kind: str
    first: str
    questions: dict[str, Question]
    example: bool = False

    def answer(self, question: str, code: str) -> Answer | None:
        """An answer by its code; None where the question has no such answer, or there is no such question."""
        asked = self.questions.get(question)
        return next((one for one in asked.answers if one.code == code), None) if asked else None


def walked(tree: Tree, given: Mapping[str, str]) -> tuple[list[tuple[str, Answer]], str]:
    """The way through a tree by the answers given: each question answered on it, and the question that is due (or `end`)."""
    way: list[tuple[str, Answer]] = []
    at = tree.first
    while at != END and len(way) <= len(tree.questions):
        answer = tree.answer(at, given.get(at, ""))
        if answer is None:
            return way, at
        way.append((at, answer))
        at = answer.next
    return way, at


def made(way: list[tuple[str, Answer]]) -> tuple[int, str]:
    """What answers make of a call: the last priority and the last kind that one of them says, 0 and empty where none does."""
    priority = next((answer.priority for _, answer in reversed(way) if answer.priority), 0)
    return priority, next((answer.kind for _, answer in reversed(way) if answer.kind), "")


def paths(tree: Tree) -> Iterator[tuple[tuple[str, str], ...]]:
    """Every way through a sound tree, as (question, answer) pairs."""

    def on(at: str, way: tuple[tuple[str, str], ...]) -> Iterator[tuple[tuple[str, str], ...]]:
        if at == END:
            yield way
            return
        for answer in tree.questions[at].answers:
            yield from on(answer.next, (*way, (at, answer.code)))

    yield from on(tree.first, ())


def faults(tree: Tree, kinds: Mapping[str, int]) -> list[str]:
    """What is wrong with a tree, in sentences; empty where it is sound."""
    found = []
    if not tree.version.strip() or len(tree.version) > 40:
        found.append("it has no version of at most 40 characters")
    if not 0 < len(tree.tree) <= 40 or not tree.tree.replace("_", "").isalnum():
        found.append(f"{tree.tree!r} is no code for a tree")
    if tree.kind not in kinds:
        found.append(f"there is no kind {tree.kind}")
    if len(tree.questions) > MOST_QUESTIONS:
        found.append(f"{len(tree.questions)} questions; {MOST_QUESTIONS} the most")
    for code, question in tree.questions.items():
        found += _question_faults(tree, code, question, kinds)
    if tree.first not in tree.questions:
        return [*found, f"the first question {tree.first} is not there"]
    reached = _reached(tree)
    found += [f"{code}: no answer leads to it" for code in tree.questions if code not in reached]
    return found + _depth_faults(tree)


def _question_faults(tree: Tree, code: str, question: Question, kinds: Mapping[str, int]) -> list[str]:
    found = [f"{code}: {code!r} is no code for a question"] if code == END or not 0 < len(code) <= 40 else []
    found += _blank(code, question.en, question.zh)
    if not 1 <= len(question.answers) <= MOST_ANSWERS:
        found.append(f"{code}: {len(question.answers)} answers; 1 to {MOST_ANSWERS} are chosen by a digit")
    codes = [answer.code for answer in question.answers]
    found += [f"{code}: the answer {twice} stands there twice" for twice in sorted({one for one in codes if codes.count(one) > 1})]
    for answer in question.answers:
        where = f"{code}, {answer.code}"
        if not 0 < len(answer.code) <= 40:
            found.append(f"{where}: {answer.code!r} is no code for an answer")
        found += _blank(where, answer.en, answer.zh)
        if answer.tell is not None:
            found += _blank(f"{where}, tell", answer.tell.en, answer.tell.zh)
        if answer.next != END and answer.next not in tree.questions:
            found.append(f"{where}: it leads to {answer.next}, which is not there")
        if not 0 <= answer.priority <= 4:
            found.append(f"{where}: there is no priority {answer.priority}")
        if answer.kind and answer.kind not in kinds:
            found.append(f"{where}: there is no kind {answer.kind}")
    return found


def _blank(where: str, en: str, zh: str) -> list[str]:
    found = [f"{where}: no words in {tongue}" for tongue, text in (("English", en), ("Chinese", zh)) if not text.strip()]
    return found + [f"{where}: more than 300 characters" for text in (en, zh) if len(text) > 300]


def _reached(tree: Tree) -> set[str]:
    reached, ahead = set[str](), [tree.first]
    while ahead:
        at = ahead.pop()
        if at in tree.questions and at not in reached:
            reached.add(at)
            ahead += [answer.next for answer in tree.questions[at].answers]
    return reached


def _depth_faults(tree: Tree) -> list[str]:
    """A circle, or a way that is too long; each question is looked at once, so that a wide tree costs no more than a small one."""
    deep: dict[str, int] = {}
    circles: list[str] = []

    def depth(at: str, above: tuple[str, ...]) -> int:
        if at not in tree.questions:
            return 0
        if at in above:
            circles.append(f"{at}: its answers lead round in a circle ({' > '.join((*above[above.index(at):], at))})")
            return 0
        if at not in deep:
            deep[at] = 1 + max((depth(answer.next, (*above, at)) for answer in tree.questions[at].answers), default=0)
        return deep[at]

    longest = depth(tree.first, ())
    if circles:
        return circles
    return [f"a way of {longest} questions; {MOST_DEEP} the most"] if longest > MOST_DEEP else []
