"""Spans of consultations: their stages and times, and nothing of who asked what."""

import http.server
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from bot.consult.observer import Observers
from bot.consult.outcome import Answered, Consultation, CrisisReferral, Unavailable
from bot.errors import FixSettings, InstallExtra
from bot.safety.verdicts import CALM, SCREEN_FAILED, Redaction
from bot.settings import Settings
from bot.tracing import tracing
from tests.consult.fakes import draft_of
from tests.meta.packages import extras

_PLANTED = "planted words"
_ANSWERED = Answered(question=Redaction(_PLANTED), alarm=CALM, draft=draft_of(), passages=(), dropped=2)


def _settings(**environment: str) -> Settings:
    return Settings.read(environment, Path("/nowhere/.env"))


def _spans(*consultations: Consultation) -> list[ReadableSpan]:
    kept = InMemorySpanExporter()
    with tracing(_settings(), kept) as observer:
        for one in consultations:
            observer.consulted(one)
    return list(kept.get_finished_spans())


def test_a_consultation_is_a_span_and_each_stage_one_in_it_where_it_was() -> None:
    spent = {"crisis": 5.0, "retrieve": 20.0, "total": 40.0}
    crisis, retrieve, whole = _spans(Consultation(_ANSWERED, spent, {"crisis": 1.0, "retrieve": 8.0}))

    assert [span.name for span in (crisis, retrieve, whole)] == ["crisis", "retrieve", "consultation"]
    assert {span.parent.span_id for span in (crisis, retrieve) if span.parent} == {whole.context.span_id}
    assert whole.attributes == {"outcome": "answered", "dropped": 2, "fell_back": False}
    assert retrieve.attributes == {"milliseconds": 20.0}
    lengths = [(span.end_time or 0) - (span.start_time or 0) for span in (crisis, retrieve, whole)]
    assert lengths == [5_000_000, 20_000_000, 40_000_000]
    assert (retrieve.start_time or 0) - (whole.start_time or 0) == 8_000_000


def test_other_outcomes_are_named_and_a_failed_stage_with_them() -> None:
    spans = _spans(Consultation(Unavailable("grounding", CALM)), Consultation(CrisisReferral(SCREEN_FAILED)))
    assert [span.attributes for span in spans] == [
        {"outcome": "unavailable", "stage": "grounding"},
        {"outcome": "crisis"},
    ]


def test_no_word_and_no_name_of_a_machine_is_in_a_span(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", f"host.name={_PLANTED}")
    spans = _spans(Consultation(_ANSWERED, {"total": 1.0}))
    assert _PLANTED not in "".join(span.to_json() for span in spans)
    assert set(spans[0].resource.attributes) == {"service.name", "service.version"}


def test_models_failures_and_tokens_are_spans_and_several_observers_are_told() -> None:
    kept = InMemorySpanExporter()
    with tracing(_settings(), kept) as one:
        both = Observers([one, one])
        both.model_failed("openai:small", "overloaded")
        both.model_answered("openai:small", 40)
        both.consulted(Consultation(_ANSWERED))
    names = [span.name for span in kept.get_finished_spans()]
    assert names == [name for name in ("model failed", "model answered", "consultation") for _ in range(2)]
    assert kept.get_finished_spans()[0].attributes == {"model": "openai:small", "trouble": "overloaded"}


class _Collector(http.server.BaseHTTPRequestHandler):
    """Takes spans as a collector does."""

    taken: list[tuple[str, str | None, ExportTraceServiceRequest]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.taken.append((self.path, self.headers["x-key"], ExportTraceServiceRequest.FromString(body)))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.fixture
def collector() -> Iterator[tuple[str, type[_Collector]]]:
    """A collector on a free port, and what it takes."""
    handler = type("Collector", (_Collector,), {"taken": []})
    with http.server.HTTPServer(("127.0.0.1", 0), handler) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield f"http://127.0.0.1:{server.server_port}", handler
        server.shutdown()
        serving.join()


def test_spans_reach_a_collector_with_its_headers(collector: tuple[str, type[_Collector]]) -> None:
    address, handler = collector
    settings = _settings(OTEL_EXPORTER_OTLP_ENDPOINT=address, OTEL_EXPORTER_OTLP_HEADERS="x-key=a-secret")
    with tracing(settings) as observer:
        observer.consulted(Consultation(_ANSWERED, {"crisis": 1.0, "total": 2.0}))

    ((path, key, request),) = handler.taken
    assert (path, key) == ("/v1/traces", "a-secret")
    assert [span.name for span in request.resource_spans[0].scope_spans[0].spans] == ["crisis", "consultation"]
    assert "a-secret" not in repr(settings)


def test_a_collector_that_is_away_costs_spans_and_nothing_else() -> None:
    with tracing(_settings(OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:1")) as observer:
        observer.consulted(Consultation(_ANSWERED, {"total": 2.0}))


@pytest.mark.parametrize("address", ["collector:4318", "grpc://collector:4317", "http://", "http:// x"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(FixSettings, match="OTEL_EXPORTER_OTLP_ENDPOINT is not usable"):
        _settings(OTEL_EXPORTER_OTLP_ENDPOINT=address)


def test_without_the_package_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with (
        pytest.raises(InstallExtra, match=r"supervision-assistant\[otel\]"),
        tracing(_settings(OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:1")),
    ):
        pytest.fail("spans without a package")
    assert "otel" in extras()
