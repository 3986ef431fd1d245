"""Counts for Prometheus: what consultations came to, how long stages took, how models did; no id of anyone."""

import platform
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import get_args

from bot.consult.observer import Trouble
from bot.consult.outcome import Answered, Consultation
from bot.consult.record import OutcomeName, name_of
from bot.errors import InstallExtra

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 45.0)
"""Upper ends of the histogram's classes: the built-in writer's stages take milliseconds, a model may take 45 s."""

_MILLISECONDS = 1000


class Metrics:
    """The counts of one process; an `Observer`."""

    def __init__(self) -> None:
        """Make the counts, all at nothing.

        Raises:
            InstallExtra: prometheus-client is not installed.
        """
        try:
            from prometheus_client import (  # noqa: PLC0415  # of an extra
                CollectorRegistry,
                Counter,
                Gauge,
                Histogram,
                Info,
                ProcessCollector,
                generate_latest,
            )
        except ImportError:
            raise InstallExtra(
                "the metrics need the package prometheus-client, which is not installed",
                'install the extra: pip install "supervision-assistant[metrics]"',
            ) from None
        own = CollectorRegistry()
        self._expose: Callable[[], bytes] = lambda: generate_latest(own)
        ProcessCollector(registry=own)
        self._consultations = Counter(
            "supervision_consultations", "Consultations by what they came to.", ["outcome"], registry=own
        )
        self._stages = Histogram(
            "supervision_stage_seconds",
            "Seconds of each stage; `total` is all.",
            ["stage"],
            buckets=_SECONDS,
            registry=own,
        )
        self._dropped = Counter(
            "supervision_statements_dropped", "Statements taken out, since no source holds them.", registry=own
        )
        self._fallbacks = Counter(
            "supervision_fallbacks", "Answers that the built-in writer gave, since no model did.", registry=own
        )
        self._failures = Counter(
            "supervision_model_failures", "Times a model gave no answer.", ["model", "trouble"], registry=own
        )
        self._tokens = Counter("supervision_model_tokens", "Tokens read and written.", ["model"], registry=own)
        self._guilds = Gauge("supervision_guilds", "Servers that this process serves.", registry=own)
        build = Info("supervision_build", "Which program this is.", registry=own)
        build.info({"version": _version(), "python": platform.python_version()})
        for outcome in get_args(OutcomeName):
            self._consultations.labels(outcome)

    def consulted(self, consultation: Consultation) -> None:
        """Count a consultation, its stages, and what was taken out of its answer."""
        outcome = consultation.outcome
        self._consultations.labels(name_of(outcome)).inc()
        for stage, spent in consultation.milliseconds.items():
            self._stages.labels(stage).observe(spent / _MILLISECONDS)
        if isinstance(outcome, Answered):
            self._dropped.inc(outcome.dropped)
            self._fallbacks.inc(outcome.draft.fell_back)

    def model_failed(self, model: str, trouble: Trouble) -> None:
        """Count a model's failure."""
        self._failures.labels(model, trouble).inc()

    def model_answered(self, model: str, tokens: int) -> None:
        """Count a model's tokens."""
        self._tokens.labels(model).inc(tokens)

    def watch_guilds(self, count: Callable[[], int]) -> None:
        """Ask for the number of servers whenever the counts are read."""
        self._guilds.set_function(count)

    def text(self) -> bytes:
        """Return the counts in Prometheus's text form."""
        return self._expose()


def _version() -> str:
    try:
        return version("supervision-assistant")
    except PackageNotFoundError:
        return "unknown"
