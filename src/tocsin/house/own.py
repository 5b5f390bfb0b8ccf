"""Whether a record's place is the viewer's own address; the words of a place are not sealed, so they are read from its history."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from tocsin.engines.own_use import OwnKind
from tocsin.facts.calls import Place
from tocsin.house.asker import Asker
from tocsin.kernel import Kept

NOTHING_OWN: Mapping[str, set[OwnKind]] = MappingProxyType({})
_WITH_A_PLACE = ("call", "contact", "incident")


def own_place(by: Asker, record: str, history: Callable[..., Sequence[Kept]]) -> frozenset[OwnKind]:
    """`address`, where it stands among the words of a place that the record, or the incident of the same number, ever had."""
    kind, _, number = record.partition(":")
    if by.own is None or not by.own.addresses or kind not in _WITH_A_PLACE:
        return frozenset()
    tags = (record,) if kind == "contact" else (f"call:{number}", f"incident:{number}")
    places: list[Any] = [getattr(kept.fact, "place", None) for kept in history(*tags)]
    return frozenset(("address",)) if any(isinstance(place, Place) and by.own.at(place.text) for place in places) else frozenset()
