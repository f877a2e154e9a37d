"""The grammar of times in addresses."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapgraph.web.times import read_time

NOW = datetime(2025, 1, 6, 14, 23, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2025-01-01", "2025-01-01T00:00:00+00:00"),
        ("2025-01-06T14:23:05Z", "2025-01-06T14:23:05+00:00"),
        ("2025-01-06t14:23:05z", "2025-01-06T14:23:05+00:00"),
        ("2025-01-06 14:23:05.25+02:00", "2025-01-06T12:23:05.250000+00:00"),
        ("2025-01-06T14:23-05:30", "2025-01-06T19:53:00+00:00"),
        ("1736173385", "2025-01-06T14:23:05+00:00"),
        ("1736173385.5", "2025-01-06T14:23:05.500000+00:00"),
        ("1736173385500", "2025-01-06T14:23:05.500000+00:00"),
        ("0", "1970-01-01T00:00:00+00:00"),
        ("now", "2025-01-06T14:23:05+00:00"),
        ("now-6h", "2025-01-06T08:23:05+00:00"),
        ("now-90s", "2025-01-06T14:21:35+00:00"),
        ("now-2w", "2024-12-23T14:23:05+00:00"),
    ],
)
def test_every_documented_form_is_read_as_utc(text, wanted):
    assert read_time(text, now=NOW).isoformat() == wanted


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "yesterday",
        "2025-01-06T14:23:05",
        "2025-01-06 14:23",
        "2025-13-01",
        "2025-02-30",
        "2025-01-06T25:00:00Z",
        "2025-01-06T14:23:61Z",
        "0000-01-01",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2025-01-06T14:23:05+99:99",
        "١٧٣٦١٧٣٣٨٥",
        "-1",
        "1e9",
        "99999999999999",
        "now-6y",
        "now-",
        "now+6h",
        "now-999999w",
        "NOW",
        "2025-W02-1",
        "2025-01-01\n",
        "2025-01-06T14:23:05 02:00",
    ],
)
def test_everything_else_is_refused_with_what_to_write(text):
    with pytest.raises(ValueError, match=r"should|offset|calendar|years"):
        read_time(text, now=NOW)


OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(timezones=OFFSETS, min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 29)))  # noqa: DTZ001
def test_every_rfc_3339_time_comes_back(moment):
    assert read_time(moment.isoformat(), now=NOW) == moment


@given(st.text())
def test_any_text_is_a_time_or_is_refused_with_a_reason(text):
    with contextlib.suppress(ValueError):
        assert read_time(text, now=NOW).tzinfo is not None
