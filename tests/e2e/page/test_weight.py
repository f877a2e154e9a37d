"""What the page weighs before anything is drawn."""

from bench.page import FIRST_VIEW_BYTES, first_view_bytes


def test_the_first_view_is_at_most_200_kb_packed():
    assert 50_000 < first_view_bytes() <= FIRST_VIEW_BYTES
