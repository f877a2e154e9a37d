"""The strict reader of JSON: what a naive handler answers with 500 is refused, and everything else is read."""

from __future__ import annotations

import contextlib
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapgraph.errors import MalformedRequestError
from snapgraph.web.strict_json import MAX_DEPTH, read_json

REFUSED = {
    "nothing": b"",
    "cut off": b'{"a": ',
    "two values": b"{}{}",
    "trailing comma": b"[1,]",
    "single quotes": b"{'a': 1}",
    "NaN": b'{"a": NaN}',
    "Infinity": b"[Infinity]",
    "minus Infinity": b"[-Infinity]",
    "1e400": b"[1e400]",
    "2^63": b"[9223372036854775808]",
    "below -2^63": b"[-9223372036854775809]",
    "5000 digits": b"[" + b"9" * 5000 + b"]",
    "depth 65": b"[" * 65 + b"]" * 65,
    "depth 100000": b"[" * 100_000,
    "depth of objects": b'{"a":' * 100_000,
    "name twice": b'{"a": 1, "a": 2}',
    "NUL escaped": rb'{"a": "\u0000"}',
    "NUL in a name": rb'{"\u0000": 1}',
    "NUL raw": b'{"a": "\x00"}',
    "lone high surrogate": rb'{"a": "\ud800"}',
    "lone low surrogate": rb'["\udfff"]',
    "encoded surrogate": b'["\xed\xa0\x80"]',
    "bad UTF-8": b'{"a": "\xff"}',
    "overlong": b'["\xc0\xaf"]',
    "BOM": b"\xef\xbb\xbf{}",
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "Arabic digits": "[١٢٣]".encode(),
    "leading zero": b"[01]",
    "hexadecimal": b"[0x10]",
    "control character": b'["\x01"]',
}


@pytest.mark.parametrize("raw", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_clean_json_is_refused_as_malformed(raw):
    with pytest.raises(MalformedRequestError) as caught:
        read_json(raw)
    assert caught.value.problems[0].detail


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8", exclude_characters="\x00")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8", min_codepoint=1)), inner),
    max_leaves=20,
)


@given(JSON)
def test_everything_else_is_read_as_it_is(value):
    assert read_json(json.dumps(value).encode()) == value


def test_brackets_inside_strings_are_no_depth():
    assert read_json(b'["' + b"[" * 1000 + rb"\"[[[" + b'"]') == ["[" * 1000 + '"[[[']


def test_the_deepest_body_that_is_taken_is_read():
    assert read_json(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)


@pytest.mark.parametrize(
    "raw",
    [
        b'"' + rb"\"" * 500_000,
        b'"' * 1_000_000,
        b"\\" * 1_000_000,
        b'{"a":' * 200_000,
        json.dumps({str(number): number for number in range(60_000)}).encode(),
        b"{" + b",".join(b'"%d":1' % number for number in range(60_000)) + b',"59999":1}',
    ],
    ids=["escaped quotes", "quotes", "backslashes", "objects", "many names", "last name twice"],
)
def test_a_megabyte_costs_less_than_a_second_of_cpu_whatever_it_holds(raw):
    started = time.process_time()
    with contextlib.suppress(MalformedRequestError):
        read_json(raw)
    assert time.process_time() - started < 1


def test_a_bad_text_is_pointed_at():
    with pytest.raises(MalformedRequestError) as caught:
        read_json(rb'{"tags": ["a", "b\u0000"]}')
    assert caught.value.problems[0].pointer == "/tags/1"
