"""A service whose role may read and write, and own nothing: as docs/howto/production.md sets it up."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg
import pytest

PATH = "/api/performance/snapshots"
PAGE = Path(__file__).parents[3] / "docs/howto/production.md"


@pytest.fixture
def app_url(service):
    """Give the address of the store for the role of the page, typed word for word."""
    (statements,) = re.findall(r"^```sql\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    service.execute("DROP ROLE IF EXISTS snapgraph_app")
    with psycopg.connect(service.store_url, autocommit=True) as owner:
        owner.execute(statements)
    yield service.store_url.replace(
        service.store_url.partition("//")[2].partition("@")[0], "snapgraph_app:choose%20one"
    )
    service.execute("DROP OWNED BY snapgraph_app")
    service.execute("DROP ROLE snapgraph_app")


def test_it_captures_compares_changes_and_deletes_and_is_ready(service, app_url):
    client = service.at(store={"url": app_url})
    ids = [client.post(PATH).json["snapshot_id"] for _ in range(2)]
    assert client.get(f"{PATH}/compare?baseline={ids[0]}&target={ids[1]}").status_code == 200
    assert client.patch(f"{PATH}/{ids[0]}", json={"note": "seen"}).status_code == 200
    assert client.delete(f"{PATH}/{ids[0]}").status_code == 204
    assert client.get("/readyz").status_code == 200, client.get("/readyz").text


def test_a_right_that_is_missing_is_said_with_what_mends_it(service, app_url):
    client = service.at(store={"url": app_url})
    service.execute("REVOKE INSERT ON snapshot FROM snapgraph_app")
    refused = client.post(PATH)
    assert (refused.status_code, refused.json["code"]) == (503, "store_unavailable")
    assert "docs/howto/production.md" in refused.json["detail"]
