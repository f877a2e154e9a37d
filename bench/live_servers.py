"""Three servers that tell the same 5 kB to every websocket, again and again: ours, the floor, a thread for each.

Each message carries the moment at which its broadcast began, by the machine's monotonic clock, so that a client in
another process can tell how long it took. The port is printed on the first line, with the id of the serving process.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import numpy as np
import orjson
from flask import Flask
from flask_sock import Sock
from gunicorn.app.base import BaseApplication

from snapgraph.live import Hub, HubLimits, serve_live
from snapgraph.live.frames import Opcode, frame
from snapgraph.model.columns import Column, EdgeColumns, GraphColumns, NodeColumns
from snapgraph.model.events import Event
from snapgraph.model.live_graphs import LiveGraph
from snapgraph.model.snapshots import PerformanceSummary, Quality
from snapgraph.model.ticks import Reading, Tick
from snapgraph.model.vocabulary import ColumnKind
from snapgraph.web.guard import Guard

__all__ = ["MARK", "PAYLOAD_BYTES"]

PAYLOAD_BYTES = 5_000
MARK = b'"begun":"'
"""Stands before the moment in every message."""
_NODES = 25
_MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def moment() -> str:
    """Write the moment, always in the same number of digits."""
    return f"{time.monotonic_ns():020}"


class Ticker:
    """A live graph of 25 tables that all change with each tick: about 5 kB a delta."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._seq = 0

    def follow(self, graph: str, *, stop: threading.Event, report: Callable[[Reading], None]) -> Iterator[Tick]:
        """Give ticks at even times."""
        while not stop.is_set():
            self._seq += 1
            report(Reading(graph=graph, read_at=datetime.now(UTC)))
            yield Tick(
                graph=graph,
                seq=self._seq,
                at=datetime.now(UTC),
                columns=_columns(),
                summary=PerformanceSummary(),
                quality=Quality(),
                interval_seconds=self._seconds,
            )
            stop.wait(self._seconds)


class Silence:
    """Nothing happens to snapshots."""

    def follow(self, *, stop: threading.Event) -> Iterator[Event]:
        """Wait for the end."""
        stop.wait()
        yield from ()


def _columns() -> GraphColumns:
    none = np.zeros(0, dtype=np.int32)
    keys = np.array([f"table_{number:02}:Table" for number in range(_NODES)], dtype=object)
    filler = "x" * (PAYLOAD_BYTES // _NODES - 113)  # with the rest of each node as long as the other servers' message
    columns = {
        name: Column(kind=ColumnKind.TEXT, values=np.zeros(_NODES, dtype=np.int32), categories=(text,))
        for name, text in (("begun", moment()), ("filler", filler))
    }
    return GraphColumns(
        nodes=NodeColumns(keys=keys, columns=columns),
        edges=EdgeColumns(sources=none, targets=none, type_codes=none, types=()),
    )


class Server(BaseApplication):
    """gunicorn's gthread worker, as `snapgraph serve` has it."""

    def __init__(self, build: Callable[[], Flask], threads: int) -> None:
        self._build = build
        self._threads = threads
        super().__init__()

    def load_config(self) -> None:
        """Set what matters."""
        given = {
            "bind": "127.0.0.1:0",
            "worker_class": "gthread",
            "threads": self._threads,
            "worker_connections": 20_000,
            "backlog": 4_096,
            "loglevel": "error",
            "control_socket_disable": True,
            "graceful_timeout": 1,
            "post_worker_init": _tell,
        }
        for name, value in given.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Build the application in the worker."""
        return self._build()


def _tell(worker: Any) -> None:
    print(worker.sockets[0].getsockname()[1], os.getpid(), flush=True)


def hub_app(seconds: float) -> Flask:
    """Build our hub."""
    app = Flask("bench")
    limits = HubLimits(sockets=50_000, sockets_per_address=50_000)
    serve_live(app, Hub({"default": LiveGraph()}, Ticker(seconds), Silence(), limits=limits), guard=Guard())
    return app


def queue_app(seconds: float) -> Flask:
    """Build what flask-sock's documentation leads to: a handler thread for each socket, with a queue."""
    app = Flask("bench")
    queues: list[queue.SimpleQueue[str]] = []

    def tick() -> None:
        while True:
            text = message().decode()
            for each in queues:
                each.put(text)
            time.sleep(seconds)

    def live(ws: Any) -> None:
        mine: queue.SimpleQueue[str] = queue.SimpleQueue()
        queues.append(mine)
        try:
            while True:
                ws.send(mine.get())
        finally:
            queues.remove(mine)

    Sock(app).route("/api/performance/live")(live)
    threading.Thread(target=tick, daemon=True).start()
    return app


def message() -> bytes:
    """Write a message of about the same size as our delta."""
    return orjson.dumps({"type": "delta", "begun": moment(), "filler": "x" * (PAYLOAD_BYTES - 70)})


async def floor(seconds: float) -> None:
    """Serve the least that can be done: frames that are ready, written to every transport."""
    transports: list[asyncio.StreamWriter] = []

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        key = next(line.partition(b": ")[2] for line in head.split(b"\r\n") if line.startswith(b"Sec-WebSocket-Key"))
        answer = base64.b64encode(hashlib.sha1(key + _MAGIC).digest())  # noqa: S324  (what RFC 6455 asks for)
        writer.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + answer + b"\r\n\r\n"
        )
        transports.append(writer)

    server = await asyncio.start_server(accept, "127.0.0.1", 0, backlog=4_096)
    print(server.sockets[0].getsockname()[1], os.getpid(), flush=True)
    while True:
        ready = frame(Opcode.TEXT, message())
        for each in transports:
            if not each.transport.is_closing():
                each.transport.write(ready)
        await asyncio.sleep(seconds)


def main(kind: str, clients: int, seconds: float) -> None:
    """Serve until terminated."""
    if kind == "floor":
        asyncio.run(floor(seconds))
    elif kind == "hub":
        Server(lambda: hub_app(seconds), 8).run()
    else:
        Server(lambda: queue_app(seconds), clients + 100).run()


if __name__ == "__main__":
    sys.argv, arguments = sys.argv[:1], sys.argv[1:]
    main(arguments[0], int(arguments[1]), float(arguments[2]))
