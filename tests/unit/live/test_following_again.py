"""A graph that nobody followed for a while: what is kept of it is to go on from, and is not told as if it were now."""

from __future__ import annotations

import json

import pytest

from snapgraph.live import followed as module
from snapgraph.live.clients import Subscription
from snapgraph.live.deltas import compare_ticks
from snapgraph.live.filters import TopicFilter
from snapgraph.live.followed import Followed
from tests.unit.live.test_readings import Silent, ignore
from tests.unit.live.ticks import SHOP, columns, tick

WHOLE = TopicFilter(graph="default")
CALM, HOT = columns({"users": 1.0}, {}), columns({"users": 95.0}, {})


def start(followed, now):
    followed.start(Silent(), ignore, ignore, now)


@pytest.fixture
def followed():
    """A graph that was followed up to tick 5, and is not any more."""
    made = Followed(SHOP)
    start(made, 0.0)
    for seq in range(1, 6):
        made.take(tick(seq, CALM))
    assert told(made, None) == [("state", 5)]
    made.rest(0.0)
    made.rest(module.IDLE_SECONDS)
    yield made
    made.stop()


def told(followed, since):
    subscription = Subscription("a", followed.topic(WHOLE), since)
    messages = [json.loads(each.json) for each in followed.messages_for(subscription)]
    return [(each["type"], each.get("seq", each.get("seq_to"))) for each in messages]


@pytest.mark.parametrize("since", [None, 3, 5, 9])
def test_nothing_is_told_of_an_old_moment_until_the_graph_was_looked_at_again(followed, since):
    assert followed.newest is None
    start(followed, 3_600.0)
    assert told(followed, since) == []


@pytest.mark.parametrize(
    ("since", "expected"),
    [(None, [("state", 9)]), (3, [("delta", 9)]), (5, [("delta", 9)]), (9, []), (0, [("resync", None), ("state", 9)])],
)
def test_with_the_first_look_everybody_goes_on_from_where_they_were(followed, since, expected):
    start(followed, 100.0)
    followed.take(tick(9, HOT))
    assert told(followed, since) == expected


def test_a_graph_that_has_not_changed_meanwhile_is_told_too(followed):
    start(followed, 100.0)
    followed.take(tick(5, CALM))
    assert told(followed, None) == [("state", 5)]


def test_what_happened_while_nobody_looked_is_no_alert(followed):
    followed.topic(WHOLE)
    start(followed, 100.0)
    assert followed.take(tick(9, HOT)) == {}
    assert followed.take(tick(10, CALM))


def test_the_ticks_are_let_go_when_they_are_too_old_to_go_on_from(followed):
    followed.rest(module.KEPT_SECONDS - 1)
    assert followed.ring.at(4)
    followed.rest(module.KEPT_SECONDS)
    assert len(followed.ring) == 0


def test_only_the_newest_two_ticks_keep_what_was_worked_out_of_them():
    followed = Followed(SHOP)
    topic = followed.topic(WHOLE)
    for seq in range(1, 8):
        followed.take(tick(seq, HOT if seq % 2 else CALM))
        topic.state(followed.newest)
    kept = {seq: {"bad", "worst", "ordinals", "summary"} & followed.ring.at(seq).__dict__.keys() for seq in range(1, 8)}
    assert {seq for seq, names in kept.items() if names} == {6, 7}


def test_topics_share_what_differs_between_two_ticks(monkeypatch):
    compared = []
    monkeypatch.setattr(
        "snapgraph.live.differences.compare_ticks",
        lambda *both, **how: compared.append(1) or compare_ticks(*both, **how),
    )
    followed = Followed(SHOP)
    topics = [followed.topic(TopicFilter(graph="default", nodes=(name,))) for name in ("users", "u*", "orders")]
    for seq in (1, 2):
        followed.take(tick(seq, HOT if seq % 2 else CALM))
    for topic in topics:
        topic.deltas(followed.ring.at(1), followed.ring.at(2))
    assert len(compared) == 1
