"""The client against a small WSGI server: what is sent, what comes back, what is repeated."""

import base64
import gzip
import hashlib
import io
import json
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from snapgraph.client import Client
from snapgraph.errors import (
    BusyError,
    GoneError,
    IntegrityError,
    InvalidInputError,
    NotAuthorizedError,
    ServerUnavailableError,
    SnapgraphError,
    StoreUnavailableError,
)
from snapgraph.model.changes import DiffOptions
from snapgraph.model.queries import ChangeFilter, SnapshotFilter, SnapshotRevision
from snapgraph.model.vocabulary import Severity, Significance, TriggerType

HEADER = {
    "snapshot_id": "snap_20250106_142305_manual",
    "timestamp": "2025-01-06T14:23:05Z",
    "trigger_type": "manual",
    "trigger_reason": "manual",
    "graph_state": {"nodes": [], "relationships": []},
    "performance_summary": {"total_qps": 1.5, "avg_latency": 2.0, "bottlenecks_count": 0, "critical_paths": []},
    "metadata": {"capture_duration_ms": 3, "graph_complexity": "low"},
}


class Server:
    """Answers what it was told to, in order, and remembers what it was asked."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.requests = []

    def __call__(self, environ, start_response):  # noqa: D102 - the class says it
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length)
        self.requests.append(
            {
                "method": environ["REQUEST_METHOD"],
                "path": environ["PATH_INFO"],
                "query": environ["QUERY_STRING"],
                "json": json.loads(body) if body else None,
                "key": environ.get("HTTP_IDEMPOTENCY_KEY"),
                "etag": environ.get("HTTP_IF_MATCH"),
                "authorization": environ.get("HTTP_AUTHORIZATION"),
            }
        )
        status, content, *headers = self.answers.pop(0)
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        start_response(f"{status} Whatever", [("Content-Type", "application/json"), *headers])
        return [body]


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr("snapgraph.client.transport.FIRST_PAUSE_SECONDS", 0.0)


def problem(status, code, *headers, **more):
    return (status, {"status": status, "code": code, "detail": f"this is {code}", **more}, *headers)


def test_a_capture_sends_the_body_of_the_specification_and_a_key_of_its_own():
    server = Server((201, HEADER), (201, HEADER))
    client = Client.of_app(server)

    snapshot = client.capture("Before deployment analysis", include_historical=True)
    client.capture()

    assert snapshot.id == "snap_20250106_142305_manual"
    first, second = server.requests
    assert (first["method"], first["path"]) == ("POST", "/api/performance/snapshots")
    assert first["json"]["description"] == "Before deployment analysis"
    assert first["json"]["trigger_type"] == "manual"
    assert first["json"]["include_historical"] is True
    assert first["key"] != second["key"]


def test_a_capture_whose_answer_is_lost_is_asked_for_again_with_the_same_key():
    server = Server(problem(503, "busy"), problem(503, "store_unavailable"), (201, HEADER))

    Client.of_app(server).capture("x")

    keys = [request["key"] for request in server.requests]
    assert len(keys) == 3
    assert len(set(keys)) == 1


def test_after_three_attempts_the_error_of_the_last_is_raised():
    server = Server(problem(503, "busy"), problem(503, "busy"), problem(503, "store_unavailable"))

    with pytest.raises(StoreUnavailableError, match="this is store_unavailable"):
        Client.of_app(server).header("latest")


def test_a_server_that_asks_for_more_patience_than_two_seconds_is_not_asked_again():
    server = Server(problem(503, "busy", ("Retry-After", "5")))

    with pytest.raises(BusyError) as caught:
        Client.of_app(server).header("latest")

    assert caught.value.retry_after_seconds == 5
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.delete("latest"),
        lambda client: client.revise("latest", SnapshotRevision(note="x")),
    ],
)
def test_what_would_mean_another_snapshot_the_second_time_is_never_repeated(call):
    server = Server(problem(503, "busy"))

    with pytest.raises(BusyError):
        call(Client.of_app(server))

    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [(410, "gone", GoneError), (422, "invalid_input", InvalidInputError), (401, "unauthorized", NotAuthorizedError)],
)
def test_a_problem_comes_back_as_the_error_that_it_was(status, code, expected):
    detail = {"problems": [{"pointer": "?limit", "detail": "limit is too large", "allowed": ["1", "2"]}]}
    server = Server(problem(status, code, **detail))

    with pytest.raises(expected, match=f"this is {code}") as caught:
        Client.of_app(server).header("latest")

    assert caught.value.problems[0].pointer == "?limit"
    assert caught.value.problems[0].allowed == ("1", "2")


def test_a_page_of_a_proxy_is_an_error_too():
    gateway = (502, b"<html>Bad gateway</html>")
    server = Server(gateway, gateway, gateway)

    with pytest.raises(ServerUnavailableError, match="502"):
        Client.of_app(server).graphs()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "call",
    [
        lambda client, _folder: client.delete("latest"),
        lambda client, folder: client.export_to(folder / "x.json", "latest"),
        lambda client, _folder: client.header("v1"),
        lambda client, _folder: next(client.watch()),
    ],
)
def test_a_redirect_is_no_answer_and_says_which_address_to_give(call, status, tmp_path):
    def proxy(environ, start_response):
        query = f"?{environ['QUERY_STRING']}" if environ["QUERY_STRING"] else ""
        start_response(f"{status} Moved", [("Location", f"https://shop.example{environ['PATH_INFO']}{query}")])
        return [b"<html>moved</html>"]

    with pytest.raises(InvalidInputError, match=r"give https://shop\.example as its address"):
        call(Client.of_app(proxy), tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_a_redirect_to_a_page_of_something_else_is_told_as_such():
    server = Server((302, b"", ("Location", "https://sso.example/login")))

    with pytest.raises(InvalidInputError, match=r"https://sso\.example/login: is this a snapgraph server"):
        Client.of_app(server).graphs()


def test_an_unknown_code_is_graded_by_its_status():
    with pytest.raises(SnapgraphError) as caught:
        Client.of_app(Server(problem(418, "teapot"))).graphs()

    assert type(caught.value) is SnapgraphError


def test_an_answer_that_is_no_json_says_what_may_be_wrong():
    with pytest.raises(ServerUnavailableError, match="is this a snapgraph server"):
        Client.of_app(Server((200, b"hello"))).graphs()


def test_lists_go_over_all_pages_and_stop_at_the_limit():
    pages = [(200, {"items": [HEADER] * 2, "next": f"c{number}", "total": 9}) for number in range(3)]
    server = Server(*pages)

    found = list(Client.of_app(server).list(SnapshotFilter(tag="demo"), limit=5))

    assert len(found) == 6  # a server may give more than it was asked for; nothing is cut silently
    assert [request["query"] for request in server.requests] == [
        "tag=demo&limit=5",
        "tag=demo&limit=3&cursor=c0",
        "tag=demo&limit=1&cursor=c1",
    ]


def test_a_filter_becomes_the_query_string_of_rest():
    server = Server((200, {"items": [], "next": None, "total": 0}))
    wanted = SnapshotFilter(
        trigger=(TriggerType.INCIDENT, TriggerType.SMART),
        severity=(Severity.HIGH,),
        since=datetime(2025, 1, 1, tzinfo=UTC),
        pinned=False,
        newest_first=False,
    )

    list(Client.of_app(server).list(wanted))

    assert server.requests[0]["query"] == (
        "trigger=incident&trigger=smart&severity=high&since=2025-01-01T00%3A00%3A00%2B00%3A00"
        "&pinned=false&sort=oldest&limit=200"
    )


def test_a_comparison_is_asked_for_by_the_names_of_the_specification():
    server = Server(problem(404, "not_found"))
    wanted = ChangeFilter(significance=(Significance.REAL,), type=("AVG_LATENCY_MS",))
    options = DiffOptions(volatile=(), relative_tolerance=0.05)

    with pytest.raises(SnapgraphError):
        Client.of_app(server).compare("v1", "latest", wanted=wanted, options=options, limit=3)

    assert server.requests[0]["path"] == "/api/performance/snapshots/compare"
    assert server.requests[0]["query"] == (
        "baseline=v1&target=latest&graph=default&limit=3&significance=real&type=AVG_LATENCY_MS&sort=default"
        "&absolute_tolerance=0&relative_tolerance=0.05&volatile=none"
    )


def test_a_revision_sends_only_what_changes():
    server = Server((200, HEADER))

    Client.of_app(server).revise("v3", SnapshotRevision(tags=(), pinned=False), etag='"abc-1"')

    assert server.requests[0]["json"] == {"tags": [], "pinned": False}
    assert server.requests[0]["etag"] == '"abc-1"'


def test_the_token_is_sent_as_bearer():
    server = Server((200, {"items": []}))

    Client.of_app(server, token="s3cret").graphs()  # noqa: S106 - one for a test

    assert server.requests[0]["authorization"] == "Bearer s3cret"


def test_references_with_odd_characters_stay_one_part_of_the_path():
    server = Server((200, HEADER))

    Client.of_app(server).header("release/2025 ?#ä")

    assert server.requests[0]["path"].encode("latin-1").decode() == "/api/performance/snapshots/release/2025 ?#ä"


def digest(body):
    return ("Repr-Digest", f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:")


def test_an_export_is_checked_against_its_digest(tmp_path):
    body = b"id,type\n" * 1000
    server = Server(*[(200, body, digest(body))] * 3)
    client, file = Client.of_app(server), io.BytesIO()

    assert client.export("v1", format="csv", part="nodes") == body
    assert client.export_to(tmp_path / "nodes.csv", "v1", format="csv", part="nodes") == len(body)
    assert client.export_to(file, "v1") == len(body)

    assert (tmp_path / "nodes.csv").read_bytes() == body
    assert file.getvalue() == body
    assert server.requests[0]["query"] == "format=csv&graph=default&part=nodes"
    assert server.requests[2]["query"] == "format=json&graph=default"


def test_a_damaged_export_leaves_what_was_there_and_nothing_else(tmp_path):
    target = tmp_path / "after.json"
    target.write_bytes(b"yesterday's")

    with pytest.raises(IntegrityError):
        Client.of_app(Server((200, b"damaged", digest(b"whole")))).export_to(target, "v1")

    assert target.read_bytes() == b"yesterday's"
    assert list(tmp_path.iterdir()) == [target]


def test_an_export_that_cannot_be_checked_is_refused(tmp_path):
    with pytest.raises(IntegrityError, match="Repr-Digest"):
        Client.of_app(Server((200, b"whole"))).export_to(tmp_path / "x.json", "v1")

    assert list(tmp_path.iterdir()) == []


def test_an_export_goes_to_where_a_link_leads_and_the_link_stays(tmp_path):
    (tmp_path / "folder").mkdir()
    for name in ("there.json", "not-yet.json"):
        (tmp_path / name).symlink_to(tmp_path / "folder" / name)
    (tmp_path / "folder" / "there.json").write_bytes(b"yesterday's")

    for name in ("there.json", "not-yet.json"):
        Client.of_app(Server((200, b"whole", digest(b"whole")))).export_to(tmp_path / name, "v1")

        assert (tmp_path / name).is_symlink()
        assert (tmp_path / "folder" / name).read_bytes() == b"whole"
    assert len(list((tmp_path / "folder").iterdir())) == 2


def test_an_export_to_a_pipe_is_written_into_it(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(pipe.read_bytes)
        Client.of_app(Server((200, b"whole", digest(b"whole")))).export_to(pipe, "v1")

        assert reading.result(timeout=20) == b"whole"
    assert pipe.is_fifo()


@pytest.mark.parametrize("name", ["nowhere/x.json", "file/x.json"])
def test_a_place_that_cannot_be_written_is_named(name, tmp_path):
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(OSError, match=r"No such file|Not a directory") as caught:
        Client.of_app(Server((200, b"whole", digest(b"whole")))).export_to(tmp_path / name, "v1")

    assert caught.value.filename == str(tmp_path / name)


PACKED = ("Content-Encoding", "gzip")


def test_a_packed_export_is_checked_as_it_was_sent_or_as_it_was_before_a_proxy_packed_it():
    body = b"id,type\n" * 1000
    packed = gzip.compress(body)
    server = Server((200, packed, PACKED, digest(packed)), (200, packed, PACKED, digest(body)))

    assert Client.of_app(server).export("v1") == body
    assert Client.of_app(server).export("v1") == body


@pytest.mark.parametrize(
    "sent",
    [gzip.compress(b"other bytes"), gzip.compress(b"whole" * 50)[:-20], b"no gzip at all"],
    ids=["others", "cut off", "not packed"],
)
def test_a_packed_export_that_is_damaged_is_refused(sent):
    with pytest.raises(IntegrityError):
        Client.of_app(Server((200, sent, PACKED, digest(gzip.compress(b"whole" * 50))))).export("v1")


def test_tags_are_changed_on_what_stands_and_again_when_somebody_was_faster():
    etags = [("ETag", '"one"'), ("ETag", '"two"')]
    stale = {"type": "about:blank", "code": "stale_revision", "detail": "It has changed since."}
    server = Server(
        (200, HEADER | {"tags": ["a"]}, etags[0]),
        (412, stale),
        (200, HEADER | {"tags": ["a", "theirs"]}, etags[1]),
        (200, HEADER | {"tags": ["ours", "theirs"]}),
    )

    Client.of_app(server).tag("latest", add=["ours"], remove=["a"])

    sent = [(each["etag"], each["json"]) for each in server.requests if each["method"] == "PATCH"]
    assert sent == [('"one"', {"tags": ["ours"]}), ('"two"', {"tags": ["ours", "theirs"]})]


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://localhost", "http://", "bolt://x:7687"])
def test_an_address_that_is_none_is_told_at_once(url):
    with pytest.raises(InvalidInputError, match="no address"):
        Client(url)


@pytest.mark.parametrize("bad", ["t\u00f6ken", "half\udcff", "line\nbreak"])
def test_what_is_sent_in_a_header_is_printable_ascii(bad):
    client = Client.of_app(Server())

    with pytest.raises(InvalidInputError, match="the token"):
        Client("http://127.0.0.1:9", token=bad)
    with pytest.raises(InvalidInputError, match="Idempotency-Key"):
        client.capture(idempotency_key=bad)
    with pytest.raises(InvalidInputError, match="If-Match"):
        client.revise("v1", SnapshotRevision(note="x"), etag=bad)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda client, bad: client.capture(bad), "description"),
        (lambda client, bad: client.capture("x", tags=("a", bad)), "tags"),
        (lambda client, bad: client.header("v1", graph=bad), "graph"),
        (lambda client, bad: client.header(bad), "udcff"),
        (lambda client, bad: next(client.watch(bad)), "graph"),
        (lambda client, bad: client.compare("v1", bad), "target"),
    ],
)
def test_a_text_that_is_no_unicode_is_an_error_of_ours_that_names_it(call, name):
    with pytest.raises(InvalidInputError, match=f"{name}.*no UTF-8 text"):
        call(Client.of_app(Server()), "half\udcff")
