"""How items of a checklist are ticked: by each unit for itself, so that two crews out of reach of one another never contradict."""

from tocsin.facts.hazards import ItemTicked, ItemUnticked
from tocsin.kernel import Command, Fact, Refused
from tocsin.rooms.dispatch.commands import TickItem, UntickItem
from tocsin.rooms.dispatch.commands.checklists import ItemCommand
from tocsin.rooms.dispatch.model.rules import Decision, Rules
from tocsin.rooms.dispatch.model.speaking import its_crew, sent_there
from tocsin.rooms.dispatch.model.state import State, known, tick


def _ticked(rules: Rules, state: State, command: ItemCommand) -> bool:
    """Whether the unit has its tick there; refused where it may have none. The list need not be that of the present kind: a phone out of reach may
    not know yet that the kind has changed."""
    now = known(state, command.incident)
    key = sent_there(now, command.unit, command.shift)
    if not command.any_unit:
        its_crew(state, key, command.by)
    found = rules.checklists.lists.get(command.list)
    if found is None or command.item not in found.items:
        raise Refused("item_unknown", f"no checklist {command.list[:40]} has an item {command.item[:40]}", f"清单“{command.list[:40]}”没有“{command.item[:40]}”这一项",
                      field="item", status=422)
    return tick(command) in now.ticked


def _tick(rules: Rules, state: State, command: TickItem) -> tuple[Fact, ...]:
    if _ticked(rules, state, command):
        raise Refused("item_ticked", f"{command.unit} has ticked it already", f"{command.unit} 已勾选该项", field="item")
    return (ItemTicked(incident=command.incident, unit=command.unit, shift=command.shift, list=command.list, item=command.item, version=rules.checklists.version),)


def _untick(rules: Rules, state: State, command: UntickItem) -> tuple[Fact, ...]:
    if not _ticked(rules, state, command):
        raise Refused("item_not_ticked", f"{command.unit} has no tick there", f"{command.unit} 未勾选该项", field="item")
    return (ItemUnticked(incident=command.incident, unit=command.unit, shift=command.shift, list=command.list, item=command.item, version=rules.checklists.version),)


DECISIONS: dict[type[Command], Decision] = {TickItem: _tick, UntickItem: _untick}
