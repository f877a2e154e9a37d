"""Numbers as people read them, by the list of cases that the page is held by too."""

import json
import math
from pathlib import Path

import pytest

from snapgraph.model import numbers

CASES = json.loads((Path(__file__).parents[3] / "frontend" / "src" / "model" / "numbers.cases.json").read_text())


@pytest.mark.parametrize(("value", "text"), CASES["number"])
def test_a_number_is_said_as_in_the_page(value, text):
    assert numbers.number(value) == text


@pytest.mark.parametrize(("value", "unit", "text"), CASES["quantity"])
def test_a_quantity_is_said_as_in_the_page(value, unit, text):
    assert numbers.quantity(value, unit) == text


@pytest.mark.parametrize(("before", "after", "text"), CASES["change"])
def test_a_change_is_said_as_in_the_page(before, after, text):
    assert numbers.change(before, after) == text


def test_nothing_is_said_where_there_is_nothing():
    nothing = numbers.number(None), numbers.number(math.nan), numbers.quantity(None, "ms"), numbers.change(math.nan, 1)
    assert set(nothing) == {"\u2013"}
    assert (numbers.number(math.inf), numbers.number(-math.inf)) == ("\u221e", "\u2212\u221e")


def test_more_digits_tell_near_numbers_apart():
    assert [numbers.number(211.94, digits) for digits in (3, 4, 5)] == ["212", "211.9", "211.94"]
