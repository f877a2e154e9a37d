"""Talking to the stream with an independent client library."""

from __future__ import annotations

import contextlib
import itertools
import json
import time
from collections.abc import Iterator
from typing import Any

from websockets.sync.client import ClientConnection, connect

PROTOCOL = "snapgraph.v1"
WAIT_SECONDS = 15.0
MARKS = itertools.count(1)
"""A mark of its own for each write, by which it is known again."""


class Talk:
    """One socket."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    def say(self, type_: str, **members: Any) -> None:
        """Send a message."""
        self.socket.send(json.dumps({"type": type_, **members}))

    def hear(self, *types: str, within: float = WAIT_SECONDS) -> dict[str, Any]:
        """Give the next message of one of the types; others are passed over."""
        until = time.monotonic() + within
        while True:
            message = json.loads(self.socket.recv(timeout=max(0.0, until - time.monotonic())))
            if not types or message["type"] in types:
                return message

    def subscribe(self, id_: str = "a", **members: Any) -> dict[str, Any]:
        """Subscribe and give the confirmation."""
        self.say("subscribe", id=id_, **members)
        return self.hear("subscribed")


@contextlib.contextmanager
def talk(url: str, **options: Any) -> Iterator[Talk]:
    options = {"subprotocols": [PROTOCOL], "max_size": None, **options}
    with connect(url, **options) as socket:
        yield Talk(socket)


def read_later(live: Talk, shop: Any) -> None:
    """Wait for a tick that was read after now, by whoever sees ``users``: the next one may have been under way."""
    mark = next(MARKS)
    shop.run("MATCH (t:Table {name: 'users'}) SET t.mark = $mark", mark=mark)
    seen = set()
    while mark not in seen:
        nodes = live.hear("delta", within=30)["nodes"]
        seen = {each["properties"].get("mark") for each in (*nodes["added"], *nodes["changed"])}
