"""The AsyncAPI document is what the code says, whole, and true of what is really sent."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from snapgraph.errors import NotFoundError, Problem
from snapgraph.live import asyncapi_document, protocol
from snapgraph.live.filters import TopicFilter
from snapgraph.live.topics import Topic
from snapgraph.model.snapshots import Bottleneck
from snapgraph.model.ticks import Reading
from snapgraph.model.vocabulary import ElementKind, Severity
from tests.unit.live.ticks import NOON, columns, moment

COMMITTED = Path(__file__).resolve().parents[3] / "docs" / "reference" / "asyncapi.json"
ALL = TopicFilter(graph="default")
BAD = Bottleneck(
    kind=ElementKind.NODE, key="users:Table", label="users", metric="HOTSPOT_SCORE", value=99.0, severity=Severity.HIGH
)
READ = Reading(graph="default", read_at=NOON)
AWAY = Reading(
    graph="default", read_at=None, failing_since=NOON, code="live_graph_unavailable", detail="Neo4j is away."
)
EDGES = {("users", "QUERIES_PER_SEC", "users"): 5.0}


def test_the_committed_document_is_current():
    said = json.loads(COMMITTED.read_text(encoding="utf-8"))
    assert said == asyncapi_document(), "run: python -m tests.unit.live.test_asyncapi"


def test_every_reference_leads_somewhere():
    document = asyncapi_document()

    def follow(value):
        if isinstance(value, dict):
            for key, each in value.items():
                if key == "$ref":
                    place = document
                    for part in each.removeprefix("#/").split("/"):
                        place = place[part]
                else:
                    follow(each)
        elif isinstance(value, list):
            for each in value:
                follow(each)

    follow(document)


SENT = {
    "hello": [protocol.hello(version="1", graphs=("default",), interval_seconds=1.0)],
    "subscribed": [protocol.subscribed("a", ALL)],
    "unsubscribed": [protocol.unsubscribed("a")],
    "state": [Topic(ALL).state(moment(1, columns({"users": 1.0}, EDGES)))],
    "delta": Topic(ALL).deltas(moment(1, columns({}, {})), moment(2, columns({"users": 1.0}, EDGES))),
    "alert": [protocol.alert("t", "default", 3, "appeared", BAD)],
    "resynced": [protocol.resync("t", "asked for")],
    "heartbeat": [
        protocol.heartbeat(NOON, [None]),
        protocol.heartbeat(NOON, [protocol.reading(READ, is_read=True, age_seconds=0.5)]),
        protocol.heartbeat(NOON, [protocol.reading(AWAY, is_read=False, age_seconds=0.0)]),
    ],
    "pong": [protocol.pong()],
    "error": [
        protocol.error(
            NotFoundError("no", problems=(Problem(pointer="/graph", detail="no", allowed=("default",)),)), "a"
        )
    ],
}


@pytest.mark.parametrize("name", SENT)
def test_what_is_sent_is_as_it_is_described(name):
    schema = asyncapi_document()["components"]["messages"][name]["payload"]
    for message in SENT[name]:
        jsonschema.Draft202012Validator(schema).validate(json.loads(message.json))


if __name__ == "__main__":
    COMMITTED.write_text(json.dumps(asyncapi_document(), indent=1) + "\n", encoding="utf-8")
