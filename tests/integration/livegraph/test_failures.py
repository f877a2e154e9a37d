"""Failures: every one is an error of our own tree, comes in time, and repeats no secret."""

import contextlib
import os
import socket
import struct
import threading
import time
from contextlib import contextmanager

import pytest

from snapgraph.adapters.livegraph import open_live_graph
from snapgraph.errors import ConfigurationError, LiveGraphUnavailableError, SnapgraphError
from snapgraph.model.live_graphs import LiveGraph
from tests.faults.proxy import FaultProxy
from tests.fixtures.timing import in_time

CANARY = "Correct-Horse-Battery-Staple"
BOLT_5_4 = b"\x00\x00\x04\x05"
SUCCESS = b"\xb1\x70\xa0"


@contextmanager
def fake_server(serve):
    """Listen on a free port and hand each connection to ``serve(socket)`` in a thread."""
    listener = socket.create_server(("127.0.0.1", 0))

    def accept():
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve_one, args=(peer,), daemon=True).start()

    def serve_one(peer):
        with peer, contextlib.suppress(OSError):  # the client left: that is what these tests are about
            serve(peer)

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"bolt://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def opened(uri):
    return open_live_graph(uri, username="neo4j", password=CANARY, database="neo4j")


def raised_by(action):
    with pytest.raises(SnapgraphError) as caught:
        action()
    return caught.value


def failure_of(action, *, within):
    failure = in_time(lambda: raised_by(action), within)
    chain, error = [], failure
    while error is not None:
        chain.append(f"{error!r} {error}")
        error = error.__cause__
    assert CANARY not in " ".join(chain)
    return failure


def both(connection, now):
    return (connection.check, lambda: connection.read(LiveGraph(), now=now))


def silent(peer):
    peer.recv(1)
    time.sleep(60)


def silent_after_the_handshake(peer):
    peer.recv(20)
    peer.sendall(BOLT_5_4)
    time.sleep(60)


def silent_after_the_login(peer):
    peer.recv(20)
    peer.sendall(BOLT_5_4)
    while peer.recv(65536):
        peer.sendall(struct.pack(">H", len(SUCCESS)) + SUCCESS + b"\x00\x00")
        peer.recv(65536)
        peer.sendall(struct.pack(">H", len(SUCCESS)) + SUCCESS + b"\x00\x00")
        time.sleep(60)


def garbage(peer):
    peer.recv(20)
    peer.sendall(os.urandom(4096))
    time.sleep(1)


def garbage_after_the_handshake(peer):
    peer.recv(20)
    peer.sendall(BOLT_5_4)
    peer.recv(65536)
    for _ in range(20):
        piece = os.urandom(64)
        peer.sendall(struct.pack(">H", len(piece)) + piece + b"\x00\x00")
    time.sleep(1)


def hangs_up(peer):
    peer.recv(20)


@pytest.mark.parametrize(
    "serve",
    [
        silent,
        silent_after_the_handshake,
        silent_after_the_login,
        garbage,
        garbage_after_the_handshake,
        hangs_up,
    ],
)
def test_a_server_that_misbehaves_is_unavailable_within_five_seconds(serve, now):
    with fake_server(serve) as uri, opened(uri) as connection:
        for action in both(connection, now):
            error = failure_of(action, within=5)
            assert isinstance(error, LiveGraphUnavailableError)
            assert error.retry_after_seconds


def test_a_server_that_is_away_is_unavailable_at_once_and_found_again(clean_neo4j, connect, now):
    port = int(clean_neo4j.uri.rpartition(":")[2])
    clean_neo4j.run("CREATE (:Table {name: 'users'})")
    with FaultProxy(port) as proxy:
        connection = connect(clean_neo4j, uri=f"bolt://127.0.0.1:{proxy.port}")
        assert len(connection.read(LiveGraph(), now=now).graph.nodes) == 1
        for mode in ("refuse", "rst", "blackhole"):
            proxy.set_mode(mode)
            for action in both(connection, now):
                assert isinstance(failure_of(action, within=5), LiveGraphUnavailableError)
        proxy.set_mode("pass")
        assert len(connection.read(LiveGraph(), now=now).graph.nodes) == 1


def test_a_connection_that_died_while_idle_is_replaced_unnoticed(clean_neo4j, connect, now):
    port = int(clean_neo4j.uri.rpartition(":")[2])
    with FaultProxy(port) as proxy:
        connection = connect(clean_neo4j, uri=f"bolt://127.0.0.1:{proxy.port}")
        connection.check()
        proxy.set_mode("refuse")  # drops what is open
        proxy.set_mode("pass")
        connection.check()
        assert len(connection.read(LiveGraph(), now=now).graph.nodes) == 0


def test_nobody_listens(now):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with opened(f"bolt://127.0.0.1:{port}") as connection:
        for action in both(connection, now):
            assert "NEO4J_URI" in str(failure_of(action, within=5))


def test_a_wrong_password_says_what_to_check(neo4j, connect):
    error = failure_of(connect(neo4j, password=CANARY).check, within=5)

    assert isinstance(error, LiveGraphUnavailableError)
    assert "NEO4J_PASSWORD" in str(error)


def test_a_database_that_is_not_there_says_what_to_check(neo4j, now):
    with open_live_graph(
        neo4j.uri, username=neo4j.username, password=neo4j.password, database="elsewhere"
    ) as connection:
        for action in both(connection, now):
            assert "NEO4J_DATABASE" in str(failure_of(action, within=5))


@pytest.mark.parametrize("uri", ["", "http://localhost", "localhost:7687", f"bolt://neo4j:{CANARY}@"])
def test_an_address_that_makes_no_sense_is_told_at_once(uri):
    with pytest.raises(ConfigurationError, match="NEO4J_URI") as caught:
        opened(uri)
    assert CANARY not in str(caught.value)


def test_a_closed_connection_says_so(neo4j, connect):
    connection = connect(neo4j)
    connection.check()
    connection.close()

    assert "closed" in str(failure_of(connection.check, within=1))


def test_calls_run_side_by_side(clean_neo4j, connect, now):
    clean_neo4j.run("UNWIND range(1, 100) AS i CREATE (:Table {name: 't' + i})")
    connection, read = connect(clean_neo4j), []
    threads = [
        threading.Thread(target=lambda: read.append(len(connection.read(LiveGraph(), now=now).graph.nodes)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert read == [100] * 8
