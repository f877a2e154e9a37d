"""Arrange the page: where nodes are drawn, and views with a name."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from snapgraph.adapters.store import Store, page
from snapgraph.adapters.store.page import Layout, SavedView

__all__ = ["Layout", "SavedView", "delete_view", "list_views", "place_nodes", "save_view", "show_layout"]


def show_layout(graph: str, *, store: Store) -> Layout:
    """Give the positions of a live graph."""
    with store.read() as tx:
        return page.layout(tx, graph)


def place_nodes(graph: str, positions: Mapping[str, tuple[float, float]], *, store: Store) -> int:
    """Set some positions and keep the others; give how many there are then.

    Raises:
        InvalidInputError: A key that cannot be stored, or too many of them.
    """
    with store.begin() as tx:
        return page.place(tx, graph, positions)


def list_views(graph: str, *, store: Store) -> list[SavedView]:
    """List the saved views of a live graph by name."""
    with store.read() as tx:
        return page.views(tx, graph)


def save_view(graph: str, name: str, query: str, *, store: Store) -> SavedView:
    """Save a view.

    Raises:
        ConflictError: There is one of that name, or there are too many.
    """
    with store.begin() as tx:
        return page.save_view(tx, graph=graph, name=name, query=query)


def delete_view(view_id: UUID, *, store: Store) -> None:
    """Delete a view.

    Raises:
        NotFoundError: There is none.
    """
    with store.begin() as tx:
        page.delete_view(tx, view_id)
