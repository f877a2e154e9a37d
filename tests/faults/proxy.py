"""A TCP proxy that fails on command: it stands before Postgres or Bolt and does to the wire what networks do.

The modes that the fault tests use, changed at any moment and valid for what is forwarded from then on:

``pass``        forward everything
``refuse``      close each new connection at once (and drop the old ones)
``blackhole``   accept and swallow; nothing ever comes back
``rst``         reset old and new connections (``SO_LINGER`` 0)
``latency``     wait ``latency_seconds`` before each forwarded piece
``lost_ack``    forward a client's piece that contains ``marker``, wait until the server has answered, drop the answer
                and reset the client: the work is done and nobody was told, Jepsen's unknown outcome on demand
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
import threading
from dataclasses import dataclass, field
from typing import Self

_RESET = struct.pack("ii", 1, 0)
_PIECE_BYTES = 65536


@dataclass
class FaultProxy:
    """One upstream behind a free port on the loopback; a context manager that runs its loop in a thread.

    Attributes:
        upstream_port: Where the real server listens.
        marker: Bytes that make a client's piece the one whose answer ``lost_ack`` drops.
        probability: Share of the marked pieces that lose their answer.
        lost: How many answers were dropped.
        swallowed: What ``blackhole`` read from new connections.
    """

    upstream_port: int
    marker: bytes = b"COMMIT"
    probability: float = 1.0
    latency_seconds: float = 0.0
    seed: int = 1
    mode: str = "pass"
    lost: int = 0
    swallowed: bytes = b""
    port: int = 0
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    def __enter__(self) -> Self:
        """Start to listen."""
        self._random = random.Random(self.seed)
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fault-proxy", daemon=True)
        self._thread.start()
        assert self._ready.wait(5)
        return self

    def __exit__(self, *_: object) -> None:
        """Drop all connections and stop."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(5)

    def set_mode(self, mode: str) -> None:
        """Change what happens; ``refuse`` and ``rst`` also end what is open."""
        self.mode = mode
        if mode in {"refuse", "rst"}:
            self._loop.call_soon_threadsafe(self._drop_all)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._stop = asyncio.Event()
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        self._drop_all()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _drop_all(self) -> None:
        for writer in list(self._writers):
            _reset(writer)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            if self.mode in {"refuse", "rst"}:
                return
            if self.mode == "blackhole":
                while piece := await reader.read(_PIECE_BYTES):
                    self.swallowed += piece
                return
            up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self.upstream_port)
            self._writers.add(up_writer)
            await self._join(reader, writer, up_reader, up_writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # cancelled: the proxy stops, and asyncio's stream callback would print what nobody asked for
        finally:
            self._writers.discard(writer)
            _reset(writer)

    async def _join(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        up_reader: asyncio.StreamReader,
        up_writer: asyncio.StreamWriter,
    ) -> None:
        dropping = asyncio.Event()
        up = asyncio.ensure_future(self._pump(reader, up_writer, dropping=dropping, marked=True))
        down = asyncio.ensure_future(self._pump(up_reader, writer, dropping=dropping, marked=False))
        _, pending = await asyncio.wait({up, down}, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        await asyncio.gather(up, down, return_exceptions=True)
        self._writers.discard(up_writer)
        up_writer.close()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, dropping: asyncio.Event, marked: bool
    ) -> None:
        """Forward one direction; ``marked`` is the client's, in which the marker is looked for."""
        with contextlib.suppress(ConnectionError):
            while piece := await reader.read(_PIECE_BYTES):
                if self.mode == "latency":
                    await asyncio.sleep(self.latency_seconds)
                while self.mode == "blackhole":  # noqa: ASYNC110 - the mode is set from another thread
                    await asyncio.sleep(0.05)
                if marked and self.mode == "lost_ack" and self.marker in piece:
                    if self._random.random() < self.probability:
                        dropping.set()
                elif not marked and dropping.is_set():
                    self.lost += 1
                    return
                writer.write(piece)
                await writer.drain()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close with RST, so that the peer cannot take it for an orderly end."""
    raw = writer.get_extra_info("socket")
    if raw is not None and raw.fileno() >= 0:
        with contextlib.suppress(OSError):
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()
