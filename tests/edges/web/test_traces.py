"""Spans of a served house, taken by a real receiver of OTLP on loopback: request, lane and append below one another, and nobody's words in them."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.edges.web.running import running
from tocsin.edges.traces import Tracing

pytest.importorskip("opentelemetry.exporter.otlp.proto.http", reason="the packages of tocsin[otel] are not installed")
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

_CALL = {"place": {"lon": 24.9, "lat": 60.15}, "kind": "medical", "caller": "Quibble Zarf", "number": "+358405558812"}
_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


class Receiver(ThreadingHTTPServer):
    """Takes what is sent to /v1/traces."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        super().__init__(("127.0.0.1", 0), _Taking)


class _Taking(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        assert isinstance(self.server, Receiver)
        if self.path == "/v1/traces":
            self.server.bodies.append(body)
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as taking:
        thread = threading.Thread(target=taking.serve_forever)
        thread.start()
        yield taking
        taking.shutdown()
        thread.join(10)


def test_a_call_leaves_spans_of_request_lane_and_append_and_no_words(receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "none")
    tracing = Tracing(f"http://127.0.0.1:{receiver.server_address[1]}", "north")
    with running(tmp_path, tracing=tracing) as floor:
        taken = floor.as_("dispatcher").post("/api/calls", json=_CALL, headers={"traceparent": f"00-{_TRACE}-00f067aa0ba902b7-01"})
        assert taken.status_code == 200
        assert floor.as_("dispatcher").post("/api/calls", json=_CALL | {"notes": 5}).status_code == 422
    assert receiver.bodies, "what waits is sent before the end"
    spans = [span for body in receiver.bodies for resource in ExportTraceServiceRequest.FromString(body).resource_spans
             for scope in resource.scope_spans for span in scope.spans]
    by_id = {span.span_id: span for span in spans}
    ours = [span for span in spans if span.trace_id.hex() == _TRACE]
    door, = (span for span in ours if span.name == "POST /api/calls")
    assert door.parent_span_id.hex() == "00f067aa0ba902b7", "below the span of the proxy that passed it on"
    lane, = (span for span in ours if span.name == "lane quick")
    appends = [span for span in ours if span.name == "append"]
    assert lane.parent_span_id == door.span_id
    assert appends and all(by_id[span.parent_span_id] is lane for span in appends)
    told = {one.key: one.value for one in door.attributes}
    assert (told["http.route"].string_value, told["tocsin.code"].string_value) == ("/api/calls", "ok")
    assert any(one.value.string_value == "field_wrong" for span in spans for one in span.attributes)
    everything = b"".join(receiver.bodies)
    for secret in ("Quibble", "8812", "dispatcher", taken.json()["subject"].removeprefix("call:")):
        assert secret.encode() not in everything, secret
