"""The client: one method per call of REST."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import IO, Any
from urllib.parse import quote

import httpx
import orjson

from snapgraph.client.documents import (
    GraphDocument,
    LiveGraphEntry,
    graph_document,
    live_graph_entries,
    snapshot_page,
)
from snapgraph.client.downloads import copy_export, read_export, save_export
from snapgraph.client.parameters import change_query, list_query, option_query
from snapgraph.client.transport import Request, Transport
from snapgraph.client.watching import LiveFilter, LiveUpdate, WatchedGraph, watch
from snapgraph.engine.formats.comparisons import comparison_from_json
from snapgraph.engine.formats.headers import snapshot_from_json
from snapgraph.errors import InvalidInputError, ServerUnavailableError, StaleRevisionError
from snapgraph.model.changes import Comparison, DiffOptions
from snapgraph.model.queries import ChangeFilter, Page, SnapshotFilter, SnapshotRevision
from snapgraph.model.snapshots import Snapshot

__all__ = ["Client"]

BASE = "/api/performance"
SNAPSHOTS = f"{BASE}/snapshots"
DEFAULT_GRAPH = "default"
PAGE_SIZE = 200
TAG_ATTEMPTS = 5
"""Each fails only when somebody else changed the same snapshot in between."""
ANSWER_SECONDS = 40.0
"""A capture may take 30 s, and a waiter on the same Idempotency-Key is answered after 25."""


class Client(AbstractContextManager["Client"]):
    """A snapgraph server.

    Where a method takes a *reference*, these are taken: an id, ``latest``, ``latest~3``, ``@2025-01-06T14:23:05Z``,
    ``v17``, or a tag. Errors are those of :mod:`snapgraph.errors`: what the server answered, and
    :class:`~snapgraph.errors.ServerUnavailableError` when it does not answer. Calls that can be repeated without harm
    are repeated twice when the server is away for a moment; a capture is one of them, by its Idempotency-Key.

    Args:
        url: Address of the server.
        token: Its ``SNAPGRAPH_API_TOKEN``, when it has one.
        transport: An httpx transport in place of the network, such as ``httpx.WSGITransport(app=create_app(runtime))``.
        timeout: Seconds for an answer to begin, and between its parts; a watched stream may be silent for 40 s.

    Example::

        with Client("http://127.0.0.1:8000") as client:
            before = client.capture("Before deployment analysis")
            …
            print(client.compare(before.id, "live").summary.sentence)
    """

    def __init__(
        self,
        url: str = "http://127.0.0.1:8000",
        *,
        token: str | None = None,
        transport: httpx.BaseTransport | None = None,
        timeout: float = ANSWER_SECONDS,
    ) -> None:
        self._transport = Transport(url, token=token, inner=transport, timeout_seconds=timeout)

    @classmethod
    def of_app(cls, app: Callable[..., Any], *, token: str | None = None) -> Client:
        """Speak to a WSGI app inside this process: the same calls, answers and errors without a server.

        Args:
            app: Such as ``create_app(runtime)``.
            token: Its API token, when it has one.
        """
        return cls("http://localhost", token=token, transport=httpx.WSGITransport(app=_with_path_as_bytes(app)))

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def capture(
        self,
        description: str = "",
        *,
        note: str = "",
        tags: tuple[str, ...] = (),
        pinned: bool = False,
        graph: str = DEFAULT_GRAPH,
        include_historical: bool = False,
        idempotency_key: str | None = None,
    ) -> Snapshot:
        """Capture a live graph now.

        Args:
            description: Why; fixed from then on.
            note: May change later.
            tags: Names to find it by.
            pinned: Never removed by retention.
            graph: The live graph by name.
            include_historical: Store the last 20 snapshots' summaries and edge values with it.
            idempotency_key: Same key, same snapshot; ``None``: a new one, so that a lost answer is asked for again.
        """
        body = {
            "trigger_type": "manual",
            "description": description,
            "note": note,
            "tags": list(tags),
            "pinned": pinned,
            "graph": graph,
            "include_historical": include_historical,
        }
        headers = {"Idempotency-Key": idempotency_key or str(uuid.uuid4())}
        return snapshot_from_json(self._json("POST", SNAPSHOTS, body=body, headers=headers))

    def list(self, wanted: SnapshotFilter | None = None, *, limit: int | None = None) -> Iterator[Snapshot]:
        """Go through the headers of snapshots, newest first; pages are fetched as they are needed.

        Args:
            wanted: Which; ``None``: all.
            limit: At most so many; ``None``: all.
        """
        cursor: str | None = None
        left = limit
        while left is None or left > 0:
            page = self.page(wanted, limit=PAGE_SIZE if left is None else min(left, PAGE_SIZE), cursor=cursor)
            yield from page.items
            left = None if left is None else left - len(page.items)
            cursor = page.next
            if cursor is None:
                return

    def page(
        self, wanted: SnapshotFilter | None = None, *, limit: int = PAGE_SIZE, cursor: str | None = None
    ) -> Page[Snapshot]:
        """Give one page of headers and how many there are on all."""
        query = [*list_query(wanted or SnapshotFilter()), ("limit", str(limit))]
        if cursor is not None:
            query.append(("cursor", cursor))
        return snapshot_page(self._json("GET", SNAPSHOTS, query=query))

    def header(self, reference: str, *, graph: str = DEFAULT_GRAPH) -> Snapshot:
        """Give the header of a snapshot."""
        query = [("graph", graph), ("graph_state", "false")]
        return snapshot_from_json(self._json("GET", _snapshot(reference), query=query))

    def get(self, reference: str, *, graph: str = DEFAULT_GRAPH) -> GraphDocument:
        """Give a snapshot with its graph."""
        return graph_document(self._json("GET", _snapshot(reference), query=[("graph", graph)]))

    def live(self, *, graph: str = DEFAULT_GRAPH) -> GraphDocument:
        """Give the live graph as it is now, without storing it."""
        return graph_document(self._json("GET", f"{BASE}/graph", query=[("graph", graph)]))

    def graphs(self) -> tuple[LiveGraphEntry, ...]:
        """List the live graphs."""
        return live_graph_entries(self._json("GET", f"{BASE}/graphs"))

    def compare(
        self,
        before: str,
        after: str,
        *,
        graph: str = DEFAULT_GRAPH,
        wanted: ChangeFilter | None = None,
        options: DiffOptions | None = None,
        limit: int = 100,
        cursor: str | None = None,
    ) -> Comparison:
        """Say what changed between two snapshots.

        Args:
            before: Reference of the earlier side, or ``live``.
            after: Reference of the later side, or ``live``.
            graph: Of which live graph the references speak.
            wanted: Which changes, in which order; ``None``: all, the worst real ones first.
            options: What counts as a difference; ``None``: as the server's settings say.
            limit: How many changes on this page; the totals count all.
            cursor: ``next`` of the page before.
        """
        query = [("baseline", before), ("target", after), ("graph", graph), ("limit", str(limit))]
        query.extend(change_query(wanted or ChangeFilter()))
        query.extend(option_query(options) if options else ())
        query.extend([("cursor", cursor)] if cursor else ())
        return comparison_from_json(self._json("GET", f"{SNAPSHOTS}/compare", query=query))

    def export(
        self,
        reference: str,
        *,
        format: str = "json",  # noqa: A002 - the name in the specification
        part: str = "relationships",
        graph: str = DEFAULT_GRAPH,
    ) -> bytes:
        """Give a snapshot as ``json``, ``cypher`` or ``csv``, its digest checked.

        Args:
            reference: Which snapshot.
            format: In which form.
            part: For ``csv``: ``relationships``, ``nodes`` or ``all`` (a zip of both).
            graph: Of which live graph the reference speaks.
        """
        with self._transport.stream(_export(reference, format, part, graph)) as response:
            return read_export(response)

    def export_to(
        self,
        destination: Path | IO[bytes],
        reference: str,
        *,
        format: str = "json",  # noqa: A002 - as above
        part: str = "relationships",
        graph: str = DEFAULT_GRAPH,
    ) -> int:
        """Write an export to a file in constant memory, and give its size in bytes.

        Args:
            destination: A path, where it appears whole or not at all, or which is written to when it is no regular file
                (a pipe, a device); or an open file.
            reference: Which snapshot.
            format: In which form.
            part: For ``csv``: ``relationships``, ``nodes`` or ``all`` (a zip of both).
            graph: Of which live graph the reference speaks.
        """
        with self._transport.stream(_export(reference, format, part, graph)) as response:
            if isinstance(destination, Path):
                return save_export(response, destination)
            return copy_export(response, destination)

    def revise(
        self,
        reference: str,
        revision: SnapshotRevision,
        *,
        graph: str = DEFAULT_GRAPH,
        etag: str | None = None,
    ) -> Snapshot:
        """Change tags, note or pin.

        Args:
            reference: Which snapshot.
            revision: What changes; the rest stays.
            graph: Of which live graph the reference speaks.
            etag: Only when it has not changed since an answer with this ETag; StaleRevisionError otherwise.
        """
        given: Mapping[str, Any] = {
            "tags": None if revision.tags is None else list(revision.tags),
            "note": revision.note,
            "pinned": revision.pinned,
        }
        body = {name: value for name, value in given.items() if value is not None}
        headers = {"If-Match": etag} if etag else {}
        query = [("graph", graph)]
        return snapshot_from_json(self._json("PATCH", _snapshot(reference), query=query, body=body, headers=headers))

    def tag(
        self, reference: str, *, add: Sequence[str] = (), remove: Sequence[str] = (), graph: str = DEFAULT_GRAPH
    ) -> Snapshot:
        """Add tags and take others away; what somebody else adds at the same time stays.

        Args:
            reference: Which snapshot.
            add: Tags that it shall have.
            remove: Tags that it shall not have; goes before ``add``.
            graph: Of which live graph the reference speaks.

        Raises:
            StaleRevisionError: It was changed by others each time we tried.
        """
        for _ in range(TAG_ATTEMPTS - 1):
            with suppress(StaleRevisionError):
                return self._tag_once(reference, add, remove, graph)
        return self._tag_once(reference, add, remove, graph)

    def _tag_once(self, reference: str, add: Sequence[str], remove: Sequence[str], graph: str) -> Snapshot:
        query = [("graph", graph), ("graph_state", "false")]
        answer = self._transport.call(Request(method="GET", path=_snapshot(reference), query=query))
        header = snapshot_from_json(orjson.loads(answer.content))
        wanted = SnapshotRevision(tags=tuple(sorted({*header.tags, *add} - set(remove))))
        return self.revise(header.id, wanted, etag=answer.headers["ETag"])

    def delete(self, reference: str, *, graph: str = DEFAULT_GRAPH) -> None:
        """Delete a snapshot: it is invisible at once."""
        # Never repeated: after a lost answer `latest` or a tag would stand for the next one.
        request = Request(method="DELETE", path=_snapshot(reference), query=[("graph", graph)], is_repeatable=False)
        self._transport.call(request)

    def watch(
        self,
        graph: str = DEFAULT_GRAPH,
        *,
        wanted: LiveFilter | None = None,
        kept: WatchedGraph | None = None,
        stop: Event | None = None,
    ) -> Iterator[LiveUpdate]:
        """Follow a live graph: its state, then every change, for as long as the caller reads.

        Breaks are gone over: the stream comes back with growing pauses and goes on where it was, or begins with a
        state again. The sequence is proved; a delta that does not go on from the one before is never given.

        Args:
            graph: The live graph by name.
            wanted: What of it, filtered by the server; goes before ``graph``.
            kept: Is kept up, so that the whole graph can be looked at between two updates.
            stop: Ends the iteration, after the next message or within 40 s.

        Raises:
            UnavailableError: The first connection fails; a client of an app inside the process has no live stream.
            NotFoundError: There is no such live graph.

        Example::

            for update in client.watch():
                print(update.kind, update.seq)
        """
        return watch(self._transport, wanted or LiveFilter(graph=graph), kept or WatchedGraph(), stop=stop)

    def check(self) -> None:
        """Ask whether every part of the server is usable.

        Raises:
            UnavailableError: The message names the parts that are not, and what to do.
        """
        self._json("GET", "/readyz")

    def version(self) -> Mapping[str, Any]:
        """Tell which versions run on the server: the body of ``/version``."""
        document: Mapping[str, Any] = self._json("GET", "/version")
        return document

    def _json(
        self,
        method: str,
        path: str,
        *,
        query: Sequence[tuple[str, str]] = (),
        body: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Send a request and read the JSON of its answer; a change of a header is never repeated."""
        request = Request(
            method=method, path=path, query=query, json=body, headers=headers, is_repeatable=method != "PATCH"
        )
        content = self._transport.call(request).content
        try:
            return orjson.loads(content)
        except orjson.JSONDecodeError as error:
            raise ServerUnavailableError(
                f"{path} answered something else than JSON: is this a snapgraph server?"
            ) from error


def _with_path_as_bytes(app: Callable[..., Any]) -> Callable[..., Any]:
    """Give the path as WSGI wants it: bytes that stand as Latin-1 (PEP 3333); httpx gives it decoded."""

    def wrapped(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        return app({**environ, "PATH_INFO": environ["PATH_INFO"].encode().decode("latin-1")}, start_response)

    return wrapped


def _snapshot(reference: str) -> str:
    try:
        return f"{SNAPSHOTS}/{quote(reference, safe='~@:')}"
    except UnicodeEncodeError as error:
        raise InvalidInputError(f"{reference!r} stands for no snapshot: it is no UTF-8 text.") from error


def _export(reference: str, format_: str, part: str, graph: str) -> Request:
    query = [("format", format_), ("graph", graph)]
    if format_ == "csv":
        query.append(("part", part))
    packed = {"Accept-Encoding": "gzip"}  # the one packing whose digest is checked on the way
    return Request(method="GET", path=f"{_snapshot(reference)}/export", query=query, headers=packed)
