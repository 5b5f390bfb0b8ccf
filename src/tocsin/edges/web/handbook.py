"""The handbook: what the city wrote for those who do the work, and what its own tables say by kind of incident, as one set of pages with one digest."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from tocsin.edges.web.bodies import read_ask
from tocsin.edges.web.menu import Answer, Asked, Line
from tocsin.edges.web.people import STAFF
from tocsin.facts.dispatch import Need
from tocsin.kernel import Ask, View, Words
from tocsin.rooms.calls.model import Tree
from tocsin.rooms.dispatch.model import HandlingTable, Plan

MOST_PAGES, MOST_SIGNS = 200, 20_000
"""Of written pages, and of one page's text: a phone holds them all, and nobody reads more at a scene."""


class Written(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A page as its file has it: a title and a text in both languages, and the kinds of incident that it is for.

    A text is lines: `#` and `##` head, `-` and `1.` begin a line of a list, `**` stands round what is strong. There is no HTML in it.
    """

    version: Annotated[str, Meta(min_length=1, max_length=40)]
    title: Words
    text: Words
    kinds: tuple[str, ...] = ()
    sample: bool = False


class HandbookPage(View, frozen=True, kw_only=True):
    """One page. `written` by the city, else put together from its tables; a `sample` is to be replaced by a city's own."""

    code: str
    title: Words
    kinds: tuple[str, ...]
    written: bool
    sample: bool
    version: str
    text: Words


class HandbookView(View, frozen=True, kw_only=True):
    """All pages and the digest of them; where the asker has that digest they are `same` and none is sent."""

    digest: str
    same: bool
    pages: tuple[HandbookPage, ...]


class ReadHandbook(Ask, frozen=True, kw_only=True):
    """The handbook's pages, or the word that nothing changed since the digest that the asker has."""

    have: Annotated[str, Meta(max_length=64)] = ""


def page_faults(pages: Mapping[str, Written], kinds: Mapping[str, object]) -> Iterator[str]:
    """What is wrong with written pages, in sentences."""
    if len(pages) > MOST_PAGES:
        yield f"{len(pages)} pages; {MOST_PAGES} the most"
    for code, page in pages.items():
        yield from (f"{code}: there is no kind of incident {kind}" for kind in page.kinds if kind not in kinds)
        for tongue, title, text in (("en", page.title.en, page.text.en), ("zh", page.title.zh, page.text.zh)):
            if not title.strip() or not text.strip():
                yield f"{code}: its {tongue} is empty"
            if len(text) > MOST_SIGNS:
                yield f"{code}: its {tongue} has {len(text)} signs; {MOST_SIGNS} the most"


def pages_of(written: Mapping[str, Written], plan: Plan, trees: Mapping[str, Tree], handling: HandlingTable) -> tuple[HandbookPage, ...]:
    """What the city wrote, by code, and then a page for each kind of incident from the plan, the questions and the form of the handling record."""
    by_kind = {tree.kind: tree for tree in trees.values()}
    own = [HandbookPage(code=code, title=page.title, kinds=page.kinds, written=True, sample=page.sample, version=page.version, text=page.text)
           for code, page in sorted(written.items())]
    return (*own, *(_of_kind(code, plan, by_kind.get(code), handling) for code in plan.kinds))


def _of_kind(code: str, plan: Plan, tree: Tree | None, handling: HandlingTable) -> HandbookPage:
    kind = plan.kinds[code]
    lines = [*_sent(code, plan), *(_asked(tree) if tree else ()), *_recorded(code, handling)]
    versions = [plan.version, *([tree.version] if tree else ()), *([handling.version] if handling.form(code)[0] else ())]
    return HandbookPage(
        code=f"kind-{code}", title=Words(_upper(kind.en), kind.zh), kinds=(code,), written=False, version=", ".join(dict.fromkeys(versions)),
        sample=plan.sample or bool(tree and tree.example) or bool(handling.form(code)[0] and handling.sample),
        text=Words("\n".join(line.en for line in lines), "\n".join(line.zh for line in lines)))


def _sent(code: str, plan: Plan) -> Iterator[Words]:
    """What the plan sends, by priority and by further alarm."""
    kind = plan.kinds[code]
    yield Words(f"Usual priority: **{kind.priority}**.", f"通常优先级：**{kind.priority}**。")
    yield Words("", "")
    yield Words("# What is sent", "# 出动力量")
    for level in sorted(kind.needs):
        yield Words(f"- priority {level}: {_needs(plan, kind.needs[level], zh=False)}", f"- 优先级 {level}：{_needs(plan, kind.needs[level], zh=True)}")
    for level in sorted(kind.alarms):
        yield Words(f"- alarm {level} adds: {_needs(plan, kind.alarms[level], zh=False)}", f"- 第 {level} 级出动增派：{_needs(plan, kind.alarms[level], zh=True)}")


def _needs(plan: Plan, needs: tuple[Need, ...], *, zh: bool) -> str:
    def said(need: Need) -> str:
        says = plan.skills[need.skill]
        return f"{says.zh} {need.count} 个单元" if zh else f"{need.count} with {says.en}"

    return ("、" if zh else ", ").join(map(said, needs)) or ("无" if zh else "nobody")


def _asked(tree: Tree) -> Iterator[Words]:
    """What the caller is asked, and what may be read to them at each answer."""
    yield Words("", "")
    yield Words("# What the caller is asked", "# 接警询问")
    for question in tree.questions.values():
        yield Words(f"## {question.en}", f"## {question.zh}")
        for answer in question.answers:
            tell = answer.tell
            yield Words(f"- {answer.en}{f' — “{tell.en}”' if tell else ''}", f"- {answer.zh}{f'——“{tell.zh}”' if tell else ''}")


def _recorded(code: str, handling: HandlingTable) -> Iterator[Words]:
    """What the handling record of this kind asks of a crew."""
    _, form = handling.form(code)
    if not form.fields:
        return
    yield Words("", "")
    yield Words("# What the record asks of the crew", "# 处置反馈须填内容")
    for field in form.fields.values():
        must = Words(" (must be answered)", "（必填）") if field.required else Words("", "")
        en, zh = ", ".join(one.en for one in field.choices.values()), "、".join(one.zh for one in field.choices.values())
        yield Words(f"- {field.en}{must.en}{f': {en}' if en else ''}", f"- {field.zh}{must.zh}{f'：{zh}' if zh else ''}")


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def lines(pages: tuple[HandbookPage, ...]) -> list[Line]:
    """The one line of it. The pages do not change while this runs, as no table does."""
    digest = hashlib.sha256(msgspec.json.encode(pages)).hexdigest()[:32]

    async def read(asked: Asked) -> Answer:
        ask = read_ask(ReadHandbook, asked.query, {})
        same = ask.have == digest
        return HandbookView(digest=digest, same=same, pages=() if same else pages)

    return [Line(verb="GET", path="/api/handbook", here=True, roles=STAFF, purpose="response", asks=ReadHandbook, answers=HandbookView, act=read,
                 says="The handbook's pages: what the city wrote, and what its tables say by kind of incident; none where the asker has this digest already.")]
