"""Paper forms: a block is given out once, and each of its numbers comes back once or is voided."""

from tocsin.facts.calls import PaperBlockGiven, PaperFormVoided
from tocsin.kernel import Fact, Refused
from tocsin.rooms.calls.commands import GivePaperBlock, VoidPaperForm
from tocsin.rooms.calls.model.state import State


def give_block(state: State, command: GivePaperBlock) -> tuple[Fact, ...]:
    """A block of blank forms under a number that nobody else has."""
    if command.block in state.forms:
        raise Refused("paper_block_given", f"block {command.block} was already given out", f"单号段 {command.block} 已发放", field="block")
    return (PaperBlockGiven(block=command.block, forms=command.forms),)


def void_form(state: State, command: VoidPaperForm) -> tuple[Fact, ...]:
    """A form that nobody needs to look for."""
    usable_form(state, command.form)
    return (PaperFormVoided(block=command.block, form=command.form, reason=command.reason),)


def usable_form(state: State, form: str) -> None:
    """A form of a block that was given out, and not entered yet."""
    block, _, number = form.partition("/")
    if not (number.isdecimal() and len(number) <= 3 and 1 <= int(number) <= state.forms.get(block, 0)):
        raise Refused("paper_form_unknown", f"no form {form} was given out: look again, or enter it without its number by an ordinary call",
                      f"未发放过单号 {form}，请核对", field="paper", status=422)
    if form in state.used:
        raise Refused("paper_form_used", f"form {form} was entered or voided already", f"单号 {form} 已补录或已作废", field="paper")
