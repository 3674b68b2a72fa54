"""Figures for Prometheus: what the web counts as it goes, and what the tables tell when they are asked for."""

import os
import time
from collections.abc import Iterator
from typing import Any, Final

from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest, HttpResponseBase
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from config import monitoring
from config.middleware import GetResponse

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
_METHODS: Final = frozenset({"GET", "HEAD", "POST"})

SECONDS: Final = Histogram(
    "miteinander_request_seconds",
    "Time to answer, by view",
    ["view", "method"],
    buckets=(0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
)
ANSWERS: Final = Counter("miteinander_requests", "Answers, by view and status", ["view", "method", "status"])
IN_FLIGHT: Final = Gauge("miteinander_requests_in_flight", "Requests in work", multiprocess_mode="livesum")
TURNED_AWAY: Final = Counter("miteinander_requests_turned_away", "Requests that waited too long for a thread")
REFUSED_SIGN_INS: Final = Counter("miteinander_sign_in_failures", "Sign-ins with a wrong password or code")


def counts_requests(get_response: GetResponse) -> GetResponse:
    """Count each request with its time; what no view answered (static files, redirects to TLS) counts as ``-``."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        with IN_FLIGHT.track_inprogress():
            response = get_response(request)
        view = (request.resolver_match.view_name if request.resolver_match else "") or "-"
        # A client may invent methods; each would be a line of its own for ever.
        method = request.method if request.method in _METHODS else "other"
        SECONDS.labels(view, method).observe(time.perf_counter() - began)
        ANSWERS.labels(view, method, response.status_code).inc()
        return response

    return middleware


def count_refused_sign_in(**_: Any) -> None:
    """Count a sign-in that was refused, whoever it was."""
    REFUSED_SIGN_INS.inc()


user_login_failed.connect(count_refused_sign_in)


class FromTables(Collector):
    """What monitoring finds, as figures: ``miteinander_<check>_<figure>`` and ``miteinander_up{check}``."""

    def collect(self) -> Iterator[Metric]:
        """Ask once; a figure that is not known has no line."""
        up = GaugeMetricFamily("miteinander_up", "1 when the check is passed", labels=["check"])
        for finding in monitoring.look():
            up.add_metric([finding.name], finding.ok)
            for name, value in finding.figures.items():
                yield from _gauges(f"miteinander_{finding.name}_{name}", value)
        yield up


def _gauges(name: str, value: monitoring.Figure) -> Iterator[Metric]:
    if isinstance(value, dict):
        family = GaugeMetricFamily(name, "See the operator's manual", labels=["name"])
        for label, figure in value.items():
            if figure is not None:
                family.add_metric([label], figure)
        yield family
    elif isinstance(value, int | float):
        yield GaugeMetricFamily(name, "See the operator's manual", value=value)


def exposition() -> bytes:
    """Return all figures in the text format of Prometheus, added up over the processes of this web server."""
    registry = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the library's own constructor
    else:
        registry.register(REGISTRY)
    registry.register(FromTables())
    return generate_latest(registry)
