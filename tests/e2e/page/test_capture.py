"""Capturing from the page."""

import pytest
from playwright.sync_api import expect


@pytest.fixture(scope="module")
def shop(own_shop):
    return own_shop


def test_the_button_captures_with_a_description(opened, shop):
    page = opened()
    page.get_by_role("button", name="Capture", exact=True).click()
    page.get_by_label("Why").fill("from the page")
    page.get_by_role("button", name="Capture now").click()
    expect(page.get_by_text("Captured as v")).to_be_visible()
    assert "from the page" in [each["description"] for each in shop.snapshots()]


def test_the_key_captures_too(opened, shop):
    before = len(shop.snapshots())
    page = opened()
    expect(page.get_by_role("button", name="Capture", exact=True)).to_be_visible()
    page.keyboard.press("Control+Shift+S")
    page.get_by_role("button", name="Capture now").click()
    expect(page.get_by_text("Captured as v")).to_be_visible()
    assert len(shop.snapshots()) == before + 1
