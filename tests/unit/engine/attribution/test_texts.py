"""What is rewritten before a text is parsed, and what is left alone."""

import pytest

from snapgraph.engine.attribution.texts import plain_sql


def words(text):
    return plain_sql(text).split()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT $1", ["SELECT", ":p1"]),
        ("a$1 = b", ["a$1", "=", "b"]),
        ("SELECT '$1', \"$2\"", ["SELECT", "'$1',", '"$2"']),
        ("SELECT E'\\'$1' || $2", ["SELECT", "E'\\'$1'", "||", ":p2"]),
        ("SELECT 'it''s $1'", ["SELECT", "'it''s", "$1'"]),
        ("SELECT $$ $1 $$, $x$ $1 $$ $x$", ["SELECT", "$$", "$1", "$$,", "$x$", "$1", "$$", "$x$"]),
        ("VALUES ($1,$2)", ["VALUES", "(", ":p1", ",", ":p2", ")"]),
        ("SELECT $1 /* $2 /* nested */ */ -- $3", ["SELECT", ":p1"]),
        ("IN ($1 /*, ... */)", ["IN", "(", ":p1", ")"]),
        ("IN ($1, $2, $3, $4)", ["IN", "(", ":p1", ")"]),
    ],
)
def test_only_placeholders_and_comments_outside_of_literals_change(text, expected):
    assert words(text) == expected


def test_a_slice_of_placeholders_does_not_become_a_cast():
    assert "::" not in plain_sql("SELECT a[$1:$2]")
