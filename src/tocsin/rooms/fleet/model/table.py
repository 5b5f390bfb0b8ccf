"""The city's table of units: their kinds, states and moves, and what a crew signs on to."""

import msgspec

from tocsin.kernel import Words


class Seat(msgspec.Struct, frozen=True):
    """A seat on a unit: its name, and how many may have it at once (0: any number)."""

    en: str
    zh: str
    most: int = 1


class UnitKind(msgspec.Struct, frozen=True):
    """A kind of unit as the table gives it."""

    letter: str
    en: str
    zh: str
    machine: str
    skills: tuple[str, ...] = ()
    seats: dict[str, Seat] = {}
    """The seats that somebody may sign on to, by code; none: whatever they call theirs."""
    kit: dict[str, Words] = {}
    """What of its kit is looked at when somebody signs on; none: nothing is."""


class FleetTable(msgspec.Struct, frozen=True):
    """The city's table of unit kinds, states and moves."""

    states: dict[str, Words]
    machines: dict[str, dict[str, tuple[str, ...]]]
    kinds: dict[str, UnitKind]
    sample: bool = False
    confirm_within_s: int = 30
    """How long a call for help may stand unconfirmed before it is raised further."""

    def moves(self, unit_kind: str) -> dict[str, tuple[str, ...]]:
        """For each state of this kind of unit, the states its crew may report next."""
        return self.machines[self.kinds[unit_kind].machine]


def faults(table: FleetTable) -> list[str]:
    """What is wrong with a table, in sentences; empty where it is sound. Every state must lead back to available."""
    found = [f"unit kind {code}: there is no machine {kind.machine}" for code, kind in table.kinds.items()
             if kind.machine not in table.machines]
    for name, moves in table.machines.items():
        named = set(moves) | {after for then in moves.values() for after in then}
        found += [f"machine {name}: state {state} has no words" for state in sorted(named - set(table.states))]
        found += [f"machine {name}: a crew can report assigned" for then in moves.values() if "assigned" in then]
        found += [f"machine {name}: no way from {state} to available" for state in sorted(named - {"available"})
                  if "available" not in moves.get(state, ())]
    return found
