"""Property values and times between Python, JSON and columns."""

from datetime import UTC, date, datetime, time, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapgraph.engine.formats.values import (
    column_from_values,
    column_values,
    json_value,
    text_to_time,
    texts_to_times,
    time_column,
    time_to_text,
    times_to_texts,
)
from snapgraph.errors import InvalidInputError
from snapgraph.model.values import MAX_TIME_US, MIN_TIME_US, canonical_json
from snapgraph.model.vocabulary import ColumnKind
from tests.fixtures.graphs import VALUES

TIMES = st.lists(st.integers(MIN_TIME_US, MAX_TIME_US), max_size=20)


@given(TIMES)
def test_times_come_back_from_their_texts(times):
    written = times_to_texts(np.array(times, dtype=np.int64))

    assert texts_to_times(written).tolist() == times


@given(TIMES)
def test_times_are_what_python_writes(times):
    epoch = datetime(1970, 1, 1, tzinfo=UTC)

    assert times_to_texts(np.array(times, dtype=np.int64)) == [
        time_to_text(epoch + timedelta(microseconds=each)) for each in times
    ]


def test_the_specifications_time_stands_as_in_its_example():
    assert time_to_text(datetime(2025, 1, 6, 15, 23, 5, tzinfo=timezone(timedelta(hours=1)))) == "2025-01-06T14:23:05Z"


@pytest.mark.parametrize("text", ["", "2025-01-06", "2025-01-06T14:23:05", "now", "14:23", "0001-01-01T00:00:00+23:59"])
def test_what_is_no_moment_is_refused_with_an_example(text):
    with pytest.raises(InvalidInputError, match="2025-01-06T14:23:05Z"):
        text_to_time(text)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (2**53, 2**53),
        (2**53 + 1, {"$type": "Integer", "value": "9007199254740993"}),
        (-(2**53) - 1, {"$type": "Integer", "value": "-9007199254740993"}),
        (date(2025, 1, 6), {"$type": "Date", "value": "2025-01-06"}),
        (time(14, 23, 5, 500_000), {"$type": "LocalTime", "value": "14:23:05.5"}),
        (time(14, 23, tzinfo=timezone(timedelta(hours=-3, minutes=-30))), {"$type": "Time", "value": "14:23:00-03:30"}),
        (datetime(2025, 1, 6, 14, 23, 5, tzinfo=UTC), {"$type": "DateTime", "value": "2025-01-06T14:23:05Z"}),
        (datetime(2025, 1, 6, 14, 23, 5), {"$type": "LocalDateTime", "value": "2025-01-06T14:23:05"}),  # noqa: DTZ001 - local on purpose
        (timedelta(seconds=-90, microseconds=-5), {"$type": "Duration", "value": "PT-90.000005S"}),
        (b"\xde\xad\xbe\xef", {"$type": "Bytes", "value": "3q2+7w=="}),
        (np.float64(1.5), 1.5),
        ([1, date(2025, 1, 6)], [1, {"$type": "Date", "value": "2025-01-06"}]),
    ],
)
def test_a_value_that_json_does_not_have_is_tagged(value, written):
    assert json_value(value) == written


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [float("-inf")], object(), {1, 2}])
def test_what_cannot_be_a_property_is_refused(value):
    with pytest.raises(InvalidInputError):
        json_value(value)


@given(st.lists(st.one_of(st.none(), VALUES), max_size=10))
def test_columns_give_back_the_values_they_were_built_from(values):
    column = column_from_values(values)
    read = [None] * len(values) if column is None else column_values(column)

    assert [canonical_json(value) for value in read] == [canonical_json(value) for value in values]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1.0, None], ColumnKind.FLOAT),
        ([1, {"$type": "Integer", "value": str(2**62)}], ColumnKind.INTEGER),
        ([1, {"$type": "Integer", "value": str(2**64)}], ColumnKind.JSON),
        ([True, False], ColumnKind.BOOLEAN),
        (["a"], ColumnKind.TEXT),
        ([1, 1.0], ColumnKind.JSON),
        ([1, True], ColumnKind.JSON),
        ([[1]], ColumnKind.JSON),
    ],
)
def test_the_kind_of_a_column_follows_from_its_values(values, kind):
    assert column_from_values(values).kind is kind


def test_absent_values_have_code_minus_one_and_no_category():
    column = column_from_values(["a", None, "b", "a"])

    assert column.values.tolist() == [0, -1, 1, 0]
    assert column.categories == ("a", "b")
    assert column.present.tolist() == [True, False, True, True]


def test_epoch_numbers_are_seconds_and_from_thirteen_digits_on_milliseconds():
    column = time_column([1_736_173_385, 1_736_173_385.5, 1_736_173_385_000, None, "2025-01-06T14:23:05Z"])

    assert column.values.tolist() == [
        1_736_173_385_000_000,
        1_736_173_385_500_000,
        1_736_173_385_000_000,
        0,
        1_736_173_385_000_000,
    ]


@pytest.mark.parametrize("value", [True, [], {}, 1e300, -1e300, "soon"])
def test_what_is_no_time_is_refused_in_a_time_column(value):
    with pytest.raises(InvalidInputError):
        time_column([value])
