"""The city's table of checklists: what a crew looks at, item by item, by the kind of the incident."""

from collections.abc import Iterator, Mapping

import msgspec

from tocsin.kernel import Words

MOST_ITEMS = 30


class Checklist(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The list of some kinds of incident, its items in order."""

    kinds: tuple[str, ...]
    en: str
    zh: str
    items: dict[str, Words]


class ChecklistTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All lists, by their codes. A kind without one has none."""

    version: str = ""
    sample: bool = False
    lists: dict[str, Checklist] = {}


NO_CHECKLISTS = ChecklistTable()


def checklist_faults(table: ChecklistTable, kinds: Mapping[str, object]) -> Iterator[str]:
    """What is wrong with a table, in sentences."""
    seen: dict[str, str] = {}
    for code, one in table.lists.items():
        if not 1 <= len(one.items) <= MOST_ITEMS:
            yield f"list {code}: it has 1 to {MOST_ITEMS} items"
        for kind in one.kinds:
            if kind not in kinds:
                yield f"list {code}: the plan has no kind {kind}"
            if kind in seen:
                yield f"list {code}: the kind {kind} has the list {seen[kind]} already"
            seen[kind] = code
