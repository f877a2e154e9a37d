"""The strip of time: pins that are dragged, a range that is turned, snapshots that are walked and played."""

import re
from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect


@pytest.fixture(scope="module")
def shop(own_shop):
    return own_shop


def ids(shop):
    """Give the ids of the shop's snapshots, the oldest first."""
    return [each["snapshot_id"] for each in reversed(shop.snapshots())]


@pytest.fixture
def strip(opened):
    """Open the live view; the strip, once its snapshots are there."""
    page = opened()
    strip = page.get_by_role("slider", name="Strip of time with 2 snapshots")
    expect(strip).to_be_visible()
    return strip


def spot(strip, share):
    """Give a place of the strip: 0 is its left end."""
    box = strip.bounding_box()
    return box["x"] + share * (box["width"] - 1), box["y"] + box["height"] / 2


def test_a_drag_moves_b_and_leaves_one_step_in_the_history(strip, shop):
    page = strip.page
    page.mouse.move(*spot(strip, 0.6))
    page.mouse.down()
    page.mouse.move(*spot(strip, 0.3), steps=4)
    page.mouse.move(*spot(strip, 0), steps=4)
    page.mouse.up()
    expect(page).to_have_url(re.compile(f"b={ids(shop)[0]}"))
    page.go_back()
    expect(page).not_to_have_url(re.compile("b="))


def test_a_drag_with_shift_moves_a(strip, shop):
    page = strip.page
    page.keyboard.down("Shift")
    page.mouse.move(*spot(strip, 0.02))
    page.mouse.down()
    page.mouse.move(*spot(strip, 0), steps=3)
    page.mouse.up()
    page.keyboard.up("Shift")
    expect(page).to_have_url(re.compile(f"a={ids(shop)[0]}"))
    assert "b=" not in page.url


def test_the_wheel_zooms_around_the_pointer_and_follows_now_at_its_end(strip):
    page = strip.page
    page.mouse.move(*spot(strip, 0.98))
    page.mouse.wheel(0, -100)
    expect(page).to_have_url(re.compile(r"from=now-\d+s$"))
    page.mouse.move(*spot(strip, 0.4))
    page.mouse.wheel(0, -100)
    expect(page).to_have_url(re.compile(r"from=20[^&]*&to=20"))
    expect(page.get_by_label("Range", exact=True)).to_have_value("own")


def test_a_double_click_takes_the_nearest_snapshot_even_beside_now(strip, shop):
    page = strip.page
    page.mouse.dblclick(*spot(strip, 0.99))
    expect(page).to_have_url(re.compile(f"b={ids(shop)[-1]}"))


def test_the_keys_of_the_strip_go_to_its_ends_and_move_a_too(strip, shop):
    first, second = ids(shop)
    page = strip.page
    strip.focus()
    page.keyboard.press("Home")
    expect(page).to_have_url(re.compile(f"b={first}"))
    expect(strip).to_have_attribute("aria-valuetext", re.compile("before the deploy"))
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(f"b={second}"))
    page.keyboard.press("Alt+ArrowLeft")
    expect(page).to_have_url(re.compile(f"a={first}"))
    page.keyboard.press("End")
    expect(page).not_to_have_url(re.compile("[ab]="))
    page.keyboard.press("+")
    expect(page).to_have_url(re.compile("from="))


def test_a_card_says_what_a_snapshot_is(opened, shop):
    first = datetime.fromisoformat(shop.snapshots()[-1]["timestamp"])
    begin, end = first - timedelta(seconds=5), first + timedelta(seconds=15)  # a range that moves takes it away again
    page = opened("?" + urlencode({"from": begin.isoformat(), "to": end.isoformat()}))
    strip = page.get_by_role("slider", name="Strip of time with 2 snapshots")
    expect(strip).to_be_visible()
    card = page.get_by_role("contentinfo").locator("span", has_text="before the deploy").locator("..")
    page.mouse.move(*spot(strip, (first - begin) / (end - begin)))
    expect(card).to_contain_text("v1 ·")
    expect(card).to_contain_text("manual")
    expect(card).to_contain_text("baseline")
    expect(card).to_contain_text("UTC")


def test_play_moves_b_from_the_first_to_the_last_and_stops(strip, shop):
    page = strip.page
    page.get_by_role("button", name="Speed 1\N{MULTIPLICATION SIGN}").click()
    expect(page.get_by_role("button", name="Speed 2\N{MULTIPLICATION SIGN}")).to_be_visible()
    seen = []  # a busy machine looks too seldom to see each half second in the address
    page.on("framenavigated", lambda frame: seen.append(frame.url))
    page.get_by_role("button", name="Play").click()
    expect(page).to_have_url(re.compile(f"b={ids(shop)[-1]}"))
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    shown = [re.search("b=([^&]*)", url)[1] for url in seen]
    assert list(dict.fromkeys(shown)) == ids(shop)


def test_the_next_big_change_is_where_the_incident_was(strip, shop):
    page = strip.page
    page.keyboard.press("n")
    expect(page).to_have_url(re.compile(f"b={ids(shop)[1]}"))
