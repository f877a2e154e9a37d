"""T5: the same key at once gives one snapshot and equal answers; another body is a conflict."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

PATH = "/api/performance/snapshots"
THREADS = 50


def rows(service):
    return service.execute("SELECT count(*) FROM snapshot")[0][0]


def test_fifty_equal_requests_make_one_snapshot_and_get_equal_answers(service):
    before = rows(service)

    def post(_number):
        response = service.client.post(PATH, json={"description": "once"}, headers={"Idempotency-Key": "deploy-42"})
        return response.status_code, response.data, response.headers["Location"]

    with ThreadPoolExecutor(THREADS) as pool:
        answers = set(pool.map(post, range(THREADS)))
    assert rows(service) == before + 1
    assert len(answers) == 1
    assert answers.pop()[0] == 201


def test_without_a_key_every_request_makes_its_own(service):
    """The control: what the key prevents does happen without it."""
    before = rows(service)
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(lambda _number: service.client.post(PATH), range(5)))
    assert rows(service) == before + 5


@pytest.mark.parametrize("body", [{"description": "other"}, {"description": "once", "pinned": True}, {}])
def test_the_same_key_with_another_body_is_a_conflict_at_once(service, body):
    service.client.post(PATH, json={"description": "once"}, headers={"Idempotency-Key": "deploy-43"})
    before, started = rows(service), time.perf_counter()
    response = service.client.post(PATH, json=body, headers={"Idempotency-Key": "deploy-43"})
    assert (response.status_code, response.json["code"]) == (409, "conflict")
    assert time.perf_counter() - started < 5, "who waits for the other request waits 25 s"
    assert rows(service) == before


def test_the_order_of_names_and_tags_makes_no_other_body(service):
    def post(text):
        return service.client.post(
            PATH, data=text, content_type="application/json", headers={"Idempotency-Key": "deploy-44"}
        )

    first = post('{"tags": ["a", "b"], "note": "x"}')
    again = post('{"note":"x","tags":["b","a"],"trigger_type":"manual"}')
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.data == again.data


def test_a_key_may_be_quoted_as_the_draft_writes_it(service):
    first = service.client.post(PATH, headers={"Idempotency-Key": '"deploy-45"'})
    again = service.client.post(PATH, headers={"Idempotency-Key": "deploy-45"})
    assert first.json["snapshot_id"] == again.json["snapshot_id"]


@pytest.mark.parametrize("key", ["", "a b", "x" * 201, '"', 'a"b', "ä"])
def test_a_bad_key_is_refused_and_nothing_is_captured(service, key):
    before = rows(service)
    response = service.client.post(PATH, headers={"Idempotency-Key": key.encode("utf-8").decode("latin-1")})
    assert response.status_code == 422
    assert response.json["problems"][0]["pointer"] == "Idempotency-Key"
    assert rows(service) == before
