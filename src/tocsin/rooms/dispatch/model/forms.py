"""The city's table of handling records: which form each kind of incident has, what its fields may hold, and what a caller may be told."""

import re
from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from tocsin.kernel import Words

FieldKind = Literal["choice", "number", "text", "yes_no"]
_PLACE = re.compile(r"\{(\w+)\}")


class FormField(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One field. A number lies from `least` to `most`; a text has at most `most` characters, a thousand if that is 0."""

    en: str
    zh: str
    kind: FieldKind
    required: bool = False
    least: int = 0
    most: int = 0
    choices: dict[str, Words] = {}

    def says(self, value: str | int | bool) -> Words:
        """An answer in words."""
        if self.kind == "choice":
            return self.choices.get(str(value), Words(str(value), str(value)))
        return (Words("yes", "是") if value else Words("no", "否")) if self.kind == "yes_no" else Words(str(value), str(value))


class Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The form of some kinds of incident. `told` is what a caller may be told, by the disposition with which the incident was closed;
    `{field}` stands there for what was chosen or counted, and a sentence with a field that nobody answered is not shown."""

    kinds: tuple[str, ...]
    fields: dict[str, FormField] = {}
    told: dict[str, Words] = {}


class HandlingTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All forms. A kind without one has no fields of its own: what was found and done is written all the same."""

    version: str = ""
    sample: bool = False
    forms: dict[str, Form] = {}

    def form(self, kind: str) -> tuple[str, Form]:
        """The form of a kind of incident by its code; an empty one where the table has none."""
        return next(((code, form) for code, form in self.forms.items() if kind in form.kinds), ("", Form(())))


NO_HANDLING = HandlingTable()


def handling_faults(table: HandlingTable, kinds: Mapping[str, object], dispositions: Mapping[str, object]) -> Iterator[str]:
    """What is wrong with a table, in sentences: nobody would be shown such a form, or could answer it."""
    seen: dict[str, str] = {}
    for code, form in table.forms.items():
        for kind in form.kinds:
            if kind not in kinds:
                yield f"form {code}: the plan has no kind {kind}"
            if kind in seen:
                yield f"form {code}: the kind {kind} has the form {seen[kind]} already"
            seen[kind] = code
        for name, one in form.fields.items():
            if (one.kind == "choice") != bool(one.choices):
                yield f"form {code}, field {name}: choices belong to a choice, and a choice has some"
            if one.kind == "number" and one.least > one.most:
                yield f"form {code}, field {name}: from {one.least} to {one.most} there is no number"
        for outcome, words in form.told.items():
            if outcome not in dispositions:
                yield f"form {code}: the plan has no disposition {outcome}"
            for name in (*_PLACE.findall(words.en), *_PLACE.findall(words.zh)):
                if name not in form.fields or form.fields[name].kind == "text":
                    yield f"form {code}, told {outcome}: {name} is no field that is chosen or counted"


def told(form: Form, disposition: str, fields: Mapping[str, str | int | bool]) -> Words | None:
    """What a caller may be told about an incident that ended so, with these answers; None where the form has no sentence for it."""
    words = form.told.get(disposition)
    if words is None or any(name not in fields for name in (*_PLACE.findall(words.en), *_PLACE.findall(words.zh))):
        return None
    said = {name: form.fields[name].says(value) for name, value in fields.items() if name in form.fields}
    return Words(words.en.format_map({name: one.en for name, one in said.items()}), words.zh.format_map({name: one.zh for name, one in said.items()}))
