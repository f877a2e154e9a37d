"""From names in a statement to the tables that there are.

A name without a schema is the table in ``public``, else the only table of that name in any schema. Views stand for the
tables and joins of their definition, partitions for their partitioned table. What is no user table (system catalogs,
temporary and dropped tables, an ambiguous name) is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from snapgraph.engine.attribution.statements import shape_of
from snapgraph.model.observations import Join, StatementShape, TableCounters, TableName, ViewDefinition

__all__ = ["PUBLIC", "Attribution", "Catalogue", "Pair", "attribute", "catalogue_of", "display_name"]

PUBLIC = "public"
_MAX_VIEW_DEPTH = 8
"""Views of views; what lies deeper is taken as no table at all."""


class Pair(NamedTuple):
    """The ends of an edge, by the names of the nodes."""

    source: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """To which nodes and edges the work of a statement belongs.

    Attributes:
        tables: Every table that it touches, once.
        pairs: Pair -> joins of that pair; 0 for the loop of a table that is joined to nothing.
    """

    tables: tuple[str, ...]
    pairs: Mapping[Pair, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """The tables and views of the observed database.

    Attributes:
        tables: Table, or partition of one -> name of the node.
        views: View -> shape of its definition.
        schemas: Name -> schemas that have a table or view of that name.
    """

    tables: Mapping[TableName, str] = field(default_factory=dict)
    views: Mapping[TableName, StatementShape] = field(default_factory=dict)
    schemas: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def find(self, name: TableName) -> TableName | None:
        """Find the table or view that a statement means, with its schema."""
        if name.schema is not None:
            return name if name in self.tables or name in self.views else None
        schemas = self.schemas.get(name.name, ())
        if PUBLIC in schemas:
            return TableName(PUBLIC, name.name)
        return TableName(schemas[0], name.name) if len(schemas) == 1 else None


def display_name(schema: str, name: str) -> str:
    """Name the node of a table.

    >>> display_name("public", "users"), display_name("sales", "orders")
    ('users', 'sales.orders')
    """
    return name if schema == PUBLIC else f"{schema}.{name}"


def catalogue_of(tables: tuple[TableCounters, ...], views: tuple[ViewDefinition, ...]) -> Catalogue:
    """Build the catalogue from what was read."""
    nodes: dict[TableName, str] = {}
    for table in tables:
        node = display_name(table.schema, table.name)
        nodes |= dict.fromkeys((TableName(table.schema, table.name), *table.partitions), node)
    shapes = {TableName(view.schema, view.name): shape_of(view.text) for view in views}
    schemas: dict[str, tuple[str, ...]] = {}
    for schema, name in sorted({*nodes, *shapes}):
        schemas[name] = (*schemas.get(name, ()), schema or "")
    return Catalogue(tables=nodes, views=shapes, schemas=schemas)


def attribute(shape: StatementShape, catalogue: Catalogue) -> Attribution:
    """Say to which nodes and edges a statement belongs."""
    expansion = _Expansion(catalogue)
    expansion.take(shape, depth=0)
    joined = {end for pair in expansion.pairs for end in pair}
    loops = {Pair(table, table): 0 for table in expansion.tables if table not in joined}
    return Attribution(tables=tuple(expansion.tables), pairs=dict(expansion.pairs) | loops)


class _Expansion:
    """Collects tables and joins while views are replaced by what they stand for."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.tables: dict[str, None] = {}
        self.pairs: Counter[Pair] = Counter()

    def take(self, shape: StatementShape, *, depth: int) -> str | None:
        """Take in a statement, or the definition of a view; return its driving table."""
        stands_for = {name: self._table_for(name, depth) for name in shape.tables}
        for join in shape.joins:
            self._join(join, stands_for)
        return stands_for.get(shape.driving) if shape.driving else None

    def _table_for(self, name: TableName, depth: int) -> str | None:
        found = self.catalogue.find(name)
        if found is None:
            return None
        node = self.catalogue.tables.get(found)
        if node is not None:
            self.tables[node] = None
            return node
        if depth >= _MAX_VIEW_DEPTH:
            return None
        return self.take(self.catalogue.views[found], depth=depth + 1)

    def _join(self, join: Join, stands_for: Mapping[TableName, str | None]) -> None:
        source, target = stands_for.get(join.earlier), stands_for.get(join.joined)
        if source is not None and target is not None:
            self.pairs[Pair(source, target)] += 1
