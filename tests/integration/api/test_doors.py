"""Who may ask, over every route: token, session, other origins, other machines. Fails on a new unlisted route."""

from __future__ import annotations

import pytest

from snapgraph.api import ROUTES, openapi_document

TOKEN = "canary-token-4f1c9b7e2d"  # noqa: S105  made up, and looked for in every answer below
BEARER = {"Authorization": f"Bearer {TOKEN}"}
SAME = {"Origin": "http://localhost"}
FOREIGN = {
    "other site": {"Origin": "https://evil.example"},
    "look-alike": {"Origin": "http://localhost.evil.example"},
    "null": {"Origin": "null"},
    "other port": {"Origin": "http://localhost:8001"},
    "only said by the browser": {"Sec-Fetch-Site": "cross-site"},
}
OPEN = {
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("POST", "/api/performance/session"),
    ("DELETE", "/api/performance/session"),
}
UNSAFE = {
    ("POST", "/api/performance/snapshots"),
    ("PATCH", "/api/performance/snapshots/{snapshot_id}"),
    ("DELETE", "/api/performance/snapshots/{snapshot_id}"),
    ("PUT", "/api/performance/layout"),
    ("POST", "/api/performance/views"),
    ("DELETE", "/api/performance/views/{view_id}"),
    ("POST", "/api/performance/session"),
    ("DELETE", "/api/performance/session"),
}
EVERY = [(route.method, route.path) for route in ROUTES]


@pytest.fixture(scope="module")
def guarded(service):
    return service.at(server={"api_token": TOKEN})


def ask(client, method, path, headers):
    client.delete_cookie("snapgraph_session")
    address = path.replace("{snapshot_id}", "nothing").replace("{view_id}", "nothing")
    body = {"data": b"{}", "content_type": "application/json"} if method in {"POST", "PATCH", "PUT"} else {}
    return client.open(address, method=method, headers=headers, **body)


def described(method, path):
    return openapi_document()["paths"][path][method.lower()]["responses"]


def test_every_unsafe_route_is_listed_here():
    assert {(method, path) for method, path in EVERY if method != "GET"} == UNSAFE
    assert {(route.method, route.path) for route in ROUTES if route.is_open} == OPEN


@pytest.mark.parametrize(("method", "path"), EVERY)
def test_with_a_token_set_everything_but_the_probes_needs_it(guarded, method, path):
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}, {"Cookie": "x=1"}):
        response = ask(guarded, method, path, headers)
        assert (response.status_code == 401) == ((method, path) not in OPEN), response.text
        if response.status_code == 401:
            assert response.headers["WWW-Authenticate"].startswith("Bearer")
            assert response.content_type == "application/problem+json"
    assert ask(guarded, method, path, BEARER).status_code not in {401, 403}


def test_addresses_that_are_nothing_need_the_token_too(guarded):
    assert guarded.get("/nothing").status_code == 401
    assert guarded.get("/nothing", headers=BEARER).status_code == 404


@pytest.mark.parametrize("foreign", FOREIGN.values(), ids=FOREIGN.keys())
@pytest.mark.parametrize(("method", "path"), sorted(UNSAFE))
def test_no_page_of_another_site_changes_anything(service, guarded, method, path, foreign):
    before = service.execute("SELECT count(*), max(revision) FROM snapshot")
    for client, headers in ((service.client, {}), (guarded, BEARER)):
        response = ask(client, method, path, foreign | headers)
        assert (response.status_code, response.json["code"]) == (403, "forbidden")
        assert "403" in described(method, path)
    assert service.execute("SELECT count(*), max(revision) FROM snapshot") == before


@pytest.mark.parametrize(("method", "path"), sorted(UNSAFE))
@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_no_form_changes_anything_even_from_our_own_page(service, method, path, media_type):
    address = path.replace("{snapshot_id}", "latest")
    response = service.client.open(address, method=method, data=b'{"note": "x"}', content_type=media_type, headers=SAME)
    assert response.status_code == 415
    assert "415" in described(method, path)


def test_a_preflight_of_another_site_is_allowed_nothing(service):
    response = service.client.options(
        "/api/performance/snapshots",
        headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"},
    )
    assert not [name for name, _ in response.headers if name.lower().startswith("access-control")]


def test_no_get_changes_anything(service):
    before = service.execute("SELECT count(*), max(revision) FROM snapshot")
    for method, path in EVERY:
        if method == "GET":
            ask(service.client, method, path, {})
    assert service.execute("SELECT count(*), max(revision) FROM snapshot") == before


def test_the_token_is_exchanged_for_a_cookie_that_scripts_cannot_read(guarded):
    answer = guarded.post("/api/performance/session", json={"token": TOKEN}, headers=SAME)
    assert answer.status_code == 204
    cookie = answer.headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
    assert TOKEN not in cookie
    assert guarded.get("/api/performance/snapshots").status_code == 200
    assert guarded.post("/api/performance/snapshots", headers=SAME).status_code == 201
    for headers in ({}, *FOREIGN.values()):
        assert guarded.post("/api/performance/snapshots", headers=headers).status_code == 403
    assert guarded.get("/api/performance/snapshots", headers={"Origin": "https://evil.example"}).status_code == 403
    assert "Max-Age=0" in guarded.delete("/api/performance/session", headers=SAME).headers["Set-Cookie"]
    assert guarded.get("/api/performance/snapshots").status_code == 401


def test_a_copy_of_the_cookie_opens_nothing_after_logging_out_in_any_process(service, guarded):
    def begun():
        guarded.post("/api/performance/session", json={"token": TOKEN}, headers=SAME)
        return guarded.get_cookie("snapgraph_session").value

    def ask_with(client, cookie, method="GET", path="/api/performance/snapshots"):
        client.set_cookie("snapgraph_session", cookie)
        return client.open(path, method=method, headers=SAME).status_code

    other = service.at(server={"api_token": TOKEN})
    first, second = begun(), begun()
    assert [ask_with(client, first) for client in (guarded, other)] == [200, 200]
    for _ in range(2):
        assert ask_with(guarded, first, "DELETE", "/api/performance/session") == 204
    for client in (guarded, other):
        assert ask_with(client, first) == 401
        assert ask_with(client, second) == 200
    told = service.execute("SELECT count(*) FROM outbox WHERE kind = 'session_ended'")
    assert told == service.execute("SELECT count(*) FROM ended_session"), "each is told once"


def test_a_session_whose_time_is_over_is_forgotten(service, guarded):
    service.execute("INSERT INTO ended_session VALUES ('old', now() - interval '2 days'), ('day', now())")
    guarded.post("/api/performance/session", json={"token": TOKEN}, headers=SAME)
    assert guarded.delete("/api/performance/session", headers=SAME).status_code == 204
    assert service.execute("SELECT id FROM ended_session WHERE id IN ('old', 'day')") == [("day",)]


@pytest.mark.parametrize("token", ["wrong", "", TOKEN[:-1], "ä", 1, None])
def test_a_wrong_token_is_exchanged_for_nothing(guarded, token):
    response = guarded.post("/api/performance/session", json={"token": token})
    assert response.status_code in {401, 422}
    assert "Set-Cookie" not in response.headers


def test_without_a_token_only_this_machine_under_its_own_names_is_answered(service):
    client = service.client
    path = "/api/performance/snapshots"
    assert client.get(path, headers={"Host": "rebound.example"}).status_code == 403
    assert client.get(path, environ_overrides={"REMOTE_ADDR": "192.0.2.7"}).status_code == 403
    assert client.get("/healthz", environ_overrides={"REMOTE_ADDR": "192.0.2.7"}).status_code == 200
    insecure = service.at(server={"insecure": True})
    assert insecure.get(path, environ_overrides={"REMOTE_ADDR": "192.0.2.7"}).status_code == 200


def test_a_proxy_is_believed_only_as_far_as_the_settings_say(service):
    headers = {"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Host": "localhost"}
    outside = {"REMOTE_ADDR": "192.0.2.7"}
    path = "/api/performance/snapshots"
    assert service.client.get(path, headers=headers, environ_overrides=outside).status_code == 403
    behind = service.at(server={"trusted_proxies": 1})
    assert behind.get(path, headers=headers, environ_overrides=outside).status_code == 200
