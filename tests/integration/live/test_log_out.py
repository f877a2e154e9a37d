"""Logging out ends what the session has open, in every process, and nothing else."""

from __future__ import annotations

import contextlib
import threading
import time

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from werkzeug.serving import make_server

from snapgraph.app import close_app, create_app
from snapgraph.model.sessions import Session
from snapgraph.runtime import open_runtime
from snapgraph.usecases.log_out import is_logged_out, log_out
from snapgraph.web.guard import SESSION_COOKIE
from tests.fixtures.rest import fill, make_settings
from tests.fixtures.serving import Serving, serving
from tests.fixtures.timing import measured_in_time
from tests.integration.live.talk import talk

TOKEN = "a-token-of-more-than-16-characters"  # noqa: S105  (of this test alone)
SESSION = "/api/performance/session"
WITHIN_SECONDS = 30.0
"""It takes a moment, on a busy machine a long one; without a log out, the session's hours."""
PROMISED_SECONDS = 5.0
"""From the log out to the close, in every process."""


@pytest.fixture(scope="module")
def servers(store_url, bolt):
    """Two processes of one service that wants a token."""
    fill(bolt, now=time.time())
    with serving(store_url, bolt, SNAPGRAPH_API_TOKEN=TOKEN) as here:  # noqa: SIM117  (one line would be too long)
        with serving(store_url, bolt, SNAPGRAPH_API_TOKEN=TOKEN) as there:
            yield here, there


def begin(server):
    """Exchange the token for a cookie."""
    answer = httpx.post(f"{server.http}{SESSION}", json={"token": TOKEN}, timeout=30)
    return {"Cookie": f"{SESSION_COOKIE}={answer.cookies[SESSION_COOKIE]}"}


def end(server, cookie):
    """Log out."""
    assert httpx.delete(f"{server.http}{SESSION}", headers=cookie | own(server), timeout=30).status_code == 204


def own(server):
    return {"Origin": server.http}


def by_session(server, cookie):
    """Open a socket as the page does."""
    return talk(server.live, additional_headers=cookie, origin=server.http)


def close_of(live):
    """Listen until the socket is closed; code and reason."""
    until = time.monotonic() + WITHIN_SECONDS
    try:
        while True:
            live.hear(within=max(0.0, until - time.monotonic()))
    except ConnectionClosed as closed:
        return closed.rcvd.code, closed.rcvd.reason


def test_its_sockets_are_closed_with_1008_in_every_process_and_those_of_others_live_on(servers):
    here, there = servers
    cookie, other = begin(here), begin(there)
    token = {"Authorization": f"Bearer {TOKEN}"}
    with (
        by_session(here, cookie) as first,
        by_session(there, cookie) as second,
        by_session(here, other) as stays,
        talk(there.live, additional_headers=token) as program,
    ):
        for each in (first, second, stays, program):
            each.subscribe()
            each.hear("state", within=30)
        end(here, cookie)
        assert close_of(first) == close_of(second) == (1008, "the session has ended")
        for each in (stays, program):
            each.say("ping")
            each.hear("pong")
        for server in servers:
            with pytest.raises(InvalidStatus) as refused, by_session(server, cookie):
                pass
            assert refused.value.response.status_code == 401


def test_they_are_closed_in_five_seconds(servers):
    here, there = servers

    def from_log_out_to_close():
        cookie = begin(here)
        with by_session(here, cookie) as first, by_session(there, cookie) as second:
            end(here, cookie)
            begun = time.monotonic()
            assert close_of(first) == close_of(second) == (1008, "the session has ended")
            return time.monotonic() - begun

    measured_in_time(from_log_out_to_close, PROMISED_SECONDS)


def test_its_stream_of_events_ends(servers):
    here, there = servers
    cookie = begin(here)
    address = f"{there.http}/api/performance/live/events"
    with httpx.stream("GET", address, headers=cookie | own(there), timeout=30) as response:
        lines = response.iter_lines()
        assert any('"hello"' in line for line in lines)
        end(here, cookie)
        begun = time.monotonic()
        assert not any('"error"' in line for line in lines)
    assert time.monotonic() - begun < WITHIN_SECONDS
    assert httpx.get(address, headers=cookie | own(there), timeout=30).status_code == 401


def test_a_socket_that_shakes_hands_while_one_logs_out_elsewhere_is_closed_too(store_url, bolt, monkeypatch):
    """The first reader of a process makes it listen: what is committed just before that is told to nobody."""
    looks = []

    def look(session_id, *, store):
        looks.append(is_logged_out(session_id, store=store))
        if len(looks) == 1:  # let in; the other process commits now
            log_out(Session(id=session_id, ends_at=int(time.time()) + 60), store=store, actor="the other process")
        return looks[-1]

    monkeypatch.setattr("snapgraph.app.is_logged_out", look)
    settings = make_settings(store_url, bolt, server={"api_token": TOKEN})
    with open_runtime(settings) as runtime, in_this_process(create_app(runtime)) as server:
        cookie = begin(server)
        with by_session(server, cookie) as live:
            assert close_of(live) == (1008, "the session has ended")
    assert looks == [False, True]


@contextlib.contextmanager
def in_this_process(app):
    """Serve in a thread, so that what happens between two lines can be arranged."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Serving(process=None, port=server.port)
    finally:
        close_app(app)
        server.shutdown()
        thread.join()
        server.server_close()
