"""Query strings and bodies: strict values, every problem at once, allowed values named."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Literal

import pytest
from pydantic import Field

from snapgraph.errors import InvalidInputError, MalformedRequestError
from snapgraph.web.parameters import (
    PLAIN_INTEGER,
    PLAIN_NUMBER,
    Body,
    Flag,
    Moment,
    Query,
    Text,
    read_body,
    read_query,
    read_segment,
)

NOW = datetime(2025, 1, 6, tzinfo=UTC)


class Colour(StrEnum):
    """A closed set."""

    RED = "red"
    BLUE = "blue"


class Asked(Query):
    """A query string with a field of every kind."""

    limit: Annotated[int, Field(ge=1, le=100), PLAIN_INTEGER] = 50
    share: Annotated[float, Field(ge=0), PLAIN_NUMBER] = 0.0
    pinned: Flag | None = None
    since: Moment | None = None
    colour: tuple[Colour, ...] = ()
    q: Text | None = None


class Sent(Body):
    """A body."""

    kind: Literal["manual"] = "manual"
    count: int = 0
    names: list[str] = Field(default_factory=list)


def refused(raw: bytes) -> dict[str, tuple[str, tuple[str, ...]]]:
    with pytest.raises(InvalidInputError) as caught:
        read_query(Asked, raw, now=NOW)
    return {each.pointer: (each.detail, each.allowed) for each in caught.value.problems}


def test_a_query_is_read():
    asked = read_query(Asked, b"limit=7&share=0.5&pinned=true&since=now-6h&colour=red&colour=blue&q=%C3%A4+b", now=NOW)
    assert asked == Asked(
        limit=7,
        share=0.5,
        pinned=True,
        since=datetime(2025, 1, 5, 18, tzinfo=UTC),
        colour=(Colour.RED, Colour.BLUE),
        q="ä b",
    )
    assert read_query(Asked, b"", now=NOW) == Asked()


def test_every_problem_is_told_with_what_would_be_taken():
    found = refused(b"limit=-1&colour=green&pinned=yes&colr=red&since=x&q=a&q=b")
    assert set(found) == {"?limit", "?colour", "?pinned", "?colr", "?since", "?q"}
    assert found["?colour"][1] == ("red", "blue")
    assert "did you mean colour?" in found["?colr"][0]
    assert "limit" in found["?colr"][1]
    assert "give it once" in found["?q"][0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "+5",
        "5.0",
        "1e1",
        "%D9%A1",
        "1_0",
        "%205",
        "0x5",
        "5%00",
        "9" * 5000,
        "NaN",
        "[]",
        "null",
        "true",
        "101",
        "0",
    ],
)
def test_only_plain_digits_within_the_bounds_are_an_integer(text):
    assert set(refused(f"limit={text}".encode())) == {"?limit"}


@pytest.mark.parametrize("text", ["NaN", "inf", "1e400", "-0.1", "", "1,5", "0x1p3", "--1"])
def test_only_plain_finite_numbers_are_a_number(text):
    assert set(refused(f"share={text}".encode())) == {"?share"}


@pytest.mark.parametrize("raw", [b"q=%FF", b"q=%ED%A0%80", b"q=\xff", b"q=" + b"a" * 9000, b"&".join([b"q=a"] * 101)])
def test_what_is_no_clean_query_string_is_malformed(raw):
    with pytest.raises(MalformedRequestError):
        read_query(Asked, raw, now=NOW)


@pytest.mark.parametrize("text", ["%00", "a%0Ab", "%7F", "a" * 201, ""])
def test_a_text_holds_no_control_characters_and_is_not_endless(text):
    assert set(refused(f"q={text}".encode())) == {"?q"}


@pytest.mark.parametrize(
    ("value", "pointers"),
    [
        ([], {""}),
        (None, {""}),
        ("x", {""}),
        ({"count": "1"}, {"/count"}),
        ({"count": True}, {"/count"}),
        ({"count": 1.0}, {"/count"}),
        ({"count": None}, {"/count"}),
        ({"names": {}}, {"/names"}),
        ({"names": ["a", 1, None]}, {"/names/1", "/names/2"}),
        ({"kind": "smart", "extra": 1}, {"/kind", "/extra"}),
        ({"a/b~": 1}, {"/a~1b~0"}),
    ],
)
def test_a_body_takes_no_value_for_one_of_another_type(value, pointers):
    with pytest.raises(InvalidInputError) as caught:
        read_body(Sent, value)
    assert {each.pointer for each in caught.value.problems} == pointers


@pytest.mark.parametrize("text", ["a\x00b", "a\nb", "�", "x" * 201])
def test_a_part_of_a_path_is_printable(text):
    with pytest.raises(InvalidInputError):
        read_segment("snapshot_id", text)
