"""Conditional requests: when a copy is good, and when a change may be made."""

from __future__ import annotations

import pytest

from snapgraph.web.etags import is_current, is_fresh, strong_etag

ETAG = strong_etag("abc", 3)


@pytest.mark.parametrize("given", ['"abc-3"', 'W/"abc-3"', '"x", "abc-3"', "*", '"abc-3-gzip"', ' "abc-3" '])
def test_a_good_copy_is_fresh(given):
    assert is_fresh({"if-none-match": given}, ETAG)


@pytest.mark.parametrize("given", ['"abc-2"', "abc-3", "", '"abc-3', "**", '"' * 5000])
def test_another_copy_is_not(given):
    assert not is_fresh({"if-none-match": given}, ETAG)
    assert not is_fresh({}, ETAG)


@pytest.mark.parametrize(
    "given", ['"abc-3"', '"x","abc-3-header"', "*", '"abc-3-columns"', '"abc-3-top-50-gzip"', '"abc-3-gzip"']
)
def test_who_has_read_the_newest_in_any_form_may_change_it(given):
    assert is_current({"if-match": given}, ETAG)


@pytest.mark.parametrize(
    "given", ['W/"abc-3"', '"abc-2"', "", "abc-3", '"abc-33"', '"abc"', '"abc-2-columns"', '"abc-3x"']
)
def test_who_has_not_may_not(given):
    assert not is_current({"if-match": given}, ETAG)


def test_without_the_header_everyone_may():
    assert is_current({}, ETAG)
