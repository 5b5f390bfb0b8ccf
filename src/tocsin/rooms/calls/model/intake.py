"""All that a city writes about taking calls: its lines, its neighbours and its question trees."""

from collections.abc import Mapping

import msgspec

from tocsin.rooms.calls.model.lines import Lines
from tocsin.rooms.calls.model.neighbours import Neighbours
from tocsin.rooms.calls.model.trees import Tree


class Intake(msgspec.Struct, frozen=True):
    """A city's tables of taking calls; a house without any takes calls all the same."""

    lines: Lines = Lines()
    neighbours: Neighbours = Neighbours()
    trees: Mapping[str, Tree] = {}
    """Question trees by their code."""

    def protocol(self, kind: str) -> str:
        """The tree of a kind with its version, as a call keeps it; empty where there is none."""
        tree = next((tree for tree in self.trees.values() if tree.kind == kind), None)
        return f"{tree.tree}@{tree.version}" if tree else ""
