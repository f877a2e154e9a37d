"""Snapshots on a strip: every one is counted, the most telling ones are marks, gaps are of scheduled ones only."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from snapgraph.engine.timeline import arrange, find_gaps
from snapgraph.engine.timeline.strips import bucket_seconds
from snapgraph.model.timelines import Mark
from snapgraph.model.vocabulary import QualityGrade, Severity, TriggerType

START = datetime(2025, 1, 6, tzinfo=UTC)


def mark(second, **more):
    return Mark(
        **{
            "snapshot_id": f"snap_{second}",
            "version": second,
            "captured_at": START + timedelta(seconds=second),
            "trigger": TriggerType.SCHEDULED,
            "severity": None,
            "quality": QualityGrade.CLEAN,
            "description": "",
            "tags": (),
            "pinned": False,
            "bottlenecks_count": 0,
            "change_magnitude": 0.1,
            **more,
        }
    )


def strip(marks, **more):
    options = {"since": None, "until": None, "total": len(marks), "buckets": 200, "most_marks": 1000, **more}
    return arrange(marks, captures=marks, graph="default", **options)


@given(st.sets(st.integers(0, 10**7), max_size=60), st.integers(1, 50))
def test_every_snapshot_is_in_one_bucket_and_there_are_never_too_many(seconds, buckets):
    made = strip([mark(second) for second in sorted(seconds)], buckets=buckets)
    assert sum(each.snapshots for each in made.buckets) == len(seconds)
    assert len(made.buckets) <= buckets
    assert [each.at for each in made.buckets] == sorted({each.at for each in made.buckets})


@given(st.floats(1e-6, 1e10), st.integers(1, 2000))
def test_buckets_are_wide_enough(seconds, most):
    assert bucket_seconds(seconds, most) * most >= seconds


def test_severe_then_kept_then_different_ones_stay():
    marks = [
        mark(0, severity=Severity.CRITICAL),
        mark(1, change_magnitude=0.9),
        mark(2, tags=("release",)),
        mark(3),
    ]
    made = strip(marks, most_marks=3)
    assert [each.version for each in made.marks] == [0, 1, 2]
    assert not made.complete


def test_a_capture_by_hand_neither_makes_a_gap_nor_fills_one():
    scheduled = [mark(60 * minute) for minute in (0, 1, 2, 3, 10)]
    by_hand = mark(300, trigger=TriggerType.MANUAL)
    (gap,) = find_gaps(sorted([*scheduled, by_hand], key=lambda each: each.captured_at))
    assert (gap.seconds, gap.expected_seconds) == (420.0, 60.0)
    assert find_gaps([mark(second, trigger=TriggerType.MANUAL) for second in (0, 1, 2, 3, 500)]) == ()


def test_one_late_capture_is_no_gap():
    assert find_gaps([mark(60 * minute) for minute in (0, 1, 2, 4, 5)]) == ()
