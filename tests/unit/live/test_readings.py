"""Whether what is shown is how the graph is now: by when it was read, not by when it changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest

from snapgraph.errors import StoreUnavailableError
from snapgraph.live.followed import Followed
from snapgraph.model.ticks import Reading
from tests.unit.live.ticks import NOON, SHOP, columns, tick


class Silent:
    """A feed that says nothing."""

    def follow(self, _graph, *, stop: Event, **_options):
        """Wait for the end."""
        stop.wait()
        yield from ()


def ignore(_said):
    """Take no notice."""


@pytest.fixture
def followed():
    made = Followed(SHOP)
    assert made.reading(100.0) is None, "nobody reads it"
    made.start(Silent(), ignore, ignore, 100.0)
    yield made
    made.stop()


def read(seconds=0.0):
    return Reading(graph="default", read_at=NOON + timedelta(seconds=seconds))


def test_a_graph_that_is_read_is_read_however_long_it_does_not_change(followed):
    followed.take(tick(1, columns({"users": 1.0}, {})))
    for second in range(60):
        followed.note(read(second), 100.0 + second)
        assert followed.is_read(101.0 + second)
    said = followed.reading(160.0)
    assert (said["reading"], said["read_at"], said["age_seconds"]) == (True, "2025-01-06T12:00:59Z", 1.0)
    assert "since" not in said


def test_without_any_news_it_is_late_after_five_seconds(followed):
    assert followed.is_read(104.9)
    assert not followed.is_read(105.1), "nothing was ever read"
    assert followed.reading(105.1)["read_at"] is None
    followed.note(read(), 110.0)
    assert followed.is_read(114.9)
    assert not followed.is_read(115.1)


def test_a_graph_that_is_read_seldom_is_late_later(followed):
    followed.take(replace(tick(1, columns({"users": 1.0}, {})), interval_seconds=10.0))
    followed.note(read(), 100.0)
    assert followed.is_read(139.0)
    assert not followed.is_read(141.0)


def test_one_that_cannot_be_read_says_so_at_once_and_since_when(followed):
    followed.note(read(), 100.0)
    failing = Reading(
        graph="default",
        read_at=NOON,
        age_seconds=3.0,
        failing_since=NOON,
        code="live_graph_unavailable",
        detail="Away.",
    )
    followed.note(failing, 101.0)
    said = followed.reading(102.0)
    assert (said["reading"], said["age_seconds"], said["code"], said["detail"]) == (
        False,
        4.0,
        "live_graph_unavailable",
        "Away.",
    )
    assert said["since"] == "2025-01-06T12:00:00Z"
    followed.note(read(5), 103.0)
    assert followed.is_read(103.0)


def test_a_store_that_is_away_keeps_when_it_was_read_and_since_when_it_is_not(followed):
    followed.note(read(), 100.0)
    followed.note(StoreUnavailableError(), 101.0)
    first = followed.reading(101.0)
    followed.note(StoreUnavailableError(), 109.0)
    later = followed.reading(109.0)
    assert (first["code"], first["read_at"]) == ("store_unavailable", "2025-01-06T12:00:00Z")
    assert first["since"] == later["since"]
    assert datetime.fromisoformat(first["since"]) <= datetime.now(UTC)
    assert later["age_seconds"] == 9.0
