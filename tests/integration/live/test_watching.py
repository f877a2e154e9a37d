"""The client's watch and ``snapgraph watch`` against a real server, over its restart."""

import json
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from snapgraph.client import Client, LiveFilter, WatchedGraph
from snapgraph.errors import NotFoundError, UnavailableError
from tests.fixtures.serving import serving

LATENCY = "users:Table|AVG_LATENCY_MS|products:Table"


def set_latency(live_graph, value):
    live_graph.run("MATCH (:Table {name: 'users'})-[r:AVG_LATENCY_MS]->() SET r.value = $value", value=value)


def next_of(updates, kind, seconds=20):
    end = time.monotonic() + seconds
    for update in updates:
        if update.kind == kind:
            return update
        assert time.monotonic() < end
    raise AssertionError("the stream ended")


def test_a_change_is_seen_and_the_graph_is_kept_up(server, shop):
    kept = WatchedGraph()
    with Client(server.http) as client:
        updates = client.watch(kept=kept)
        first = next(updates)
        assert (first.kind, first.seq) == ("state", kept.seq)
        set_latency(shop, 170.5)
        while kept.relationships[LATENCY]["properties"]["value"] != 170.5:
            assert next(updates).seq == kept.seq
        updates.close()


@pytest.mark.usefixtures("shop")
def test_what_is_filtered_out_is_not_there(server):
    kept = WatchedGraph()
    with Client(server.http) as client:
        next(client.watch(wanted=LiveFilter(types=("AVG_LATENCY_MS",), min_value=100.0), kept=kept))
    assert {each["type"] for each in kept.relationships.values()} == {"AVG_LATENCY_MS"}
    assert all(each["properties"]["value"] >= 100.0 for each in kept.relationships.values())


@pytest.mark.usefixtures("shop")
def test_the_watch_goes_on_after_a_restart_of_the_server(store_url, bolt):
    kept = WatchedGraph()
    with serving(store_url, bolt) as first:
        client = Client(first.http)
        updates = client.watch(kept=kept)
        next(updates)
    set_latency(bolt, 444.0)
    with serving(store_url, bolt, "--port", str(first.port)), client:
        while kept.relationships[LATENCY]["properties"]["value"] != 444.0:
            next(updates)
        updates.close()


class SilentForASecond(BaseHTTPRequestHandler):
    """A stream of events: a state, a second of nothing, and a delta."""

    connections = 0

    def do_GET(self):
        """Tell both."""
        type(self).connections += 1
        self.send_response(200)
        self.end_headers()
        none = {"added": [], "changed": [], "removed": []}
        numbers = {"seq_from": 1, "seq_to": 2, "part": 1, "parts": 1}
        self.tell({"type": "state", "seq": 1, "nodes": [], "relationships": []})
        time.sleep(1)
        self.tell({"type": "delta", **numbers, "nodes": none, "relationships": none})

    def tell(self, message):
        """Send a message as an event."""
        self.wfile.write(f"data: {json.dumps(message)}\n\n".encode())
        self.wfile.flush()

    def log_message(self, *_):
        """Say nothing."""


def test_the_stream_may_be_silent_for_longer_than_an_answer_may_take():
    with ThreadingHTTPServer(("127.0.0.1", 0), SilentForASecond) as quiet:
        threading.Thread(target=quiet.serve_forever, daemon=True).start()
        with Client(f"http://127.0.0.1:{quiet.server_port}", timeout=0.3) as client:
            updates = client.watch()
            assert [next(updates).kind for _ in range(2)] == ["state", "delta"]
            updates.close()
        quiet.shutdown()
    assert SilentForASecond.connections == 1


def test_an_unknown_graph_is_said_at_once(server):
    with Client(server.http) as client, pytest.raises(NotFoundError):
        next(client.watch("other"))


def test_where_no_server_runs_it_is_said():
    with Client("http://127.0.0.1:9") as client, pytest.raises(UnavailableError):
        next(client.watch())


def test_the_command_prints_a_message_a_line(server, shop):
    command = [sys.executable, "-m", "snapgraph", "watch", "--url", server.http, "--json", "--count", "2"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    first = json.loads(process.stdout.readline())
    set_latency(shop, 321.0)
    second = json.loads(process.stdout.readline())
    assert process.wait(20) == 0
    process.stdout.close()
    assert (first["type"], second["type"]) == ("state", "delta")
    assert second["seq_from"] == first["seq"]
