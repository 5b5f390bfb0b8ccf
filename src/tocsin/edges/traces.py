"""Traces for those who want them (`pip install tocsin[otel]`): a span for each request, with its deciding and keeping inside, sent by OTLP.

On only where OTEL_EXPORTER_OTLP_ENDPOINT is set and the packages are there. A span has the door's template, the outcome's code and times; nothing of who or what.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module
from typing import Any

Span = Callable[[str], AbstractContextManager[Any]]


class NoTraces(Exception):
    """Traces are asked for and cannot be made; the sentence says what to install."""


class Tracing:
    """Makes spans and sends them in the background; what cannot be sent is dropped, and nobody waits for it."""

    def __init__(self, endpoint: str, node: str) -> None:
        try:
            self._api = import_module("opentelemetry.trace")
            resources, sdk, export = (import_module(f"opentelemetry.sdk.{name}") for name in ("resources", "trace", "trace.export"))
            otlp = import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
            self._carried = import_module("opentelemetry.trace.propagation.tracecontext").TraceContextTextMapPropagator()
        except ModuleNotFoundError as error:
            raise NoTraces("traces need the packages of tocsin[otel]: pip install 'tocsin[otel]', or unset OTEL_EXPORTER_OTLP_ENDPOINT") from error
        self._provider = sdk.TracerProvider(resource=resources.Resource.create({"service.name": "tocsin", "service.instance.id": node}))
        self._provider.add_span_processor(export.BatchSpanProcessor(otlp.OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")))
        self._tracer = self._provider.get_tracer("tocsin")

    @contextmanager
    def request(self, verb: str, traceparent: str) -> Iterator[Any]:
        """The span of one request, below that of the proxy that passed it on, where it said one; its name is set once the door is known."""
        with self._tracer.start_as_current_span(verb, context=self._carried.extract({"traceparent": traceparent}), kind=self._api.SpanKind.SERVER,
                                                record_exception=False, set_status_on_exception=False) as span:
            yield span

    def inside(self, what: str) -> AbstractContextManager[Any]:
        """A span of something that is done for the request under way."""
        found: AbstractContextManager[Any] = self._tracer.start_as_current_span(what, record_exception=False, set_status_on_exception=False)
        return found

    def close(self) -> None:
        """Send what waits, and end."""
        self._provider.shutdown()
