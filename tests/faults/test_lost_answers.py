"""T4: the answer to COMMIT is lost on the way; a retry with the same key gives the snapshot that was made."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from urllib.parse import urlsplit, urlunsplit

import httpx
import psycopg
import pytest

from snapgraph.adapters.store import open_store
from snapgraph.app import create_app
from snapgraph.engine import columns
from snapgraph.runtime import open_runtime
from tests.faults.oracle import Oracle
from tests.faults.proxy import FaultProxy
from tests.fixtures.rest import fill, make_settings

LOST_SHARE = 0.3
PATIENCE_SECONDS = 90


def through(proxy, url):
    """The same address, by way of the proxy."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{parts.username}:{parts.password}@127.0.0.1:{proxy.port}"))


@pytest.fixture
def proxied(store_url, bolt):
    """Give the application whose store stands behind the proxy, and the proxy."""
    fill(bolt, now=time.time())
    with psycopg.connect(store_url, autocommit=True) as connection:
        connection.execute("truncate snapshot, history, manifest, chunk, idempotency, outbox")
    with (
        FaultProxy(upstream_port=urlsplit(store_url).port, probability=LOST_SHARE) as proxy,
        open_runtime(make_settings(through(proxy, store_url), bolt)) as runtime,
    ):
        app = create_app(runtime)
        assert app.test_client().get("/readyz").status_code == httpx.codes.OK  # partitions are made, the pool is warm
        proxy.set_mode("lost_ack")
        yield app, proxy


def insist(app, key, oracle, *, with_key=True):
    """Ask until it is granted; every refusal must be the kind one may repeat."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    for attempt in count():
        assert time.monotonic() < deadline, f"no answer for {key} after {attempt} attempts"
        answer = app.test_client().post(
            "/api/performance/snapshots",
            json={"description": key},
            headers={"Idempotency-Key": key} if with_key else {},
        )
        if answer.status_code == httpx.codes.CREATED:
            oracle.ok[key] = answer.get_json()["snapshot_id"]
            return
        assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE, answer.text
        assert int(answer.headers["Retry-After"]) >= 1
        oracle.unknown.add(key)


def run(app, oracle, keys, **how):
    """Eight clients at once."""
    with ThreadPoolExecutor(8) as clients:
        for done in [clients.submit(insist, app, key, oracle, **how) for key in keys]:
            done.result()


def test_each_key_makes_one_snapshot_though_the_answers_to_commit_are_lost(proxied, store_url, rounds):
    app, proxy = proxied
    oracle = Oracle()
    keys = [f"key-{number}" for number in range(rounds(24, 200))]

    run(app, oracle, keys)

    assert proxy.lost > 0
    proxy.set_mode("pass")
    store = open_store(store_url, codec=columns)
    assert set(oracle.ok) == set(keys)
    assert len(set(oracle.ok.values())) == len(keys)
    assert oracle.faults(store, store_url) == []
    store.close()


def test_without_keys_the_same_faults_make_duplicates(proxied, store_url):
    """The control: a client that retries without a key captures again what was already stored."""
    app, proxy = proxied
    oracle = Oracle()
    keys = [f"naive-{number}" for number in range(24)]

    run(app, oracle, keys, with_key=False)

    proxy.set_mode("pass")
    store = open_store(store_url, codec=columns)
    assert any("made" in fault for fault in oracle.faults(store, store_url))
    store.close()
