"""The service's own Prometheus meters: nobody else defines one.

Names begin with ``snapgraph_``, units stand in them, and every label has few values: routes by their pattern, never by
their address.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.process_collector import ProcessCollector

__all__ = [
    "CONTENT_TYPE",
    "count_capture",
    "count_error",
    "count_lost_log_line",
    "count_request",
    "exposition",
    "set_ready",
]

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""Of the Prometheus text format."""

_REGISTRY = CollectorRegistry(auto_describe=True)
ProcessCollector(registry=_REGISTRY)

_REQUESTS = Counter("snapgraph_http_requests", "Answered requests.", ("method", "route", "status"), registry=_REGISTRY)
_REQUEST_SECONDS = Histogram(
    "snapgraph_http_request_duration_seconds",
    "From the first byte of a request to the head of its answer.",
    ("method", "route"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10, 30),
    registry=_REGISTRY,
)
_ERRORS = Counter(
    "snapgraph_errors",
    "Refused or failed requests by code of the problem.",
    ("code",),
    registry=_REGISTRY,
)
_CAPTURES = Counter(
    "snapgraph_captures",
    "Ended captures: stored, or the code of the problem.",
    ("graph", "trigger", "outcome"),
    registry=_REGISTRY,
)
_CAPTURE_SECONDS = Histogram(
    "snapgraph_capture_duration_seconds",
    "From the start of the read to the commit.",
    ("graph",),
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30),
    registry=_REGISTRY,
)
_LOST_LOG_LINES = Counter(
    "snapgraph_lost_log_lines", "Lines of the service's own log that could not be written.", registry=_REGISTRY
)
_READY = Gauge(
    "snapgraph_ready", "Whether a part of the service was usable when last asked.", ("check",), registry=_REGISTRY
)


def count_request(method: str, route: str, status: int, seconds: float) -> None:
    """Count an answered request; ``route`` is the pattern, or ``unmatched``."""
    _REQUESTS.labels(method, route, str(status)).inc()
    _REQUEST_SECONDS.labels(method, route).observe(seconds)


def count_error(code: str) -> None:
    """Count a refused or failed request by the code of :mod:`snapgraph.errors`."""
    _ERRORS.labels(code).inc()


def count_capture(graph: str, trigger: str, outcome: str, seconds: float) -> None:
    """Count an ended capture; ``outcome`` is ``stored`` or the code of what went wrong."""
    _CAPTURES.labels(graph, trigger, outcome).inc()
    _CAPTURE_SECONDS.labels(graph).observe(seconds)


def count_lost_log_line() -> None:
    """Count a line of the log that could not be written."""
    _LOST_LOG_LINES.inc()


def set_ready(check: str, *, is_ready: bool) -> None:
    """Remember what the readiness check of that name said last."""
    _READY.labels(check).set(float(is_ready))


def exposition() -> bytes:
    """Write all meters in the Prometheus text format."""
    return generate_latest(_REGISTRY)
