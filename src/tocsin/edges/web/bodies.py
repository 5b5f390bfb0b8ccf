"""From bytes and query strings to commands and questions: I-JSON (RFC 7493) only, and the path fills its own fields."""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, Never, TypeVar

import msgspec

from tocsin.kernel import Refused

MOST_EXACT = 2**53 - 1
"""The largest whole number that every JSON reader keeps exactly (RFC 7493, section 2.2); as microseconds, the year 2255."""

T = TypeVar("T")


def read_json(body: bytes) -> Any:
    """The tree of an I-JSON text. Repeated names, lone surrogates, NaN, other encodings and deep nesting are refused."""
    try:
        tree = msgspec.json.decode(body)
        # msgspec keeps the last of two equal names without a word, so a second reader looks for them.
        json.loads(body, object_pairs_hook=_no_repeats, parse_int=_exact)
    except (msgspec.DecodeError, ValueError, RecursionError) as fault:
        raise Refused("not_json", "The body is not JSON that can be read safely.", "请求体不是可安全读取的 JSON。",
                      status=400) from fault
    return tree


def read_command(asks: type[T], body: bytes, path: Mapping[str, str]) -> T:
    """A command from its body, with the fields that the path names; a body that names them differently is refused."""
    tree = read_json(body) if body else {}
    if isinstance(tree, dict):
        _fill(tree, path)
    return msgspec.convert(tree, asks)


def read_ask(asks: type[T], query: Sequence[tuple[str, str]], path: Mapping[str, str]) -> T:
    """A question from its query string and path."""
    tree: dict[str, str] = {}
    for name, value in query:
        if name in tree:
            _wrong(name, "is given twice", "出现了两次")
        tree[name] = value
    _fill(tree, path)
    ask = msgspec.convert(tree, asks, strict=False)
    for name in tree:
        value = getattr(ask, name)
        if (isinstance(value, int) and abs(value) > MOST_EXACT) or (isinstance(value, float) and not math.isfinite(value)):
            _wrong(name, "is out of range", "超出范围")
    return ask


def _fill(tree: dict[str, Any], path: Mapping[str, str]) -> None:
    for name, value in path.items():
        if tree.setdefault(name, value) != value:
            _wrong(name, "differs from the address", "与地址不一致")


def _wrong(name: str, en: str, zh: str) -> Never:
    field = name[:80]
    raise Refused("field_wrong", f"{field} {en}.", f"{field} {zh}。", field=field, status=422)


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    once = dict(pairs)
    if len(once) != len(pairs):
        raise ValueError("a name twice")
    return once


def _exact(digits: str) -> int:
    if len(digits) > 17 or abs(whole := int(digits)) > MOST_EXACT:
        raise ValueError("a whole number that not every reader keeps")
    return whole
