"""How a handling record is kept: by a unit that was on the incident, by the form of its kind, each correction beside what it corrects."""

import msgspec

from tocsin.facts.handling import HandlingKept
from tocsin.kernel import Command, Fact, Refused, Sealed
from tocsin.rooms.dispatch.commands import KeepHandling
from tocsin.rooms.dispatch.model.forms import Form, FormField
from tocsin.rooms.dispatch.model.rules import Decision, Rules
from tocsin.rooms.dispatch.model.speaking import its_crew, sent_there
from tocsin.rooms.dispatch.model.state import State, known

_MOST_TEXT = 1000


def _keep(rules: Rules, state: State, command: KeepHandling) -> tuple[Fact, ...]:
    now = known(state, command.incident)
    key = sent_there(now, command.unit, command.shift)
    if not command.any_unit:
        its_crew(state, key, command.by)
    code, form = rules.handling.form(now.kind)
    _answered(form, command)
    record, number = f"incident:{now.incident}", now.handled.get(key, 0) + 1
    texts = {name: value for name, value in command.fields.items() if form.fields[name].kind == "text"}
    return (HandlingKept(incident=now.incident, unit=command.unit, shift=command.shift, kind=now.kind, form=code, version=rules.handling.version, number=number,
                         found=Sealed(record, command.found), done=Sealed(record, command.done),
                         handed_to=Sealed(record, command.handed_to) if command.handed_to else None,
                         fields={name: value for name, value in command.fields.items() if name not in texts},
                         texts=Sealed(record, msgspec.json.encode(texts).decode()) if texts else None),)


def _answered(form: Form, command: KeepHandling) -> None:
    """Refused at the first field that the form does not have, that is wanting, or whose answer is none."""
    for name in command.fields:
        if name not in form.fields:
            raise Refused("field_unknown", f"the form has no field {name[:40]}; it has {', '.join(form.fields) or 'none'}",
                          f"表单没有“{name[:40]}”这一项", field="fields", status=422)
    for name, one in form.fields.items():
        value = command.fields.get(name)
        if value is None or value == "":
            if one.required:
                raise Refused("field_missing", f"{one.en} is wanted", f"须填写“{one.zh}”", field=f"fields.{name}", status=422)
        elif wrong := _wrong(one, value):
            raise Refused("field_wrong", f"{one.en}: {wrong[0]}", f"“{one.zh}”{wrong[1]}", field=f"fields.{name}", status=422)


def _wrong(one: FormField, value: str | int | bool) -> tuple[str, str] | None:
    match one.kind:
        case "choice" if not isinstance(value, str) or value not in one.choices:
            return f"choose one of {', '.join(one.choices)}", "须为所列选项之一"
        case "yes_no" if not isinstance(value, bool):
            return "answer true or false", "须为是或否"
        case "number" if not isinstance(value, int) or isinstance(value, bool) or not one.least <= value <= one.most:
            return f"a whole number from {one.least} to {one.most}", f"须为 {one.least} 至 {one.most} 的整数"
        case "text" if not isinstance(value, str) or len(value) > (one.most or _MOST_TEXT):
            return f"words, {one.most or _MOST_TEXT} characters at most", f"须为文字，最多 {one.most or _MOST_TEXT} 字"
    return None


DECISIONS: dict[type[Command], Decision] = {KeepHandling: _keep}
