"""Names in statements become nodes: schemas, views, partitions."""

import pytest

from snapgraph.engine.attribution.catalogue import Pair, attribute, catalogue_of
from snapgraph.engine.attribution.statements import shape_of
from snapgraph.model.observations import TableCounters, TableName, ViewDefinition


def table(schema, name, partitions=()):
    return TableCounters(schema, name, 0, 0, 0, 0, partitions=tuple(TableName(schema, part) for part in partitions))


CATALOGUE = catalogue_of(
    (
        table("public", "users"),
        table("public", "orders"),
        table("public", "items"),
        table("sales", "orders"),
        table("sales", "leads"),
        table("a", "twice"),
        table("b", "twice"),
        table("public", "events", ("events_2025", "events_2026")),
    ),
    (
        ViewDefinition("public", "open_orders", "SELECT o.id FROM public.orders o JOIN public.items i ON i.o = o.id"),
        ViewDefinition("public", "late_orders", "SELECT * FROM public.open_orders"),
        ViewDefinition("public", "loop_a", "SELECT * FROM public.loop_b"),
        ViewDefinition("public", "loop_b", "SELECT * FROM public.loop_a"),
        ViewDefinition("public", "locked", ""),
    ),
)


def pairs(text):
    return {
        f"{source}>{target}": joins for (source, target), joins in attribute(shape_of(text), CATALOGUE).pairs.items()
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT * FROM users", {"users>users": 0}),
        ("SELECT * FROM public.users", {"users>users": 0}),
        ("SELECT * FROM orders", {"orders>orders": 0}),
        ("SELECT * FROM sales.orders", {"sales.orders>sales.orders": 0}),
        ("SELECT * FROM leads", {"sales.leads>sales.leads": 0}),
        ("SELECT * FROM users u JOIN leads l ON l.u = u.id", {"users>sales.leads": 1}),
        ("SELECT * FROM users a JOIN users b ON a.id = b.boss", {"users>users": 1}),
        ("SELECT * FROM users u JOIN orders o ON o.u = u.id JOIN orders p ON p.u = u.id", {"users>orders": 2}),
        ("SELECT * FROM users UNION SELECT * FROM leads", {"users>users": 0, "sales.leads>sales.leads": 0}),
        ("SELECT * FROM twice", {}),
        ("SELECT * FROM pg_class JOIN users ON true", {"users>users": 0}),
        ("SELECT * FROM dropped", {}),
        ("SELECT * FROM other.users", {}),
        ("SELECT * FROM events_2025", {"events>events": 0}),
        ("SELECT * FROM users u JOIN events e ON e.u = u.id", {"users>events": 1}),
        ("SELECT * FROM open_orders", {"orders>items": 1}),
        ("SELECT * FROM users u JOIN late_orders o ON o.u = u.id", {"orders>items": 1, "users>orders": 1}),
        ("SELECT * FROM loop_a", {}),
        ("SELECT * FROM locked JOIN users ON true", {"users>users": 0}),
    ],
)
def test_names_become_the_pairs_that_they_stand_for(text, expected):
    assert pairs(text) == expected


def test_every_table_that_a_view_stands_for_is_touched():
    attribution = attribute(shape_of("SELECT * FROM users u JOIN late_orders o ON o.u = u.id"), CATALOGUE)

    assert set(attribution.tables) == {"users", "orders", "items"}


def test_a_statement_without_tables_touches_nothing():
    attribution = attribute(shape_of("SELECT now()"), CATALOGUE)

    assert attribution.tables == ()
    assert attribution.pairs == {}


def test_a_pair_has_its_direction():
    assert Pair("users", "orders") != Pair("orders", "users")
