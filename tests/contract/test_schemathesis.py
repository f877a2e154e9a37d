"""The document against the service: generated requests over every operation, all checks of schemathesis.

The engine is run as it is, not by its pytest plugin: a run that errors in a phase must count as failed, which the
plugin does not promise, and it does not know this pytest. It talks to real servers.
"""

from __future__ import annotations

import pytest
import schemathesis
from schemathesis import GenerationMode
from schemathesis.config import (
    ChecksConfig,
    GenerationConfig,
    OperationConfig,
    OperationsConfig,
    PositiveDataAcceptanceConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
)
from schemathesis.engine import Status, events, from_schema
from schemathesis.filters import FilterSet

STATE = ["2xx", "3xx", "401", "403", "404", "409", "410", "412", "503"]
"""What a valid request may meet: 410 is a deleted snapshot, 412 a made-up If-Match."""

TOGETHER = ["exportSnapshot", "getSnapshot", "showLiveGraph"]
"""Where a parameter needs another: a part is for CSV alone, a metric orders what `top` keeps and is a type there."""

PHASES = {"examples", "coverage", "fuzzing", "stateful"}


@pytest.fixture(scope="module")
def snapshots(service):
    for tags in (["kept"], ["other"]):
        assert service.client.post("/api/performance/snapshots", json={"tags": tags}).status_code == 201


def accepting(statuses: list[str]) -> ChecksConfig:
    return ChecksConfig(positive_data_acceptance=PositiveDataAcceptanceConfig(expected_statuses=statuses))


@schemathesis.hook("before_call")
def without_cursor(_context, case, _kwargs):
    """Leave cursors out of valid requests: no schema says which ones the service gave; the corpus has the bad ones."""
    if case.meta is None or case.meta.generation.mode is GenerationMode.POSITIVE:
        case.query.pop("cursor", None)


def run(app, *, examples: int) -> tuple[list[str], list[str], dict[str, Status], int]:
    bound = FilterSet()
    bound.include(operation_id=TOGETHER)
    together = OperationConfig(filter_set=bound, checks=accepting([*STATE, "422"]))
    generation = GenerationConfig(max_examples=examples, deterministic=True)
    project = ProjectConfig(
        generation=generation,
        headers={"Accept-Encoding": "identity"},  # its WSGI transport asks for gzip and does not unpack it
        checks=accepting(STATE),
        operations=OperationsConfig(operations=[together]),
    )
    config = SchemathesisConfig(projects=ProjectsConfig(default=project))
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app, config=config)
    failures, errors, phases, cases = [], [], {}, 0
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            cases += len(event.recorder.cases)
            failures += [
                f"{event.phase.value} {event.recorder.label}: {check.name}: {check.failure_info.failure}"
                f"\n    {check.failure_info.code_sample}"
                for checks in event.recorder.checks.values()
                for check in checks
                if check.failure_info is not None
            ]
        elif isinstance(event, events.NonFatalError):
            errors.append(f"{event.phase} {event.label}: {event.value!r}")
        elif isinstance(event, events.FatalError):
            errors.append(repr(event.exception))
        elif isinstance(event, events.PhaseFinished):
            phases[event.phase.name.value] = event.status
    return failures, errors, phases, cases


@pytest.mark.usefixtures("snapshots")
def test_every_operation_keeps_its_contract(service, rounds, record_property):
    failures, errors, phases, cases = run(service.app, examples=rounds(50, 2_000))
    record_property("cases", cases)
    assert errors == []
    assert {name for name, status in phases.items() if name in PHASES and status is not Status.SKIP} == PHASES
    assert cases > 500
    assert not failures, "\n".join(failures)
