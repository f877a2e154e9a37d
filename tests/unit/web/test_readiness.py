"""Readiness: side by side, bounded, cached."""

from __future__ import annotations

import threading
import time

from snapgraph.errors import StoreUnavailableError
from snapgraph.web.readiness import Readiness


def fail():
    raise StoreUnavailableError("Postgres is away.")


def test_each_part_is_named_with_what_is_wrong():
    results = Readiness(checks={"postgres": fail, "live_graph default": lambda: None}).results()
    assert [(each.name, each.is_ready, each.detail) for each in results] == [
        ("postgres", False, "Postgres is away."),
        ("live_graph default", True, ""),
    ]


def test_a_check_that_fails_in_an_unforeseen_way_is_a_finding_too():
    def stumble():
        raise ValueError("not foreseen")

    (result,) = Readiness(checks={"partitions": stumble}).results()
    assert not result.is_ready
    assert "ValueError" in result.detail


def test_parts_that_hang_cost_one_deadline_together_and_others_are_told():
    release = threading.Event()
    checks = {"a": release.wait, "b": release.wait, "c": lambda: None}
    started = time.perf_counter()
    results = Readiness(checks=checks, deadline_seconds=1).results()
    release.set()
    assert time.perf_counter() - started < 5
    assert [each.is_ready for each in results] == [False, False, True]


def test_an_answer_holds_for_a_while_and_no_longer():
    asked = []
    kept = Readiness(checks={"a": lambda: asked.append("kept")}, cache_seconds=600)
    brief = Readiness(checks={"a": lambda: asked.append("brief")}, cache_seconds=0)
    for _ in range(5):
        kept.results()
        brief.results()
    assert (asked.count("kept"), asked.count("brief")) == (1, 5)


def test_many_callers_at_once_ask_once():
    asked = []
    readiness = Readiness(checks={"a": lambda: (asked.append(1), time.sleep(0.05))}, cache_seconds=600)
    threads = [threading.Thread(target=readiness.results) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(asked) == 1
