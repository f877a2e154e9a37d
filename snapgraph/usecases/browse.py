"""Look at what is stored: one snapshot, its payload, a page of headers, the live graphs that have any."""

from __future__ import annotations

from dataclasses import dataclass

from snapgraph.adapters.store import Store, graphs, history, payloads, snapshots
from snapgraph.adapters.store.graphs import StoredGraph
from snapgraph.model.columns import GraphColumns
from snapgraph.model.queries import Page, SnapshotFilter
from snapgraph.model.snapshots import HistoryEntry, Snapshot

__all__ = ["StoredGraph", "WholeSnapshot", "find", "find_whole", "list_graphs", "list_page"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WholeSnapshot:
    """A snapshot with everything that was captured.

    Attributes:
        header: What it says of itself.
        graph: Nodes and edges, in canonical order.
        history: Earlier snapshots, when they were asked for at the capture; oldest first.
    """

    header: Snapshot
    graph: GraphColumns
    history: tuple[HistoryEntry, ...] = ()


def find(reference: str, *, store: Store, graph: str = "default") -> Snapshot:
    """Find one header.

    Args:
        reference: An id, ``latest``, ``latest~3``, ``@<time>``, ``v17`` or a tag.
        store: Where to look.
        graph: Of which live graph, for references that are no id.

    Raises:
        NotFoundError: There is none.
        GoneError: It was deleted.
    """
    with store.read() as tx:
        return snapshots.get(tx, reference, graph=graph)


def find_whole(reference: str, *, store: Store, graph: str = "default") -> WholeSnapshot:
    """Find one snapshot with its graph and history, all as of one moment.

    Raises:
        NotFoundError: There is none.
        GoneError: It was deleted, or its payload has been removed by retention.
    """
    with store.read() as tx:
        header = snapshots.get(tx, reference, graph=graph)
        earlier = tuple(history.read(tx, header)) if header.has_history else ()
        return WholeSnapshot(header=header, graph=payloads.read_graph(tx, header), history=earlier)


def list_page(wanted: SnapshotFilter, *, store: Store, limit: int, cursor: str | None = None) -> Page[Snapshot]:
    """Give a page of headers, in stable order.

    Raises:
        InvalidInputError: The cursor is none of ours, or belongs to another question.
    """
    with store.read() as tx:
        return snapshots.page(tx, wanted, limit=limit, cursor=cursor)


def list_graphs(*, store: Store) -> list[StoredGraph]:
    """List the live graphs of which something is stored, by name."""
    with store.read() as tx:
        return graphs.list_all(tx)
