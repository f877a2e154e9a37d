"""The strip of time from a real store: a filter hides snapshots, and makes no gap of it."""

from datetime import timedelta

import networkx as nx
import pytest

from snapgraph.adapters.store import clock, open_store, snapshots
from snapgraph.engine import columns
from snapgraph.engine.diff import from_networkx
from snapgraph.model.queries import SnapshotFilter
from snapgraph.model.snapshots import SnapshotDraft
from snapgraph.model.vocabulary import RetentionClass, Severity, TriggerType
from snapgraph.usecases.survey import survey

GRAPH = "watched"
MISSING = (4, 5, 6)
"""Of the scheduled captures, one a minute for ten minutes."""


@pytest.fixture(scope="module")
def store(store_url):
    opened = open_store(store_url, codec=columns)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def scheduled(store):
    """One capture a minute, three of them missing; the first, the eighth and the last are tagged."""
    with store.begin() as tx:
        now = clock.now(tx).replace(microsecond=0)
        for minute in sorted(set(range(10)) - {*MISSING}):
            draft = SnapshotDraft(
                graph=GRAPH,
                captured_at=now + timedelta(minutes=minute),
                trigger=TriggerType.SCHEDULED,
                trigger_reason="every minute",
                slug="scheduled",
                severity=Severity.HIGH if minute == 2 else None,
                tags=("kept",) if minute in {0, 7, 9} else (),
                retention_class=RetentionClass.SCHEDULED,
            )
            snapshots.insert(tx, draft, from_networkx(nx.MultiDiGraph()))
    return now


def gaps(store, now, **wanted):
    strip = survey(SnapshotFilter(graph=GRAPH, **wanted), store=store, buckets=200, most_marks=1000)
    return [((gap.since - now).total_seconds() / 60, (gap.until - now).total_seconds() / 60) for gap in strip.gaps]


@pytest.mark.parametrize(
    "wanted", [{}, {"tag": "kept"}, {"text": "every minute"}, {"trigger": (TriggerType.SCHEDULED,)}, {"pinned": False}]
)
def test_gaps_are_where_scheduled_captures_are_missing_and_not_where_a_filter_hides_them(store, scheduled, wanted):
    assert gaps(store, scheduled, **wanted) == [(3, 7)]


def test_a_gap_beyond_the_strip_is_not_on_it(store, scheduled):
    assert gaps(store, scheduled, severity=(Severity.HIGH,)) == []
    assert gaps(store, scheduled, tag="nobody has this") == []
    until = scheduled + timedelta(hours=1)
    assert gaps(store, scheduled, tag="nobody has this", since=scheduled, until=until) == [(3, 7)]
