"""How the call-takers' room decides: a call of a known kind, once under its number."""

from collections.abc import Callable, Mapping

import msgspec

from tocsin.facts.calls import CallTaken, PaperBlockGiven, PaperFormVoided
from tocsin.kernel import Command, Fact, Kept, Refused, Sealed
from tocsin.rooms.calls.commands import GivePaperBlock, TakeCall, VoidPaperForm


class State(msgspec.Struct, frozen=True):
    """The numbers under which calls were taken, among those touched."""

    taken: frozenset[str] = frozenset()
    forms: dict[str, int] = {}
    """Blocks of paper forms and how many each has."""
    used: frozenset[str] = frozenset()
    """Forms that were entered or voided."""


def evolve(state: State, kept: Kept) -> State:
    """The state after one more kept fact."""
    match kept.fact:
        case CallTaken() as fact:
            return msgspec.structs.replace(state, taken=state.taken | {fact.call}, used=state.used | ({fact.form} if fact.form else set()))
        case PaperBlockGiven() as fact:
            return msgspec.structs.replace(state, forms=state.forms | {fact.block: fact.forms})
        case PaperFormVoided() as fact:
            return msgspec.structs.replace(state, used=state.used | {fact.form})
    return state


def _usable_form(state: State, form: str) -> None:
    """A form of a block that was given out, and not entered yet."""
    block, _, number = form.partition("/")
    if not (number.isdecimal() and len(number) <= 3 and 1 <= int(number) <= state.forms.get(block, 0)):
        raise Refused("paper_form_unknown", f"no form {form} was given out: look again, or enter it without its number by an ordinary call",
                      f"未发放过单号 {form}，请核对", field="paper", status=422)
    if form in state.used:
        raise Refused("paper_form_used", f"form {form} was entered or voided already", f"单号 {form} 已补录或已作废", field="paper")


def no_mentions(text: str) -> tuple[str, ...]:
    """Nothing is told of, where no words are known to tell."""
    return ()


def decider(kinds: Mapping[str, int], mentions: Callable[[str], tuple[str, ...]] = no_mentions) -> Callable[[State, Command], tuple[Fact, ...]]:
    """The room's decide, for a city's kinds of incident and their usual priorities; `mentions` gives what notes tell of, as codes."""

    def decide(state: State, command: Command) -> tuple[Fact, ...]:
        if isinstance(command, GivePaperBlock):
            if command.block in state.forms:
                raise Refused("paper_block_given", f"block {command.block} was already given out", f"单号段 {command.block} 已发放", field="block")
            return (PaperBlockGiven(block=command.block, forms=command.forms),)
        if isinstance(command, VoidPaperForm):
            _usable_form(state, command.form)
            return (PaperFormVoided(block=command.block, form=command.form, reason=command.reason),)
        assert isinstance(command, TakeCall), type(command)
        if command.paper:
            _usable_form(state, command.paper)
        if command.call in state.taken:
            raise Refused("call_taken", f"call {command.call} was already taken", f"报警 {command.call} 已登记", field="call")
        if command.kind not in kinds:
            raise Refused("kind_unknown", f"there is no kind of incident {command.kind}; there are {', '.join(kinds)}",
                          f"没有“{command.kind}”这一警情类型", field="kind", status=422)

        def sealed(text: str) -> Sealed | None:
            return Sealed(f"call:{command.call}", text) if text else None

        return (CallTaken(call=command.call, channel=command.channel, place=command.place, kind=command.kind,
                          priority=command.priority or kinds[command.kind], number=sealed(command.number),
                          caller=sealed(command.caller), notes=sealed(command.notes), joins=command.joins,
                          likeness=command.likeness if command.joins else -1.0, mentions=mentions(command.notes) if command.joins else (),
                          form=command.paper),)

    return decide
