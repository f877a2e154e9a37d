"""The file of statements."""

import re

from snapgraph.adapters.store.queries import QUERIES, parse

ON_PARTITIONS = ("known_chunks", "read_chunks", "add_chunks", "add_manifest", "read_manifests")


def test_comments_between_statements_belong_to_none():
    assert parse("-- A file.\n-- Of two.\n\n-- one: First.\nSELECT 1\n\n-- two: Second.\nSELECT\n  2\n") == {
        "one": "SELECT 1",
        "two": "SELECT\n  2",
    }


def test_every_statement_on_a_partitioned_table_carries_class_and_time():
    for name, statement in QUERIES.items():
        touches = bool(re.search(r"\b(FROM|INTO) (chunk|manifest)\b", statement))
        assert touches == (name in ON_PARTITIONS)
        if touches:
            assert "class_no" in statement
            assert "captured_at" in statement
