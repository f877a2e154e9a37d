"""Ranges of partitions: every moment has exactly one of each class."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from snapgraph.model.partitions import class_number, partition_range, ranges_ahead
from snapgraph.model.vocabulary import RetentionClass

moments = st.datetimes(datetime(2000, 1, 3), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


@given(moments, st.sampled_from(list(RetentionClass)))
def test_a_moment_lies_in_its_range_and_the_next_range_begins_where_it_ends(moment, retention_class):
    found = partition_range(retention_class, moment)
    assert found.since <= moment < found.until
    assert partition_range(retention_class, found.since) == found
    assert partition_range(retention_class, found.until).since == found.until
    assert partition_range(retention_class, moment.astimezone(timezone(timedelta(hours=-11)))) == found


def test_the_widths_are_a_day_a_week_and_a_month():
    moment = datetime(2024, 2, 29, 23, 59, tzinfo=UTC)
    widths = {each: partition_range(each, moment) for each in RetentionClass}
    assert [(each.until - each.since).days for each in widths.values()] == [1, 7, 29, 29]
    assert widths[RetentionClass.MANUAL].since.weekday() == 0


def test_the_next_days_are_covered_without_gaps_and_across_months():
    found = ranges_ahead(datetime(2025, 12, 28, tzinfo=UTC), days_ahead=7)
    by_class = {each: [one for one in found if one.retention_class is each] for each in RetentionClass}
    assert [len(each) for each in by_class.values()] == [8, 2, 2, 2]
    for ranges in by_class.values():
        assert all(first.until == second.since for first, second in pairwise(ranges))


def test_the_numbers_of_the_classes_are_those_that_are_stored():
    assert [class_number(each) for each in RetentionClass] == [0, 1, 2, 3]
