"""Filters of the model as the query strings of REST."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from snapgraph.errors import InvalidInputError
from snapgraph.model.changes import DiffOptions
from snapgraph.model.queries import ChangeFilter, SnapshotFilter

__all__ = ["Pairs", "change_query", "list_query", "option_query"]

Pairs = Iterator[tuple[str, str]]

NO_VOLATILE = "none"
"""``volatile=none``: compare every field; an empty list cannot be said in a query string."""


def list_query(wanted: SnapshotFilter) -> Pairs:
    """Say which snapshots to list."""
    for name, values in (
        ("trigger", wanted.trigger),
        ("severity", wanted.severity),
        ("retention_class", wanted.retention_class),
        ("quality", wanted.quality),
    ):
        yield from _each(name, values)
    for name, moment in (("since", wanted.since), ("until", wanted.until)):
        if moment is not None:
            yield name, moment.isoformat()
    yield from _given(tag=wanted.tag, q=wanted.text, graph=wanted.graph)
    if wanted.pinned is not None:
        yield "pinned", str(wanted.pinned).lower()
    if not wanted.newest_first:
        yield "sort", "oldest"


def change_query(wanted: ChangeFilter) -> Pairs:
    """Say which changes of a comparison to give."""
    yield from _given(kind=wanted.kind, q=wanted.text)
    for name, values in (
        ("op", wanted.op),
        ("direction", wanted.direction),
        ("severity", wanted.severity),
        ("significance", wanted.significance),
        ("type", wanted.type),
        ("field", wanted.field),
    ):
        yield from _each(name, values)
    yield "sort", wanted.sort


def option_query(options: DiffOptions) -> Pairs:
    """Say what counts as a difference.

    Raises:
        InvalidInputError: Tolerances per type, which REST does not take.
    """
    if options.tolerances:
        raise InvalidInputError("REST takes one absolute tolerance, not one per relationship type.")
    yield "absolute_tolerance", f"{options.absolute_tolerance:.15f}".rstrip("0").rstrip(".")
    yield "relative_tolerance", f"{options.relative_tolerance:.15f}".rstrip("0").rstrip(".")
    yield from _each("volatile", options.volatile or (NO_VOLATILE,))


def _each(name: str, values: Iterable[str]) -> Pairs:
    for value in values:
        yield name, str(value)


def _given(**values: str | None) -> Pairs:
    for name, value in values.items():
        if value is not None:
            yield name, str(value)
