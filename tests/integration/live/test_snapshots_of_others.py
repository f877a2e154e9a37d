"""Snapshots are told to every reader of every process, whoever made them."""

from __future__ import annotations

import subprocess
import sys

import httpx
import psycopg
import pytest

from tests.fixtures.serving import serving
from tests.integration.live.talk import talk


@pytest.fixture(scope="module")
def other(store_url, bolt):
    """Another server process on the same store."""
    with serving(store_url, bolt) as running:
        yield running


@pytest.fixture
def readers(server, other):
    """A reader of each process, who has the state."""
    with talk(server.live) as here, talk(other.live) as there:
        for each in (here, there):
            each.subscribe()
            each.hear("state", within=30)
        yield here, there


def post(server, description):
    made = httpx.post(f"{server.http}/api/performance/snapshots", json={"description": description}, timeout=30)
    made.raise_for_status()
    return made.json()["snapshot_id"]


def heard(reader):
    told = reader.hear("snapshot")
    return told["event"], told.get("snapshot_id") or told["snapshot"]["snapshot_id"]


def heard_until(reader, last):
    """Give what is told up to this event."""
    told = []
    while not told or told[-1] != last:
        told.append(heard(reader))
    return told


def environment(store_url, bolt):
    names = {"uri": "URI", "username": "USERNAME", "password": "PASSWORD", "database": "DATABASE"}
    return {"DATABASE_URL": store_url, **{f"NEO4J_{name}": getattr(bolt, each) for each, name in names.items()}}


@pytest.mark.usefixtures("shop")
def test_a_snapshot_of_another_process_is_told_to_all_once_and_in_order(server, other, readers):
    first = post(server, "here")
    second = post(other, "there")
    address = f"{server.http}/api/performance/snapshots/{second}"
    httpx.patch(address, json={"tags": ["seen"]}, timeout=30).raise_for_status()
    httpx.delete(address, timeout=30).raise_for_status()
    expected = [("captured", first), ("captured", second), ("revised", second), ("deleted", second)]
    for reader in readers:
        told = heard_until(reader, expected[-1])
        assert told[0] == expected[0]
        # of the other one there may be no header left to tell, when the process comes to look
        assert told == [each for each in expected if each in told]
    last = post(other, "last")
    for reader in readers:
        assert heard(reader) == ("captured", last), "nothing was told twice"


@pytest.mark.usefixtures("shop")
def test_the_command_line_is_heard_too(store_url, bolt, readers, monkeypatch):
    for name, value in environment(store_url, bolt).items():
        monkeypatch.setenv(name, value)
    command = [sys.executable, "-m", "snapgraph", "capture", "by hand"]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    for reader in readers:
        told = reader.hear("snapshot")
        assert (told["event"], told["snapshot"]["description"]) == ("captured", "by hand")


@pytest.mark.usefixtures("shop")
def test_a_slow_transaction_of_somebody_else_holds_nothing_up_and_is_heard_when_it_is_done(store_url, server, readers):
    made = post(server, "for the slow one")
    for reader in readers:
        assert heard(reader) == ("captured", made)
    with psycopg.connect(store_url) as slow:
        slow.execute(
            "INSERT INTO outbox (kind, payload)"
            " VALUES ('snapshot_revised', jsonb_build_object('snapshot_id', %s::text, 'graph', 'default'))",
            (made,),
        )
        fast = post(server, "fast")
        for reader in readers:
            assert heard(reader) == ("captured", fast)
        slow.commit()
    for reader in readers:
        assert heard(reader) == ("revised", made), "no hint came: it is looked every second anyway"


@pytest.mark.usefixtures("shop")
def test_lost_connections_to_the_store_lose_no_event(store_url, server, readers):
    with psycopg.connect(store_url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    made = post(server, "after the cut")
    for reader in readers:
        assert heard(reader) == ("captured", made)


@pytest.mark.usefixtures("shop")
def test_each_process_has_one_listener_however_many_read(store_url, server):
    count = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND query = 'LISTEN \"snapgraph_outbox\"'"
    )
    sockets = [httpx.stream("GET", f"{server.http}/api/performance/live/events", timeout=30) for _ in range(5)]
    try:
        for each in sockets:
            each.__enter__()
        with talk(server.live) as live:
            live.subscribe()
            live.hear("state", within=30)
            with psycopg.connect(store_url, autocommit=True) as connection:
                ((listeners,),) = connection.execute(count).fetchall()
        assert listeners <= 2, "this server, and the other one while it has readers"
        assert listeners >= 1
    finally:
        for each in sockets:
            each.__exit__(None, None, None)
