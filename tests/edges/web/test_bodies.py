"""Hostile and careless bodies and queries: always a 4xx with a code, never a change, never a fault of ours."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.edges.web.running import Running
from tocsin.edges.web.bodies import MOST_EXACT, read_ask, read_command, read_json
from tocsin.kernel import Refused
from tocsin.rooms.calls.commands import FindPlaces, NamePoint, TakeCall
from tocsin.rooms.dispatch.commands import AddNote

_CALL: dict[str, Any] = {"place": {"lon": 24.9, "lat": 60.15, "text": "a"}, "kind": "medical"}
_JSON = {"content-type": "application/json"}
_TREES = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
                      lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4), max_leaves=20)


def _with(**changed: Any) -> bytes:
    return json.dumps(_CALL | changed).encode()


@pytest.mark.parametrize(("body", "status", "code", "field"), [
    (b"", 422, "field_wrong", "place"),
    (b"{", 400, "not_json", None),
    (b"\xef\xbb\xbf{}", 400, "not_json", None),
    (json.dumps(_CALL).encode("utf-16"), 400, "not_json", None),
    (b'{"kind":"\xff"}', 400, "not_json", None),
    (b'{"kind":"\\ud800"}', 400, "not_json", None),
    (b'{"kind":"\xed\xa0\x80"}', 400, "not_json", None),
    (b'{"kind":"medical","kind":"fire"}', 400, "not_json", None),
    (b'{"place":{"lon":1,"lat":1,"lon":2},"kind":"medical"}', 400, "not_json", None),
    (b'{"place":{"lon":NaN,"lat":1},"kind":"medical"}', 400, "not_json", None),
    (b'{"place":{"lon":1e999,"lat":1},"kind":"medical"}', 400, "not_json", None),
    (b"[" * 200_000, 400, "not_json", None),
    (b'{"place":' * 900 + b"1" + b"}" * 900, 422, "field_wrong", "place.lon"),
    (_with(happened_at=10**30), 400, "not_json", None),
    (b"1" * 200_000, 400, "not_json", None),
    (b"[]", 422, "field_wrong", None),
    (b"null", 422, "field_wrong", None),
    (_with(place={"lon": 999, "lat": 60.15, "text": ""}), 422, "field_wrong", "place.lon"),
    (_with(place={"lat": 60.15}), 422, "field_wrong", "place.lon"),
    (_with(kind=5), 422, "field_wrong", "kind"),
    (_with(colour="red"), 422, "field_wrong", "colour"),
    (_with(notes="x" * 4001), 422, "field_wrong", "notes"),
    (_with(kind="no such kind"), 422, "kind_unknown", "kind"),
    (_with(happened_at=MOST_EXACT), 422, "happened_in_future", "happened_at"),
    (_with(happened_at=-MOST_EXACT), 422, "happened_in_future", "happened_at"),
])
def test_a_wrong_body_is_refused_with_its_field_and_changes_nothing(
        floor: Running, body: bytes, status: int, code: str, field: str | None) -> None:
    desk = floor.as_("call_taker")
    head = floor.house.ledger.head()
    answer = desk.post("/api/calls", content=body, headers=_JSON)
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["field"]) == (status, code, field), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert set(problem) == {"type", "status", "code", "title", "title_zh", "field"}
    assert problem["title"] and problem["title_zh"]
    assert floor.house.ledger.head() == head


def test_other_types_and_sizes_are_refused(floor: Running) -> None:
    taker = floor.as_("call_taker")
    for headers in ({"content-type": "text/plain"}, {"content-type": "application/x-www-form-urlencoded"}, {}):
        answer = taker.post("/api/calls", content=_with(), headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (415, "not_json_typed")
    assert taker.post("/api/calls", content=b" " * (256 * 1024 + 1), headers=_JSON).status_code == 413

    def endless() -> Any:
        yield from (b" " * 65_536 for _ in range(8))
    assert taker.post("/api/calls", content=endless(), headers=_JSON).status_code == 413
    device = floor.as_("device")
    assert device.post("/api/positions", content=b" " * (512 * 1024 + 1), headers=_JSON).status_code == 413
    assert device.post("/api/positions", content=b'{"fixes":[]}' + b" " * (500 * 1024), headers=_JSON).status_code == 200


def test_the_path_fills_its_field_and_a_body_may_not_name_another(floor: Running) -> None:
    taker = floor.as_("call_taker")
    incident = taker.post("/api/calls", json=_CALL).json()["subject"].removeprefix("call:")
    assert taker.post(f"/api/incidents/{incident}/notes", json={"note": "a"}).status_code == 200
    assert taker.post(f"/api/incidents/{incident}/notes", json={"note": "b", "incident": incident}).status_code == 200
    answer = taker.post(f"/api/incidents/{incident}/notes", json={"note": "c", "incident": "another"})
    assert (answer.status_code, answer.json()["field"]) == (422, "incident")
    assert read_command(AddNote, b'{"note":"d"}', {"incident": "7"}) == AddNote(incident="7", note="d")


@pytest.mark.parametrize(("query", "field"), [
    ("", "q"), ("q=a&q=b", "q"), ("q=a&limit=0", "limit"), ("q=a&limit=" + "9" * 400, "limit"), ("q=a&limit=1.5", "limit"),
    ("q=a&lon=nan", "lon"), ("q=a&lon=inf", "lon"), ("q=a&lon=181", "lon"), ("q=a&shoe=1", "shoe"), ("q=" + "a" * 201, "q"),
])
def test_a_wrong_query_is_refused_with_its_field(floor: Running, query: str, field: str) -> None:
    answer = floor.as_("dispatcher").get(f"/api/places?{query}")
    assert (answer.status_code, answer.json()["field"]) == (422, field), answer.text


@pytest.mark.parametrize("query", ["q=%00", "q=%ff%fe", "q=%ed%a0%80", "q=%F0%9F%9A%92", "q=%E4%B8%AD%E5%B1%B1%E8%B7%AF", "q=%25%27%22%3B--", "q=*"])
def test_odd_words_are_searched_or_refused_but_never_a_fault(floor: Running, query: str) -> None:
    assert floor.as_("dispatcher").get(f"/api/places?{query}").status_code in (200, 422)


def test_queries_are_read_by_type() -> None:
    assert read_ask(FindPlaces, [("q", "12"), ("limit", "3"), ("lon", "2.5")], {}) == FindPlaces(q="12", limit=3, lon=2.5)
    assert read_ask(NamePoint, [("lon", "-0"), ("lat", "1e1")], {}) == NamePoint(lon=0.0, lat=10.0)


@given(_TREES)
def test_what_json_says_exactly_is_read_as_it_was_said(tree: Any) -> None:
    said = json.dumps(tree, ensure_ascii=False).encode("utf-8", "surrogatepass")
    try:
        assert read_json(said) == tree
    except Refused as no:
        assert no.status == 400


@given(_TREES, st.sampled_from([TakeCall, AddNote]))
def test_no_tree_makes_a_command_but_by_its_schema(tree: Any, asks: Any) -> None:
    said = json.dumps(tree).encode()
    try:
        assert isinstance(read_command(asks, said, {}), asks)
    except Refused as no:
        assert 400 <= no.status < 500
    except msgspec.ValidationError:
        pass


@given(st.binary(max_size=200))
def test_no_bytes_are_a_fault(said: bytes) -> None:
    try:
        read_json(said)
    except Refused as no:
        assert no.status == 400
