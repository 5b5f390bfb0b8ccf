"""Handling records as they are read: the form of an incident's kind, a record as one sentence, and what the caller may be told."""

from collections.abc import Sequence

import msgspec

from tocsin.facts.dispatch import IncidentClosed, IncidentOpened, KindChanged
from tocsin.facts.handling import HandlingKept
from tocsin.kernel import Kept, Refused, Sight, View, Words
from tocsin.rooms.dispatch.commands import ReadHandlingForm
from tocsin.rooms.dispatch.model import HandlingTable, Rules, told
from tocsin.rooms.dispatch.model.forms import FieldKind


class ChoiceLine(View, frozen=True, kw_only=True):
    """One answer that may be chosen."""

    code: str
    says: Words


class FieldLine(View, frozen=True, kw_only=True):
    """One field of a form; `least` and `most` bound a number, `most` the characters of a text (0: a thousand)."""

    code: str
    says: Words
    kind: FieldKind
    required: bool
    least: int
    most: int
    choices: tuple[ChoiceLine, ...]


class HandlingForm(View, frozen=True, kw_only=True):
    """The form of an incident's handling record, and for which units one was kept already, as `unit@shift`."""

    incident: str
    kind: str
    form: str
    version: str
    sample: bool
    fields: tuple[FieldLine, ...]
    kept: tuple[str, ...]


def read_form(rules: Rules, ask: ReadHandlingForm, sight: Sight) -> HandlingForm:
    """The form by the incident's present kind; open or closed, since a record is often written afterwards."""
    history = sight.history(f"incident:{ask.incident}")
    kinds = [kept.fact.kind for kept in history if isinstance(kept.fact, IncidentOpened | KindChanged) and kept.fact.incident == ask.incident]
    if not kinds:
        raise Refused("incident_unknown", f"there is no incident {ask.incident}", f"没有警情 {ask.incident}", field="incident", status=404)
    code, form = rules.handling.form(kinds[-1])
    lines = tuple(FieldLine(code=name, says=Words(one.en, one.zh), kind=one.kind, required=one.required, least=one.least, most=one.most,
                            choices=tuple(ChoiceLine(code=choice, says=says) for choice, says in one.choices.items())) for name, one in form.fields.items())
    kept_for = dict.fromkeys(f"{kept.fact.unit}@{kept.fact.shift}" for kept in history if isinstance(kept.fact, HandlingKept))
    return HandlingForm(incident=ask.incident, kind=kinds[-1], form=code, version=rules.handling.version, sample=rules.handling.sample, fields=lines,
                        kept=tuple(kept_for))


def of_handling(table: HandlingTable, kept: Kept, sight: Sight) -> Words | None:
    """A handling record as one sentence of the story, its sealed words opened for the reader."""
    fact = kept.fact
    if not isinstance(fact, HandlingKept):
        return None
    fields = table.forms[fact.form].fields if fact.form in table.forms else {}
    en = [f"{fact.unit}'s handling record{', corrected' if fact.number > 1 else ''}. Found: {_text(sight.opened(fact.found)).en}. Done: {_text(sight.opened(fact.done)).en}."]
    zh = [f"{fact.unit} 处置反馈{'（更正）' if fact.number > 1 else ''}。情况：{_text(sight.opened(fact.found)).zh}。处置：{_text(sight.opened(fact.done)).zh}。"]
    if fact.handed_to is not None:
        en.append(f"Handed over to: {_text(sight.opened(fact.handed_to)).en}.")
        zh.append(f"移交：{_text(sight.opened(fact.handed_to)).zh}。")
    texts = sight.opened(fact.texts)
    written = msgspec.json.decode(texts, type=dict[str, str]) if texts is not None and texts.startswith("{") else {}
    for name, value in (*fact.fields.items(), *written.items()):
        one = fields.get(name)  # the table of today may not have it any more; what was answered is told all the same
        says = one.says(value) if one is not None else Words(str(value), str(value))
        en.append(f"{one.en if one is not None else name}: {says.en}.")
        zh.append(f"{one.zh if one is not None else name}：{says.zh}。")
    return Words(" ".join(en), "".join(zh))


def _text(opened: str | None) -> Words:
    return Words("destroyed", "内容已销毁") if opened is None else Words(opened.rstrip(".。"), opened.rstrip(".。"))


def may_be_told(table: HandlingTable, history: Sequence[Kept], incident: str) -> Words | None:
    """What the caller may be told of an incident that has ended, by its disposition and the last record's answers; nothing free is in it."""
    ended = next((kept.fact for kept in reversed(history) if isinstance(kept.fact, IncidentClosed) and kept.fact.incident == incident), None)
    record = next((kept.fact for kept in reversed(history) if isinstance(kept.fact, HandlingKept) and kept.fact.incident == incident), None)
    if ended is None or record is None or record.form not in table.forms:
        return None
    return told(table.forms[record.form], ended.disposition, record.fields)
