"""The menu as OpenAPI 3.1, from the same structs that read the requests. Litestar would write it from handlers' signatures,
and ours are one function; so msgspec's JSON Schema of each struct is put beside its line here."""

import re
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import msgspec

from tocsin.edges.web.menu import Line
from tocsin.edges.web.problems import MEDIA, Problem
from tocsin.edges.web.sessions import COOKIE
from tocsin.kernel import Row

_REF = "#/components/schemas/{name}"
_IN_PATH = re.compile(r"\{(\w+)\}")


def describe(menu: Sequence[Line], rows: Sequence[type[Row]]) -> bytes:
    """The description's bytes, with every kind of row that a frame may hold; the same menu gives the same bytes."""
    asked = [kind for line in menu for kind in (line.asks, line.answers) if kind is not None]
    types: list[type] = list(dict.fromkeys((Problem, *rows, *asked)))
    refs, schemas = msgspec.json.schema_components(types, ref_template=_REF)
    ref_of = dict(zip(types, refs, strict=True))
    # A frame says only that it holds rows; which kinds there are is known where the rooms are.
    schemas["Row"] = {"title": "Row", "description": Row.__doc__, "anyOf": [ref_of[row] for row in rows]}
    paths: dict[str, dict[str, Any]] = {}
    for line in menu:
        paths.setdefault(line.path, {})[line.verb.lower()] = _operation(line, ref_of, schemas)
    return msgspec.json.encode({
        "openapi": "3.1.0",
        "info": {"title": "Tocsin", "version": version("tocsin"), "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
                 "description": "Every door of the house. A POST needs the header `X-Tocsin: 1`."},
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": {
            "session": {"type": "apiKey", "in": "cookie", "name": COOKIE},
            "device": {"type": "http", "scheme": "bearer"}}},
    }, order="sorted")


def _operation(line: Line, ref_of: dict[type, dict[str, Any]], schemas: dict[str, Any]) -> dict[str, Any]:
    in_path = _IN_PATH.findall(line.path)
    schema = schemas[line.asks.__name__] if line.asks else {"properties": {}}
    operation: dict[str, Any] = {
        "operationId": f"{line.verb.lower()}{re.sub(r'[^a-zA-Z0-9]+', '_', line.path)}",
        "summary": line.says,
        "x-purpose": line.purpose,
        "x-roles": ["anybody"] if line.roles is None else list(line.roles) or ["anybody signed in"],
        "security": [] if line.roles is None else [{"session": []}, {"device": []}],
        "parameters": [_parameter(name, "path", schema, required=True) for name in in_path],
        "responses": {"200": _good(line, ref_of), "default": {
            "description": "A problem: nothing was changed.", "content": {MEDIA: {"schema": ref_of[Problem]}}}},
    }
    if line.verb == "POST":
        operation["parameters"].append({"name": "X-Tocsin", "in": "header", "required": not line.bare, "schema": {"const": "1"}})
        operation["parameters"] += [{"name": name, "in": "header", "required": False, "schema": {"type": "string"}} for name in line.heads]
        operation["requestBody"] = {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}} \
            if line.raw or line.bare else {"required": bool(schema.get("required")), "content": {"application/json": {
            "schema": _without(schema, in_path) if in_path or line.asks is None else ref_of[line.asks]}}}
    else:
        operation["parameters"] += [_parameter(name, "query", schema, required=name in schema.get("required", ()))
                                    for name in schema["properties"] if name not in in_path]
    return operation


def _good(line: Line, ref_of: dict[type, dict[str, Any]]) -> dict[str, Any]:
    text = line.media.startswith(("text/", "*/"))
    schema = {"type": "string"} if text else ref_of[line.answers] if line.answers else {"type": "object"}
    return {"description": "Done." if line.verb == "POST" else "The answer.", "content": {line.media: {"schema": schema}}}


def _parameter(name: str, where: str, schema: dict[str, Any], *, required: bool) -> dict[str, Any]:
    return {"name": name, "in": where, "required": required, "schema": schema["properties"].get(name, {"type": "string"})}


def _without(schema: dict[str, Any], in_path: Sequence[str]) -> dict[str, Any]:
    """The body of a command whose path already names some of its fields."""
    return schema | {"title": f"{schema['title']}Body",
                     "properties": {name: part for name, part in schema["properties"].items() if name not in in_path},
                     "required": [name for name in schema.get("required", ()) if name not in in_path]}
