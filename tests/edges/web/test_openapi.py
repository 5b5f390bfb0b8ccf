"""The description says what the doors do: every line is in it, and requests made from it are answered as it says."""

import json
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from tests.edges.web.running import Running
from tests.floor import DESK, corner, on_duty
from tocsin.rooms.calls.commands import TakeCall

_CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture(scope="module")
def described(floor: Running) -> dict[str, Any]:
    answer = floor.as_("admin").get("/api/openapi.json")
    assert answer.status_code == 200
    return dict(answer.json())


def test_every_line_of_the_menu_is_described(floor: Running, described: dict[str, Any]) -> None:
    assert described["openapi"] == "3.1.0"
    for line in floor.web.menu:
        operation = described["paths"][line.path][line.verb.lower()]
        assert operation["summary"] == line.says
        assert operation["x-purpose"] == line.purpose
        assert operation["x-roles"] == (["anybody"] if line.roles is None else list(line.roles) or ["anybody signed in"])
        assert "application/problem+json" in operation["responses"]["default"]["content"]
    assert sum(len(path) for path in described["paths"].values()) == len(floor.web.menu)


def test_a_frame_may_hold_every_kind_of_row(floor: Running, described: dict[str, Any]) -> None:
    kinds = {kind["$ref"].rpartition("/")[2] for kind in described["components"]["schemas"]["Row"]["anyOf"]}
    assert kinds >= {"IncidentRow", "UnitRow", "ClosureRow", "PositionRow"}


def test_nothing_in_it_points_outside(described: dict[str, Any]) -> None:
    assert "http" not in json.dumps(described).replace('"type": "http"', "")


@pytest.mark.parametrize(("who", "mode"), [
    ("supervisor", GenerationMode.POSITIVE), ("supervisor", GenerationMode.NEGATIVE), ("admin", GenerationMode.POSITIVE), ("auditor", GenerationMode.POSITIVE),
    ("planner", GenerationMode.NEGATIVE), ("partner", GenerationMode.NEGATIVE), ("device", GenerationMode.POSITIVE), ("nobody", GenerationMode.NEGATIVE)])
def test_requests_made_from_it_are_answered_as_it_says(floor: Running, described: dict[str, Any], who: str, mode: GenerationMode) -> None:
    """Seeded and bounded. The live stream never ends, sign-in is guessed at elsewhere, and signing out would end the rest."""
    schema = schemathesis.openapi.from_dict(described).exclude(path=["/api/live", "/api/sign-in", "/api/sign-out"])
    on_duty(floor.house, f"O {who} {mode.value}", "engine", corner(0, 0))
    floor.house.do(TakeCall(place=corner(1, 1), kind="medical"), DESK)
    tried = 0
    with requests.Session() as session:
        session.trust_env = False
        for made in schema.get_all_operations():
            operation = made.ok()
            raw = operation.definition.raw
            tried += 1
            if mode is GenerationMode.NEGATIVE and not raw["parameters"] and "requestBody" not in raw:
                continue  # nothing is asked, so nothing can be asked wrongly
            if who != "supervisor" and not {who, "anybody", "anybody signed in"} & set(raw["x-roles"]):
                continue  # that no other role comes in is walked elsewhere, line by line
            asks = "device" if who == "supervisor" and operation.path == "/api/positions" else who
            _ask(operation, mode, session, f"http://127.0.0.1:{floor.port}", dict(floor.as_(asks).headers), most=5 if who == "supervisor" else 3)
    assert tried == len(floor.web.menu) - 3


def _ask(operation: Any, mode: GenerationMode, session: requests.Session, url: str, headers: dict[str, str], *, most: int) -> None:
    @settings(max_examples=most, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))
    @given(operation.as_strategy(generation_mode=mode))
    def asked(case: schemathesis.Case) -> None:
        answer = case.call(base_url=url, session=session, headers=headers)
        case.validate_response(answer, checks=_CHECKS)

    asked()
