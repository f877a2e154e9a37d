"""What machines ask: is the process up, is it ready, what does it measure, which version is it."""

from __future__ import annotations

import platform

from snapgraph import __version__, meters
from snapgraph.api.schemas import reference
from snapgraph.engine.formats.headers import SCHEMA_VERSION
from snapgraph.errors import UnavailableError
from snapgraph.web.problems import problem_answer
from snapgraph.web.routes import Answer, Call, Produces, Route, json_answer

__all__ = ["ROUTES"]

_TAG = "service"
_RETRY_SECONDS = 2


def healthz(_call: Call) -> Answer:
    """Say that the process answers; nothing else is asked, so that an orchestrator never kills it for a database."""
    return json_answer({"status": "ok"})


def readyz(call: Call) -> Answer:
    """Say which parts are usable."""
    results = call.service.readiness.results()
    checks = [{"name": each.name, "is_ready": each.is_ready, "detail": each.detail} for each in results]
    failed = [each for each in results if not each.is_ready]
    if not failed:
        return json_answer({"status": "ready", "checks": checks})
    sentence = "; ".join(f"{each.name}: {each.detail}" for each in failed)
    error = UnavailableError(f"not ready: {sentence}", retry_after_seconds=_RETRY_SECONDS)
    return problem_answer(error, request_id=call.request_id, more={"checks": checks})


def metrics(_call: Call) -> Answer:
    """Give the service's own meters."""
    return Answer(body=meters.exposition(), media_type=meters.CONTENT_TYPE)


def version(_call: Call) -> Answer:
    """Say which versions run."""
    return json_answer({"version": __version__, "schema_version": SCHEMA_VERSION, "python": platform.python_version()})


def _json(status: int, description: str, schema: str) -> Produces:
    return Produces(status=status, description=description, content={"application/json": reference(schema)})


ROUTES = (
    Route(
        method="GET",
        path="/healthz",
        handler=healthz,
        operation_id="health",
        summary="Is the process up?",
        description="Asks no database.",
        tag=_TAG,
        produces=(_json(200, "It is.", "Health"),),
        is_open=True,
    ),
    Route(
        method="GET",
        path="/readyz",
        handler=readyz,
        operation_id="readiness",
        summary="Is it ready for traffic?",
        description="Postgres, every live graph, migrations at head, partitions ahead; asked at most every 1.5 s.",
        tag=_TAG,
        produces=(_json(200, "Every part is usable.", "Readiness"),),
        errors=(UnavailableError,),
        is_open=True,
    ),
    Route(
        method="GET",
        path="/metrics",
        handler=metrics,
        operation_id="metrics",
        summary="Meters for Prometheus",
        tag=_TAG,
        produces=(Produces(status=200, description="Text format.", content={"text/plain": {"type": "string"}}),),
    ),
    Route(
        method="GET",
        path="/version",
        handler=version,
        operation_id="version",
        summary="Which versions run?",
        tag=_TAG,
        produces=(_json(200, "Versions.", "Version"),),
    ),
)
