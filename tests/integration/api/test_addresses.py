"""Addresses in headers lead where they say, also below a prefix: of the server, or of a proxy that takes it off."""

from __future__ import annotations

import time
from urllib.parse import urljoin

import httpx
import pytest

from tests.fixtures.prefix_proxy import prefix_proxy
from tests.fixtures.rest import fill
from tests.fixtures.serving import serving

PREFIX = "/tools/snapgraph"
SNAPSHOTS = "/api/performance/snapshots"


@pytest.fixture(scope="module", params=["no prefix", "the server knows it", "a proxy takes it off"])
def base(request, store_url, bolt):
    """Serve; where people find it."""
    fill(bolt, now=time.time())
    environment = {
        "no prefix": {},
        "the server knows it": {"SCRIPT_NAME": PREFIX},
        "a proxy takes it off": {"SNAPGRAPH_SERVER__TRUSTED_PROXIES": "1"},
    }[request.param]
    with serving(store_url, bolt, **environment) as server:
        if request.param == "a proxy takes it off":
            with prefix_proxy(server.port, PREFIX) as address:
                yield address
        else:
            yield f"{server.http}{environment.get('SCRIPT_NAME', '')}"


def leads_to(answer, name, *, base):
    """Follow an address as a client does."""
    target = urljoin(str(answer.request.url), answer.headers[name])
    assert target.startswith(f"{base}/api/performance/")
    return target


def test_what_was_made_is_found_at_its_location(base):
    made = httpx.post(f"{base}{SNAPSHOTS}", timeout=30)
    found = httpx.get(leads_to(made, "Location", base=base), timeout=30)
    assert (made.status_code, found.status_code) == (201, 200)
    assert found.json()["snapshot_id"] == made.json()["snapshot_id"]
    view = httpx.post(f"{base}/api/performance/views", json={"name": "a view", "query": "tab=table"}, timeout=30)
    assert view.status_code == 201
    assert httpx.delete(leads_to(view, "Location", base=base), timeout=30).status_code == 204


def test_pages_lead_to_the_next_one(base):
    for _ in range(2):
        httpx.post(f"{base}{SNAPSHOTS}", timeout=30).raise_for_status()
    first = httpx.get(f"{base}{SNAPSHOTS}?limit=1", timeout=30)
    target = urljoin(f"{base}{SNAPSHOTS}", first.links["next"]["url"])
    assert target.startswith(f"{base}{SNAPSHOTS}?")
    (second,) = httpx.get(target, timeout=30).json()["items"]
    assert second["version"] == first.json()["items"][0]["version"] - 1


@pytest.mark.parametrize("path", ["", "/grafana/nodes", "/grafana/edges"])
def test_what_an_alias_stands_for_has_an_address(base, path):
    httpx.post(f"{base}{SNAPSHOTS}", timeout=30).raise_for_status()
    by_alias = httpx.get(f"{base}{SNAPSHOTS}/latest{path}", timeout=30)
    assert httpx.get(leads_to(by_alias, "Content-Location", base=base), timeout=30).content == by_alias.content


def test_what_was_changed_has_an_address(base):
    httpx.post(f"{base}{SNAPSHOTS}", timeout=30).raise_for_status()
    changed = httpx.patch(f"{base}{SNAPSHOTS}/latest", json={"note": "seen"}, timeout=30)
    assert httpx.get(leads_to(changed, "Content-Location", base=base), timeout=30).json()["note"] == "seen"


def test_nobody_is_believed_who_is_no_proxy(service):
    made = service.client.post(SNAPSHOTS, headers={"X-Forwarded-Prefix": PREFIX})
    assert made.headers["Location"].startswith(SNAPSHOTS)


@pytest.mark.parametrize("given", ["//evil.example", "https://evil.example", "/a/\n/b", "/ü"])
def test_a_prefix_never_names_another_host(service, given):
    made = service.client.post(SNAPSHOTS, environ_overrides={"SCRIPT_NAME": given})
    target = urljoin("http://localhost/", made.headers["Location"])
    assert target.startswith("http://localhost/")
    assert target.endswith(f"{SNAPSHOTS}/{made.json['snapshot_id']}")


def test_the_openapi_document_says_where_its_paths_begin(base):
    document = httpx.get(f"{base}/openapi.json", timeout=30).json()
    (server,) = document.get("servers", [{"url": "/"}])
    path = next(path for path in document["paths"] if path == SNAPSHOTS)
    assert urljoin(f"{base}/openapi.json", server["url"].rstrip("/") + path) == f"{base}{SNAPSHOTS}"
