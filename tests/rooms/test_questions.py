"""Question trees: the linter finds each kind of fault, every way through every example leads somewhere, and answers can be corrected."""

from dataclasses import dataclass

import msgspec
import pytest

from tests.floor import INTAKE, PLAN, SAMPLES
from tocsin.kernel import Words
from tocsin.rooms.calls.model import END, Answer, Question, Tree, faults, paths
from tocsin.rooms.calls.model.trees import MOST_DEEP, made, walked

KINDS = {code: kind.priority for code, kind in PLAN.kinds.items()}


def answer(code: str, to: str = END, **more: object) -> Answer:
    return msgspec.structs.replace(Answer(code, code, "答", to), **more)


def tree(questions: dict[str, Question], first: str = "a", **more: object) -> Tree:
    return msgspec.structs.replace(Tree("t", "1", "fire", first, questions), **more)


def ask(*answers: Answer) -> Question:
    return Question("What?", "什么？", answers)


@dataclass
class Planted:
    """A tree with one fault, and the sentence that names it."""

    tree: Tree
    says: str


@pytest.mark.parametrize("planted", [
    Planted(tree({"a": ask(answer("x", "b"))}), "a, x: it leads to b, which is not there"),
    Planted(tree({"a": ask(answer("x")), "b": ask(answer("y"))}), "b: no answer leads to it"),
    Planted(tree({"a": ask(answer("x", "b")), "b": ask(answer("y", "a"), answer("z"))}), "a: its answers lead round in a circle (a > b > a)"),
    Planted(tree({"a": ask(answer("x"), answer("x"))}), "a: the answer x stands there twice"),
    Planted(tree({"a": ask(answer("x", zh=" "))}), "a, x: no words in Chinese"),
    Planted(tree({"a": Question("", "什么", (answer("x"),))}), "a: no words in English"),
    Planted(tree({"a": ask(answer("x", tell=Words("Run.", "")))}), "a, x, tell: no words in Chinese"),
    Planted(tree({"a": ask(answer("x", kind="dragon"))}), "a, x: there is no kind dragon"),
    Planted(tree({"a": ask(answer("x", priority=5))}), "a, x: there is no priority 5"),
    Planted(tree({"a": ask()}), "a: 0 answers; 1 to 9 are chosen by a digit"),
    Planted(tree({"a": ask(*(answer(f"x{n}") for n in range(10)))}), "a: 10 answers; 1 to 9 are chosen by a digit"),
    Planted(tree({"a": ask(answer("x"))}, first="b"), "the first question b is not there"),
    Planted(tree({"a": ask(answer("x"))}, kind="dragon"), "there is no kind dragon"),
    Planted(tree({"a": ask(answer("x"))}, version=" "), "it has no version of at most 40 characters"),
    Planted(tree({"a": ask(answer("x"))}, tree="a b"), "'a b' is no code for a tree"),
    Planted(tree({"a": ask(answer(""))}), "a, : '' is no code for an answer"),
    Planted(tree({END: ask(answer("x"))}, first=END), "end: 'end' is no code for a question"),
    Planted(tree({"a": ask(answer("x", en="x" * 301))}), "a, x: more than 300 characters"),
    Planted(tree({f"q{n}": ask(answer("x", f"q{n + 1}" if n < MOST_DEEP else END)) for n in range(MOST_DEEP + 1)}, first="q0"), "a way of 13 questions; 12 the most"),
    Planted(tree({f"q{n}": ask(answer("x")) for n in range(41)}, first="q0"), "41 questions; 40 the most"),
], ids=lambda planted: planted.says)
def test_each_fault_is_named(planted: Planted) -> None:
    assert planted.says in faults(planted.tree, KINDS)


def test_a_tree_as_wide_as_it_may_be_is_checked_at_once() -> None:
    """Nine answers twelve deep are 282 thousand million ways; the linter looks at each question once."""
    deep = {f"q{n}": ask(*(answer(f"x{a}", f"q{n + 1}" if n < 11 else END) for a in range(9))) for n in range(12)}
    assert faults(tree(deep, first="q0"), KINDS) == []


def test_the_examples_cover_the_kinds_they_should_and_are_marked() -> None:
    assert set(INTAKE.trees) == {"fire", "crash", "cardiac", "burglary", "flooding", "missing_person", "noise"}
    for path in sorted((SAMPLES / "questions").glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        assert text.startswith("# AN EXAMPLE"), path.name
        assert msgspec.yaml.decode(text, type=Tree).example, path.name


@pytest.mark.parametrize("code", sorted(INTAKE.trees))
def test_every_way_through_an_example_leads_to_its_end(code: str) -> None:
    one = INTAKE.trees[code]
    assert faults(one, KINDS) == []
    ways, said = 0, set()
    for way in paths(one):
        ways += 1
        gone, due = walked(one, dict(way))
        assert due == END
        assert [(question, answer.code) for question, answer in gone] == list(way)
        priority, kind = made(gone)
        assert PLAN.needs(kind or one.kind, priority or KINDS[one.kind]), "what the answers make of it has its needs in the plan"
        said |= set(way)
    assert ways > 1
    assert said == {(question, answer.code) for question, asked in one.questions.items() for answer in asked.answers}, "an answer that no way takes"
    assert any(answer.certain for asked in one.questions.values() for answer in asked.answers)
    assert any(answer.tell for asked in one.questions.values() for answer in asked.answers)


def test_a_corrected_answer_leaves_the_rest_of_the_old_way_aside() -> None:
    fire = INTAKE.trees["fire"]
    given = {"what": "outside", "spreading": "close", "danger": "present"}
    assert made(walked(fire, given)[0]) == (1, "fire")
    way, due = walked(fire, {**given, "what": "building"})
    assert [question for question, _ in way] == ["what"]
    assert due == "inside"
    assert made(way) == (1, "")
