"""From a syntax tree to the tables and joins of a statement.

The model: every query has a *driving* table, the first real one in FROM, or the one that is written. A derived table,
CTE or subquery stands for its own driving table. A subquery in a condition (``IN``, ``EXISTS``, a scalar) is a join
too, from the table that its correlation or the compared column names. The branches of a UNION are queries side by side:
no join lies between them.

Weakness: without the schema an unqualified column cannot be given to a table, so ``ON user_id = id`` and ``USING``
join to the driving table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from snapgraph.model.observations import Join, TableName

__all__ = ["Relations", "relations_of"]

_Names = dict[str, TableName | None]
"""What an alias, or the name of a CTE, stands for; ``None``: nothing that is a table (a function, VALUES)."""

_Predicates = Sequence[exp.Expr]

_WRITING = (exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Create)
_SOURCE_PARTS = frozenset({"with_", "into", "from_", "joins", "laterals", "using"})
"""Parts of a statement that are visited as sources; subqueries are looked for in all others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relations:
    """Tables in the order of appearance, each once, every join, and the driving table."""

    tables: tuple[TableName, ...]
    joins: tuple[Join, ...]
    driving: TableName | None


def relations_of(tree: exp.Expr) -> Relations:
    """Find the tables and joins of a parsed statement."""
    walk = _Walk()
    driving = walk.visit(tree, {}, {})
    return Relations(tables=tuple(walk.tables), joins=tuple(walk.joins), driving=driving)


@dataclass(slots=True, kw_only=True)
class _Scope:
    """One query level; ``outer`` holds the aliases of the levels around it, for correlations."""

    ctes: _Names
    outer: _Names
    aliases: _Names = field(default_factory=dict)
    driving: TableName | None = None

    def visible(self) -> _Names:
        return self.outer | self.aliases


class _Walk:
    def __init__(self) -> None:
        self.tables: dict[TableName, None] = {}
        self.joins: list[Join] = []

    def visit(self, node: exp.Expr, ctes: _Names, outer: _Names) -> TableName | None:
        """Visit a query or a writing statement; return its driving table."""
        scope = _Scope(ctes=self._common_tables(node, ctes, outer), outer=outer)
        if isinstance(node, exp.SetOperation):
            left = self.visit(node.this, scope.ctes, outer)
            right = self.visit(node.expression, scope.ctes, outer)
            return left or right
        if isinstance(node, exp.Subquery):
            return self.visit(node.this, scope.ctes, outer)
        for source, predicates in _sources(node):
            self._attach(scope, source, predicates)
        for key, part in node.args.items():
            if key not in _SOURCE_PARTS and not (key == "this" and isinstance(node, _WRITING)):
                self._visit_within(part, scope)
        return scope.driving

    def _common_tables(self, node: exp.Expr, ctes: _Names, outer: _Names) -> _Names:
        """Visit the CTEs of a statement; each stands for its driving table, a recursive one for that of its seed."""
        clause = node.args.get("with_")
        if clause is None:
            return ctes
        known = dict(ctes)
        for cte in clause.expressions:
            name = _folded(cte.args["alias"].this)
            if clause.args.get("recursive") and isinstance(cte.this, exp.SetOperation):
                known[name] = self.visit(cte.this.this, known | {name: None}, outer)
                self.visit(cte.this.expression, known, outer)
            else:
                known[name] = self.visit(cte.this, known, outer)
        return known

    def _attach(self, scope: _Scope, source: exp.Expr, predicates: _Predicates) -> None:
        """Take one source into a scope: the first table drives, each other is joined to an earlier one."""
        if isinstance(source, exp.Subquery) and isinstance(source.this, exp.Table | exp.Subquery):  # FROM (a JOIN b …)
            self._attach(scope, source.this, predicates)
        else:
            alias = _folded(source.args["alias"].this) if source.alias else source.name.lower()
            table = self._stands_for(source, scope)
            if table is not None and scope.driving is not None:
                earlier = _named_beside(alias, predicates, scope.aliases) or _correlated(source, scope.aliases)
                self.joins.append(Join(earlier or scope.driving, table))
            scope.driving = scope.driving or table
            scope.aliases[alias] = table
        for join in source.args.get("joins") or ():
            self._attach(scope, join.this, _conjuncts(join.args.get("on")))
            self._visit_within(join.args.get("on"), scope)

    def _stands_for(self, source: exp.Expr, scope: _Scope) -> TableName | None:
        """Give the table that a source stands for, having visited what is inside it."""
        if isinstance(source, exp.Schema):  # INSERT INTO t (a, b)
            return self._stands_for(source.this, scope)
        if isinstance(source, exp.Table) and isinstance(source.this, exp.Identifier):
            schema, name = source.args.get("db"), _folded(source.this)
            if schema is None and name in scope.ctes:
                return scope.ctes[name]
            table = TableName(_folded(schema) if schema else None, name)
            self.tables[table] = None
            return table
        if isinstance(source, exp.Query):
            return self.visit(source, scope.ctes, scope.visible())
        if isinstance(source, exp.Lateral) and isinstance(source.this, exp.Query):
            return self.visit(source.this, scope.ctes, scope.visible())
        self._visit_within(source, scope)  # a function or VALUES: no table, unless a subquery is an argument
        return None

    def _visit_within(self, part: object, scope: _Scope) -> None:
        """Visit the subqueries inside an expression, each as a join to the table that it is compared with."""
        for query in _queries_within(part):
            driving = self.visit(query, scope.ctes, scope.visible())
            if driving is not None and scope.driving is not None:
                earlier = _correlated(query, scope.aliases) or _compared(query, scope.aliases)
                self.joins.append(Join(earlier or scope.driving, driving))
            scope.driving = scope.driving or driving


def _sources(node: exp.Expr) -> Iterator[tuple[exp.Expr, _Predicates]]:
    """Yield the sources of a statement in order, each with the predicates that may join it."""
    where = node.args.get("where")
    filters = _conjuncts(where.this if where else None)
    if isinstance(node, _WRITING) and node.this is not None:
        yield node.this, ()
    if into := node.args.get("into"):
        yield into.this, ()
    if clause := node.args.get("from_"):
        yield clause.this, filters
    using = node.args.get("using")
    for source in using if isinstance(using, list) else [using] if using else []:
        yield source, _conjuncts(node.args.get("on")) or filters
    for join in node.args.get("joins") or ():
        yield join.this, _conjuncts(join.args.get("on")) or (() if join.args.get("using") else filters)
    for lateral in node.args.get("laterals") or ():
        yield lateral, filters


def _conjuncts(condition: exp.Expr | None) -> _Predicates:
    if condition is None:
        return ()
    return list(condition.flatten()) if isinstance(condition, exp.And) else [condition]


def _named_beside(alias: str, predicates: _Predicates, aliases: _Names) -> TableName | None:
    """Find the earlier table that a join's condition names: beside the joined one if possible, else at all."""
    named = [[column.table.lower() for column in predicate.find_all(exp.Column)] for predicate in predicates]
    for qualifiers in [*(names for names in named if alias in names), *named]:
        for qualifier in qualifiers:
            if qualifier != alias and aliases.get(qualifier) is not None:
                return aliases[qualifier]
    return None


def _correlated(query: exp.Expr, aliases: _Names) -> TableName | None:
    """Find the outer table whose columns a subquery uses."""
    if isinstance(query, exp.Table):
        return None
    inner = {source.alias_or_name.lower() for source in query.find_all(exp.Table, exp.Subquery)}
    for column in query.find_all(exp.Column):
        qualifier = column.table.lower()
        if qualifier not in inner and aliases.get(qualifier) is not None:
            return aliases[qualifier]
    return None


def _compared(query: exp.Expr, aliases: _Names) -> TableName | None:
    """Find the table whose column is compared with a subquery: ``o.user_id IN (SELECT …)``."""
    predicate = query.find_ancestor(exp.Predicate)
    if predicate is None or not isinstance(predicate.this, exp.Expr) or predicate.this.find(exp.Query):
        return None
    for column in predicate.this.find_all(exp.Column):
        if aliases.get(column.table.lower()) is not None:
            return aliases[column.table.lower()]
    return None


def _queries_within(part: object) -> Iterator[exp.Expr]:
    """Yield the outermost queries inside an expression, or a list of them."""
    if isinstance(part, list):
        for item in part:
            yield from _queries_within(item)
    elif isinstance(part, exp.Expr):
        for node in part.walk(prune=lambda inner: isinstance(inner, exp.Query)):
            if isinstance(node, exp.Query):
                yield node


def _folded(identifier: exp.Expr) -> str:
    """Give a name as Postgres keeps it: in lower case unless quoted."""
    return identifier.name if identifier.args.get("quoted") else identifier.name.lower()
