"""A fact of any kind with every field filled, by the types of its fields: so that the bytes of each kind as they are now are kept for later."""

from typing import Any

import msgspec
from msgspec import inspect

from tocsin.kernel import Fact, Sealed


class Names(msgspec.Struct, frozen=True):
    """What the drawn facts speak of: an incident that is there, a unit of it, its shift, and an instant."""

    incident: str
    unit: str
    shift: str
    at: int
    word: str = "sample"
    """What any other name begins with."""


def drawn(cls: type[Fact], names: Names) -> Fact:
    """A fact of this kind, the same each time."""
    return cls(**{field.name: _value(field.type, field.name, names) for field in _fields(cls)})


def _fields(cls: type[Any]) -> tuple[inspect.Field, ...]:
    found = inspect.type_info(cls)
    assert isinstance(found, inspect.StructType)
    return found.fields


def _value(of: inspect.Type, name: str, names: Names) -> Any:
    match of:
        case inspect.StructType(cls=cls) if cls is Sealed:
            return Sealed(f"incident:{names.incident}", f"sample {name}")
        case inspect.StructType(cls=cls):
            return cls(**{field.name: _value(field.type, field.name, names) for field in of.fields})
        case inspect.UnionType():
            return _value(next(one for one in of.types if not isinstance(one, inspect.NoneType)), name, names)
        case inspect.LiteralType(values=values):
            return values[0]
        case inspect.StrType():
            return {"incident": names.incident, "unit": names.unit, "shift": names.shift}.get(name, f"{names.word}-{name}")
        case inspect.IntType():
            return names.at if name.endswith(("at", "until", "since", "from", "to", "ended")) else 1
        case inspect.FloatType():
            return {"lon": 24.9, "lat": 60.15}.get(name, 1.5)
        case inspect.BoolType():
            return True
        case inspect.BytesType():
            return b"sample"
        case inspect.VarTupleType(item_type=item):
            return (_value(item, name, names),)
        case inspect.TupleType(item_types=items):
            return tuple(_value(item, name, names) for item in items)
        case inspect.DictType(value_type=value):
            return {"sample": _value(value, name, names)}
    raise AssertionError(f"{name}: nothing is drawn for {of} yet")
