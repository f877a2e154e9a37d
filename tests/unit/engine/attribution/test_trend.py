"""Trends are found where they are, and seldom where they are not."""

from collections import Counter
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapgraph.engine.attribution.trend import WINDOW, trends
from snapgraph.model.vocabulary import Trend

FINITE = st.floats(min_value=0, max_value=1e9, allow_nan=False)


def trend(*values):
    return trends([values])[0]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((), Trend.STABLE),
        ((5.0,), Trend.STABLE),
        ((0.0,) * 12, Trend.STABLE),
        ((1, 2, 3, 4, 5), Trend.STABLE),
        ((1, 2, 3, 4, 5, 6), Trend.INCREASING),
        ((60, 50, 40, 30, 20, 10), Trend.DECREASING),
        (tuple(100 + 0.1 * step for step in range(12)), Trend.STABLE),
        ((1, 9, 1, 9, 1, 9, 1, 9), Trend.VOLATILE),
        ((10, 10.1, 9.9, 10, 10.05, 9.95, 10, 10, 9.9, 10.1, 10, 10), Trend.STABLE),
        ((0, 0, 0, 0, 0, 0, 10, 20, 30, 40, 50, 60), Trend.INCREASING),
    ],
)
def test_a_known_series_has_its_known_trend(values, expected):
    assert trend(*values) is expected


def test_of_pure_noise_at_most_one_percent_is_called_a_trend():
    noise = np.random.default_rng(7).normal(100, 10, size=(20_000, WINDOW))

    found = Counter(trends(noise.tolist()))

    assert (found[Trend.INCREASING] + found[Trend.DECREASING]) / len(noise) <= 0.01


def test_of_clear_trends_most_are_found():
    rng = np.random.default_rng(7)
    rising = np.linspace(100, 160, WINDOW) + rng.normal(0, 10, size=(2_000, WINDOW))

    assert Counter(trends(rising.tolist()))[Trend.INCREASING] / len(rising) > 0.9


def test_only_the_last_twelve_values_count():
    assert trend(*range(1000, 0, -10), *[50.0] * WINDOW) is Trend.STABLE


@given(st.lists(FINITE, min_size=6, max_size=WINDOW))
def test_a_trend_has_most_pairs_in_its_direction(values):
    found = trend(*values)
    rising = sum(earlier < later for earlier, later in combinations(values, 2))
    falling = sum(earlier > later for earlier, later in combinations(values, 2))

    if found in {Trend.INCREASING, Trend.DECREASING}:
        assert (rising > 2 * falling) if found is Trend.INCREASING else (falling > 2 * rising)


@given(st.lists(FINITE, max_size=WINDOW))
def test_backwards_it_is_the_opposite(values):
    opposite = {Trend.INCREASING: Trend.DECREASING, Trend.DECREASING: Trend.INCREASING}
    found = trend(*values)

    assert trend(*reversed(values)) is opposite.get(found, found)


@given(st.lists(st.lists(FINITE, max_size=20), max_size=6))
def test_series_do_not_influence_each_other(histories):
    assert trends(histories) == [trend(*history) for history in histories]


def test_a_staircase_with_ties_is_a_trend():
    steps = [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]

    assert all(before <= after for before, after in pairwise(steps))
    assert trend(*steps) is Trend.INCREASING
