"""T1: a capture that is killed at any of six points leaves everything or nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager, suppress

import httpx
import psycopg
import pytest

from snapgraph.adapters.store import open_store
from snapgraph.engine import columns
from tests.faults.oracle import Oracle
from tests.fixtures.rest import fill

POINTS = ("after_read", "after_header", "mid_copy", "before_commit", "after_commit", "after_answer")
ANSWERED = {"after_answer"}
COMMITTED = {"after_commit", "after_answer"}


@contextmanager
def serving(store_url, live_graph, point, *, passage=1, flags=()):
    """Run the launcher; gives the base URL."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SNAPGRAPH_")}
    environment |= {
        "DATABASE_URL": store_url,
        "NEO4J_URI": live_graph.uri,
        "NEO4J_USERNAME": live_graph.username,
        "NEO4J_PASSWORD": live_graph.password,
        "NEO4J_DATABASE": live_graph.database,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.launcher", point, str(passage), *flags],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}", process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def ask(url, key, oracle):
    """Ask for one capture and write down what came of it."""
    try:
        answer = httpx.post(
            f"{url}/api/performance/snapshots", json={"description": key}, headers={"Idempotency-Key": key}, timeout=20
        )
    except httpx.TransportError:
        oracle.unknown.add(key)
        return None
    if answer.status_code == httpx.codes.CREATED:
        oracle.ok[key] = answer.json()["snapshot_id"]
    else:
        assert answer.status_code >= 500, answer.text
        oracle.unknown.add(key)
    return answer


@pytest.fixture
def store(store_url):
    """Open the store of this module, empty."""
    with psycopg.connect(store_url, autocommit=True) as connection:
        connection.execute("truncate snapshot, history, manifest, chunk, idempotency, outbox")
    opened = open_store(store_url, codec=columns)
    yield opened
    opened.close()


@pytest.fixture
def shop(bolt):
    """Give the live graph, filled just now."""
    fill(bolt, now=time.time())
    return bolt


@pytest.mark.parametrize("point", POINTS)
def test_a_capture_killed_at_a_point_leaves_everything_or_nothing(point, store, store_url, shop, rounds):
    oracle = Oracle()
    kills = rounds(1, 10)
    for number in range(kills):
        key = f"{point}-{number}"
        with serving(store_url, shop, point) as (url, process):
            answer = ask(url, key, oracle)
            process.wait(10)
        assert (answer is not None) == (point in ANSWERED)

    with psycopg.connect(store_url) as connection:
        stored = connection.execute("select count(*) from snapshot").fetchone()[0]
    assert stored == (kills if point in COMMITTED else 0)
    assert oracle.faults(store, store_url) == []


def test_the_same_key_after_a_crash_gives_the_one_snapshot(store, store_url, shop):
    oracle = Oracle()
    for point in ("before_commit", "after_commit"):
        with serving(store_url, shop, point) as (url, _):
            ask(url, "deploy-42", oracle)
    with serving(store_url, shop, "never") as (url, _):
        first = ask(url, "deploy-42", oracle)
        second = ask(url, "deploy-42", oracle)

    assert first.status_code == second.status_code == httpx.codes.CREATED
    assert first.json() == second.json()
    assert oracle.faults(store, store_url) == []


def test_the_oracle_sees_the_partial_snapshot_of_a_naive_service(store, store_url, shop):
    """The control: with a commit at every stage the same crash leaves a header without its payload."""
    oracle = Oracle()
    with serving(store_url, shop, "after_header", flags=["--naive"]) as (url, process):
        with suppress(AssertionError):
            ask(url, "naive", oracle)
        process.wait(10)

    faults = oracle.faults(store, store_url)

    assert any("header without manifest" in fault for fault in faults), faults
