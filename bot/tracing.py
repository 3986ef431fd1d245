"""Spans for OpenTelemetry: a consultation and its stages, with their times and outcome; no id of anyone, no text."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from bot.consult.observer import Trouble
from bot.consult.outcome import Answered, Consultation, Unavailable
from bot.consult.record import name_of
from bot.errors import InstallExtra
from bot.settings import Settings

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Tracer

_NANOSECONDS = 1_000_000
"""In a millisecond."""

_SECONDS_TO_SEND = 3
_EXTRA = 'install the extra: pip install "supervision-assistant[otel]"'


class Tracing:
    """Makes spans of what it is told; an `Observer`."""

    def __init__(self, tracer: "Tracer") -> None:
        """Hold what makes spans."""
        self._tracer = tracer

    def consulted(self, consultation: Consultation) -> None:
        """Make a span of a consultation that has ended, and one of each of its stages."""
        from opentelemetry.trace import set_span_in_context  # noqa: PLC0415  # of an extra

        outcome, spent = consultation.outcome, consultation.milliseconds
        ended = time.time_ns()
        began = ended - _nanoseconds(spent.get("total", 0.0))
        span = self._tracer.start_span("consultation", start_time=began)
        span.set_attribute("outcome", name_of(outcome))
        if isinstance(outcome, Answered):
            span.set_attribute("dropped", outcome.dropped)
            span.set_attribute("fell_back", outcome.draft.fell_back)
        if isinstance(outcome, Unavailable):
            span.set_attribute("stage", outcome.stage)
        inside = set_span_in_context(span)
        for stage, took in spent.items():
            if stage != "total":
                start = began + _nanoseconds(consultation.begun.get(stage, 0.0))
                part = self._tracer.start_span(stage, context=inside, start_time=start)
                part.set_attribute("milliseconds", took)
                part.end(start + _nanoseconds(took))
        span.end(ended)

    def model_failed(self, model: str, trouble: Trouble) -> None:
        """Make a span of a model's failure; it has no length, since only its end is known."""
        self._at_once("model failed", model, trouble)

    def model_answered(self, model: str, tokens: int) -> None:
        """Make a span of a model's answer, as above, with its tokens."""
        self._at_once("model answered", model, tokens)

    def _at_once(self, name: str, model: str, fact: str | int) -> None:
        now = time.time_ns()
        span = self._tracer.start_span(name, start_time=now)
        span.set_attribute("model", model)
        span.set_attribute("trouble" if isinstance(fact, str) else "tokens", fact)
        span.end(now)


@contextmanager
def tracing(settings: Settings, exporter: "SpanExporter | None" = None) -> Iterator[Tracing]:
    """Send spans to the collector that the settings name, beside the work, until the block ends.

    A collector that is away or slow costs spans, and no asker anything.

    Args:
        settings: name the collector.
        exporter: takes the spans in the collector's place.

    Raises:
        InstallExtra: the packages of OpenTelemetry are not installed.
    """
    try:
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415  # of an extra
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415  # the same
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415  # the same
        from opentelemetry.sdk.trace.sampling import ALWAYS_ON  # noqa: PLC0415  # the same

        sending = exporter or _exporter(settings)
    except ImportError:
        raise InstallExtra(
            "OTEL_EXPORTER_OTLP_ENDPOINT is set, and a package of OpenTelemetry is not installed", _EXTRA
        ) from None
    # A provider of our own, which is not made the process's: no library writes spans of its own into it. The resource
    # is ours alone too, without the machine's name and whatever else stands in OTEL_RESOURCE_ATTRIBUTES.
    resource = Resource({"service.name": "supervision-assistant", "service.version": _version()})
    provider = TracerProvider(sampler=ALWAYS_ON, resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(sending))
    try:
        yield Tracing(provider.get_tracer("bot"))
    finally:
        provider.shutdown()


def _exporter(settings: Settings) -> "SpanExporter":
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415  # of an extra
    from opentelemetry.util.re import parse_env_headers  # noqa: PLC0415  # the same

    headers = settings.otel_exporter_otlp_headers
    return OTLPSpanExporter(
        endpoint=f"{(settings.otel_exporter_otlp_endpoint or '').rstrip('/')}/v1/traces",
        headers=parse_env_headers(headers.get_secret_value(), liberal=True) if headers else {},
        timeout=_SECONDS_TO_SEND,
    )


def _nanoseconds(milliseconds: float) -> int:
    return round(milliseconds * _NANOSECONDS)


def _version() -> str:
    try:
        return version("supervision-assistant")
    except PackageNotFoundError:
        return "unknown"
