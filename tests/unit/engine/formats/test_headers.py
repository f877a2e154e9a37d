"""Headers as the specification's JSON, and back."""

from dataclasses import replace
from datetime import UTC, datetime

import orjson
import pytest

from snapgraph.engine.formats.headers import (
    history_from_json,
    history_to_json,
    snapshot_from_json,
    snapshot_to_json,
)
from snapgraph.errors import InvalidInputError
from snapgraph.model.snapshots import CaptureMetadata, HistoryEntry, PerformanceSummary, Quality
from snapgraph.model.vocabulary import RetentionClass, TriggerType
from tests.fixtures.graphs import sample_snapshot

SNAPSHOT = sample_snapshot()


def over_the_wire(document):
    return orjson.loads(orjson.dumps(document))


@pytest.mark.parametrize(
    "snapshot",
    [
        SNAPSHOT,
        replace(SNAPSHOT, deleted_at=datetime(2025, 2, 1, tzinfo=UTC)),
        replace(SNAPSHOT, severity=None, previous_id=None, tags=(), summary=PerformanceSummary()),
        replace(SNAPSHOT, metadata=CaptureMetadata(), quality=Quality(), pinned=True, revision=7),
        *(replace(SNAPSHOT, trigger=trigger) for trigger in TriggerType),
    ],
)
def test_a_header_comes_back_equal(snapshot):
    assert snapshot_from_json(over_the_wire(snapshot_to_json(snapshot))) == snapshot


def test_the_specifications_names_stand_where_it_puts_them():
    document = snapshot_to_json(SNAPSHOT)

    assert list(document)[:6] == [
        "snapshot_id",
        "timestamp",
        "trigger_type",
        "trigger_reason",
        "performance_summary",
        "metadata",
    ]
    assert document["timestamp"] == "2025-01-06T14:23:05Z"
    assert {"total_qps", "avg_latency", "bottlenecks_count", "critical_paths"} <= document["performance_summary"].keys()
    assert {"database_type", "database_name", "capture_duration_ms", "graph_complexity"} <= document["metadata"].keys()
    assert document["metadata"]["graph_complexity"] == "high"
    assert "graph_complexity" not in document["performance_summary"]


def test_the_additions_stand_beside_them():
    document = snapshot_to_json(SNAPSHOT)

    assert document["schema_version"] == 1
    assert document["counts"] == {"nodes": 2, "edges": 1}
    assert document["quality"]["grade"] == "clean"
    assert document["thresholds"]["AVG_LATENCY_MS"] == {"high": 100.0, "critical": 1000.0}


def test_a_document_from_elsewhere_needs_only_the_specifications_names():
    document = {
        "snapshot_id": "snap_20250106_142305_bottleneck",
        "timestamp": "2025-01-06T14:23:05Z",
        "trigger_type": "incident",
        "trigger_reason": "High latency",
        "graph_state": {"nodes": [{}, {}], "relationships": [{}]},
        "performance_summary": {"total_qps": 1247, "avg_latency": 156.2, "bottlenecks_count": 3, "critical_paths": []},
        "metadata": {
            "database_type": "postgresql",
            "database_name": "chinook",
            "capture_duration_ms": 234,
            "graph_complexity": "high",
        },
    }

    snapshot = snapshot_from_json(document)

    assert (snapshot.counts.nodes, snapshot.counts.edges) == (2, 1)
    assert (snapshot.graph, snapshot.version, snapshot.retention_class) == ("default", 0, RetentionClass.MANUAL)
    assert snapshot.summary.graph_complexity == "high"
    assert snapshot.summary.total_qps == 1247.0


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"snapshot_id": 1}, "/snapshot_id"),
        ({"timestamp": "2025-01-06"}, "/timestamp"),
        ({"trigger_type": "manual|scheduled"}, "/trigger_type"),
        ({"performance_summary": []}, "/performance_summary"),
        ({"performance_summary": {"total_qps": "many"}}, "/performance_summary/total_qps"),
        ({"metadata": {"stage_ms": {"a/b": "slow"}}}, "/metadata/stage_ms/a~1b"),
        ({"metadata": {"graph_complexity": 3}}, "/metadata/graph_complexity"),
        ({"tags": "demo"}, "/tags"),
        ({"tags": ["demo", None]}, "/tags/1"),
        ({"pinned": 1}, "/pinned"),
        ({"counts": {"nodes": 1}}, "/counts/edges"),
        ({"quality": {"grade": "fine"}}, "/quality/grade"),
        ({"thresholds": {"ERROR_RATE": {"high": True}}}, "/thresholds/ERROR_RATE/high"),
    ],
)
def test_what_is_wrong_is_pointed_at(change, pointer):
    with pytest.raises(InvalidInputError) as caught:
        snapshot_from_json({**over_the_wire(snapshot_to_json(SNAPSHOT)), **change})

    assert [problem.pointer for problem in caught.value.problems] == [pointer]


@pytest.mark.parametrize("missing", ["snapshot_id", "timestamp", "trigger_type", "performance_summary", "metadata"])
def test_what_is_missing_is_named(missing):
    document = snapshot_to_json(SNAPSHOT)
    del document[missing]

    with pytest.raises(InvalidInputError, match=f"/{missing}: is missing"):
        snapshot_from_json(document)


@pytest.mark.parametrize("document", [None, [], "snapshot", 1])
def test_what_is_no_object_is_no_header(document):
    with pytest.raises(InvalidInputError, match="an object is needed"):
        snapshot_from_json(document)


def test_an_unknown_trigger_names_those_there_are():
    with pytest.raises(InvalidInputError) as caught:
        snapshot_from_json({**snapshot_to_json(SNAPSHOT), "trigger_type": "weekly"})

    assert caught.value.problems[0].allowed == ("manual", "scheduled", "threshold", "incident", "smart")


def test_history_comes_back_equal():
    entry = HistoryEntry(
        snapshot_id="snap_1",
        captured_at=datetime(2025, 1, 6, tzinfo=UTC),
        summary=SNAPSHOT.summary,
        edge_values={"a:T|X|b:T": 1.5},
    )

    assert history_from_json(over_the_wire(history_to_json(entry))) == entry
