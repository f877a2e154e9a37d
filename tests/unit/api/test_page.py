"""The built page is served: found by its names only, kept by hash, and where it is missing it says how to build it."""

from __future__ import annotations

import pytest
from flask import Flask

from snapgraph.api.page import routes
from snapgraph.web.guard import Guard
from snapgraph.web.readiness import Readiness
from snapgraph.web.routes import Service
from snapgraph.web.serving import serve_routes

SCRIPT = "export const answer = 42;\n" * 100


@pytest.fixture
def build(tmp_path):
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text('<script type="module" src="./assets/index-1a2b.js"></script>')
    (tmp_path / "icon.svg").write_text("<svg/>")
    (tmp_path / "assets" / "index-1a2b.js").write_text(SCRIPT)
    (tmp_path / "secret.txt").write_text("not of the page")
    return tmp_path


def client_of(build):
    app = Flask("page", static_folder=None)
    service = Service(runtime=None, guard=Guard(token="canary"), readiness=Readiness(checks={}))  # noqa: S106  made up
    serve_routes(app, routes(build), service=service)
    return app.test_client()


def test_the_page_is_given_without_a_token_and_asked_for_anew_each_time(build):
    response = client_of(build).get("/")
    assert response.status_code == 200
    assert response.content_type == "text/html; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-cache"
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]
    assert "unsafe" not in response.headers["Content-Security-Policy"]


def test_a_copy_that_is_still_good_costs_no_body(build):
    client = client_of(build)
    etag = client.get("/").headers["ETag"]
    again = client.get("/", headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")
    (build / "index.html").write_text("built anew")
    assert client.get("/", headers={"If-None-Match": etag}).data == b"built anew"


def test_assets_are_kept_for_ever_and_packed(build):
    response = client_of(build).get("/assets/index-1a2b.js", headers={"Accept-Encoding": "gzip"})
    assert response.content_type == "text/javascript; charset=utf-8"
    assert "immutable" in response.headers["Cache-Control"]
    assert response.headers["Content-Encoding"] == "gzip"
    assert len(response.data) < len(SCRIPT) / 5


def test_head_says_what_get_would_without_the_body(build):
    client = client_of(build)
    for address in ("/", "/icon.svg", "/assets/index-1a2b.js"):
        head, whole = client.head(address), client.get(address)
        assert head.data == b""
        assert head.headers["ETag"] == whole.headers["ETag"]
        assert head.content_type == whole.content_type


@pytest.mark.parametrize("name", ["gone.js", "..%2Fsecret.txt", "%2e%2e%2fsecret.txt", "..", "%5c..%5csecret.txt"])
def test_no_name_leads_out_of_the_build(build, name):
    response = client_of(build).get(f"/assets/{name}")
    assert response.status_code in {401, 404}  # a path that no route knows is refused before it is looked for
    assert b"not of the page" not in response.data


def test_the_view_in_the_address_is_the_pages_own(build):
    response = client_of(build).get("/?tab=table&a=v1&b=now&b=twice&utm_source=mail")
    assert response.status_code == 200


def test_a_checkout_without_its_page_says_how_to_build_it(tmp_path):
    client = client_of(tmp_path)
    response = client.get("/")
    assert response.status_code == 404
    assert b"make frontend" in response.data
    assert client.get("/assets/index.js").status_code == 404


def test_the_page_works_under_a_prefix(build):
    response = client_of(build).get("/", environ_overrides={"SCRIPT_NAME": "/tools/snapgraph"})
    assert response.status_code == 200
    assert b'src="./assets/' in response.data
