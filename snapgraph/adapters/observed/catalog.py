"""Tables, indexes and views: what is read in every tick, and what is kept from one to the next.

Sizes and definitions need a lock on the table, which an ``ALTER TABLE`` may hold for minutes: just then the rest must
not wait. So they are read when they are new and every few ticks, tables that are held exclusively are left out, and the
last value stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from snapgraph.adapters.observed.session import Session
from snapgraph.model.observations import TableCounters, TableName, ViewDefinition

__all__ = ["Catalog"]

TICKS_PER_REFRESH = 12
"""Sizes change slowly and cost a system call per file; a renamed column changes a definition unseen: once a minute."""


class Definitions:
    """Texts of indexes or views by id, each with the edition that it was read of."""

    def __init__(self, query: str) -> None:
        self._query = query
        self._known: dict[int, tuple[str, str]] = {}

    def texts(self, session: Session, editions: Mapping[int, str], *, refresh: bool) -> dict[int, str]:
        """Give the texts; of what cannot be read now the last one known, or none.

        Args:
            session: To read with.
            editions: Id -> what changes with the definition, of everything that is there.
            refresh: Read them all again.
        """
        known = {id_: self._known[id_] for id_ in editions.keys() & self._known.keys()}
        wanted = [id_ for id_ in editions if refresh or id_ not in known or known[id_][0] != editions[id_]]
        if wanted:
            rows = session.ask_unless_locked(self._query, {"ids": wanted})
            known |= {id_: (editions[id_], text) for id_, text in rows if text is not None}
        self._known = known
        return {id_: text for id_, (_, text) in known.items()}


class Catalog:
    """What is known of the tables and views of one database."""

    def __init__(self) -> None:
        self._reads = 0
        self._sizes: dict[int, int] = {}
        self._indexes = Definitions("index_definitions")
        self._views = Definitions("view_definitions")

    def read(self, session: Session) -> tuple[tuple[TableCounters, ...], tuple[ViewDefinition, ...]]:
        """Read all tables with their indexes, and all views."""
        refresh = self._reads % TICKS_PER_REFRESH == 0
        self._reads += 1
        if refresh:
            self._sizes |= dict(session.ask_unless_locked("sizes"))
        indexes = self._read_indexes(session, refresh=refresh)
        tables = tuple(self._table(row, indexes) for row in session.ask("tables"))
        return tables, self._read_views(session, refresh=refresh)

    def _table(self, row: tuple[Any, ...], indexes: Mapping[int, tuple[str, ...] | None]) -> TableCounters:
        id_, schema, name, rows, sequential_scans, sequential_rows, index_scans, schemas, names = row
        return TableCounters(
            schema=schema,
            name=name,
            row_estimate=rows or 0,
            sequential_scans=sequential_scans,
            sequential_rows=sequential_rows,
            index_scans=index_scans,
            size_bytes=self._sizes.get(id_),
            indexes=indexes.get(id_, ()),
            partitions=tuple(map(TableName, schemas or (), names or ())),
        )

    def _read_indexes(self, session: Session, *, refresh: bool) -> dict[int, tuple[str, ...] | None]:
        """Give the definitions per table; ``None`` for a table of which one is not known yet."""
        rows = session.ask("indexes")
        texts = self._indexes.texts(session, {id_: edition for id_, edition, _ in rows}, refresh=refresh)
        found: dict[int, tuple[str, ...] | None] = {}
        for id_, _, table in rows:
            others, text = found.get(table, ()), texts.get(id_)
            found[table] = None if others is None or text is None else (*others, text)
        return found

    def _read_views(self, session: Session, *, refresh: bool) -> tuple[ViewDefinition, ...]:
        rows = session.ask("views")
        texts = self._views.texts(session, {id_: edition for id_, edition, _, _ in rows}, refresh=refresh)
        return tuple(ViewDefinition(schema, name, texts.get(id_, "")) for id_, _, schema, name in rows)
