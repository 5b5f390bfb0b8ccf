"""The table of command as it goes out: levels, roles, plans, categories of patients, agencies."""

from tocsin.kernel import View, Words
from tocsin.rooms.command.model import CommandTable


class Coded(View, frozen=True, kw_only=True):
    """A code and its words, in the table's own order."""

    code: str
    says: Words


class CommandPlanLine(View, frozen=True, kw_only=True):
    """A plan of command and the roles that it wants filled."""

    code: str
    says: Words
    roles: tuple[str, ...]


class CommandView(View, frozen=True, kw_only=True):
    """What a command of this city is named in."""

    version: str
    sample: bool
    levels: tuple[Coded, ...]
    roles: tuple[Coded, ...]
    plans: tuple[CommandPlanLine, ...]
    categories: tuple[Coded, ...]
    agencies: tuple[Coded, ...]


def command_view(table: CommandTable) -> CommandView:
    """The table as it goes out."""
    def coded(part: dict[str, Words]) -> tuple[Coded, ...]:
        return tuple(Coded(code=code, says=says) for code, says in part.items())

    plans = tuple(CommandPlanLine(code=code, says=Words(plan.en, plan.zh), roles=plan.roles) for code, plan in table.plans.items())
    return CommandView(version=table.version, sample=table.sample, levels=coded(table.levels), roles=coded(table.roles), plans=plans,
                       categories=coded(table.categories), agencies=coded(table.agencies))
