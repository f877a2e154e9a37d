"""Who may open a live socket (T52): nobody bad ever sees a 101, everybody good does."""

from __future__ import annotations

import time

import httpx
import pytest

from snapgraph.web.guard import SESSION_COOKIE, Guard
from tests.faults.test_live_readers import Raw
from tests.fixtures.rest import fill
from tests.fixtures.serving import serving

TOKEN = "a-token-of-more-than-16-characters"  # noqa: S105  (of this test alone)
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def guarded(store_url, bolt):
    """A server that wants a token."""
    fill(bolt, now=time.time())
    with serving(store_url, bolt, SNAPGRAPH_API_TOKEN=TOKEN, SNAPGRAPH_SERVER__SESSION_HOURS="0.01") as running:
        yield running


@pytest.fixture(scope="module")
def server(store_url, bolt):
    """A server without a token."""
    fill(bolt, now=time.time())
    with serving(store_url, bolt) as running:
        yield running


def session(guarded):
    """Exchange the token for a cookie."""
    answer = httpx.post(f"{guarded.http}/api/performance/session", json={"token": TOKEN}, timeout=30)
    return {"Cookie": f"{SESSION_COOKIE}={answer.cookies[SESSION_COOKIE]}"}


def own(server):
    """Give the origin of the server's own page."""
    return {"Origin": f"http://127.0.0.1:{server.port}"}


def test_the_good_get_in(guarded, server):
    assert Raw(guarded, **BEARER).status == 101
    assert Raw(guarded, **BEARER, **own(guarded)).status == 101
    assert Raw(guarded, **session(guarded), **own(guarded)).status == 101
    assert Raw(server).status == 101
    assert Raw(server, **own(server)).status == 101
    assert Raw(server, Sec_WebSocket_Protocol="snapgraph.v1").status == 101


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "http://127.0.0.1",
        "http://127.0.0.1:{port}.evil",
        "file://",
        "http://localhost:{port}",
    ],
)
def test_a_page_of_another_site_does_not(guarded, server, origin):
    for each in (guarded, server):
        named = {"Origin": origin.format(port=each.port)}
        assert Raw(each, **BEARER, **named).status == 403
    assert Raw(guarded, **session(guarded), Origin=origin.format(port=guarded.port)).status == 403


def test_without_a_valid_token_or_session_nobody_does(guarded):
    forged = Guard(token="another-token-of-16-characters").issue_session(time.time())  # noqa: S106  (as above)
    expired = Guard(token=TOKEN, session_seconds=-10).issue_session(time.time())
    assert Raw(guarded).status == 401
    assert Raw(guarded, **own(guarded)).status == 401
    assert Raw(guarded, Authorization="Bearer wrong").status == 401
    for cookie in (forged, expired, "x", ""):
        assert Raw(guarded, Cookie=f"{SESSION_COOKIE}={cookie}", **own(guarded)).status == 401
    assert Raw(guarded, **session(guarded)).status == 403, "a cookie without an origin"


def test_a_socket_ends_with_its_session(guarded):
    begun = time.monotonic()
    raw = Raw(guarded, **session(guarded), **own(guarded))
    raw.socket.settimeout(60)
    assert raw.close_code() == 1008
    assert 30 <= time.monotonic() - begun <= 42


def test_a_stream_of_events_ends_with_its_session_too(guarded):
    begun = time.monotonic()
    address = f"{guarded.http}/api/performance/live/events"
    with httpx.stream("GET", address, headers={**session(guarded), **own(guarded)}, timeout=60) as response:
        assert response.status_code == 200
        for _ in response.iter_raw():
            pass
    assert 30 <= time.monotonic() - begun <= 42


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec_WebSocket_Version": "8"}, 400),
        ({"Sec_WebSocket_Key": "short"}, 400),
        ({"Sec_WebSocket_Key": None}, 400),
        ({"Upgrade": None}, 400),
        ({"Sec_WebSocket_Protocol": "chat"}, 422),
        ({"Host": "evil.example"}, 403),
    ],
)
def test_a_handshake_that_is_none_is_refused_in_plain_http(server, headers, status):
    raw = Raw(server, **headers)
    assert raw.status == status
    assert b"application/problem+json" in raw.head


def test_events_stand_behind_the_same_doors(guarded):
    address = f"{guarded.http}/api/performance/live/events"
    assert httpx.get(address, timeout=30).status_code == 401
    assert httpx.get(address, headers={**BEARER, "Origin": "https://evil.example"}, timeout=30).status_code == 403
