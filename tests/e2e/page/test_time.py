"""Walking through time: the strip under the graph, and the filters of the snapshots."""

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.fixtures.browser import rested

REMEMBER = """
window.been = []
const strip = document.querySelector('[role=slider]')
new MutationObserver(() => window.been.push(strip.getAttribute('aria-valuetext').split(',')[0]))
  .observe(strip, { attributeFilter: ['aria-valuetext'] })
"""
DEPLOYS = ("calm", "deploy 4.1", "deploy 4.2", "the incident", "mended")


@pytest.fixture(scope="module")
def shop(own_shop):
    return own_shop


@pytest.fixture(scope="module")
def past(shop):
    """Give five snapshots after the shop's first two, the oldest first; one of them was made by an incident."""
    first = len(shop.snapshots())
    for at, description in enumerate(DEPLOYS):
        shop.write([["users", "orders", 8.0 + 400.0 * (at == 3), 120.0, "low"]])
        shop.capture(description=description, tags=["release"] if description.startswith("deploy") else [])
    headers = list(reversed(shop.snapshots()))[first:]
    shop.make(headers[3]["snapshot_id"], trigger="incident", severity="critical")
    return headers


@pytest.fixture
def strip(opened, shop, past):
    """Open the live view with the five snapshots over the whole strip; the page and its strip."""
    times = [datetime.fromisoformat(each["timestamp"]) for each in past]
    before = datetime.fromisoformat(shop.snapshots()[len(past)]["timestamp"])
    since, until = times[0] - min((times[0] - before) / 2, timedelta(seconds=1)), times[-1] + timedelta(seconds=1)
    page = opened(f"?from={since:%Y-%m-%dT%H:%M:%S.%fZ}&to={until:%Y-%m-%dT%H:%M:%S.%fZ}")
    strip = page.get_by_role("slider")
    expect(page.get_by_label("Time", exact=True)).to_contain_text("5 snapshots")
    rested(page)
    box = strip.bounding_box()
    span = max((until - since).total_seconds(), 10)

    def place(header):
        seconds = (datetime.fromisoformat(header["timestamp"]) - since).total_seconds()
        return box["x"] + seconds / span * box["width"], box["y"] + box["height"] / 2

    return page, place


def stands(page, letter, header):
    """See that a pin stands on a snapshot, in the row of pins and in the address."""
    expect(page.get_by_text(f"{letter} · ")).to_contain_text(f"v{header['version']}")
    expect(page).to_have_url(re.compile(f"{letter.lower()}={header['snapshot_id']}"))


def test_dragging_over_the_strip_moves_b_and_is_one_step_back(strip, past):
    page, place = strip
    page.mouse.move(*place(past[0]))
    page.mouse.down()
    stands(page, "B", past[0])
    for header in past[1:]:
        page.mouse.move(*place(header), steps=3)
        expect(page.get_by_text("B · ")).to_contain_text(f"v{header['version']}")
    page.mouse.up()
    stands(page, "B", past[-1])
    page.go_back()
    expect(page.get_by_text("B · now")).to_be_visible()


def test_dragging_with_shift_moves_a_and_compares(strip, past):
    page, place = strip
    page.mouse.click(*place(past[3]))
    page.keyboard.down("Shift")
    page.mouse.click(*place(past[2]))
    page.keyboard.up("Shift")
    stands(page, "A", past[2])
    stands(page, "B", past[3])
    expect(page.get_by_label("What is to be known")).to_contain_text("users → orders")


def test_the_strip_says_what_lies_under_the_pointer(strip, past):
    page, place = strip
    page.mouse.move(*place(past[3]))
    tip = page.get_by_label("Time", exact=True)
    expect(tip).to_contain_text("the incident")
    expect(tip).to_contain_text("changed")


def test_next_change_and_play_walk_by_themselves(strip, past):
    page, place = strip
    page.get_by_role("button", name="next change").click()
    stands(page, "B", past[3])
    page.get_by_role("button", name="next change").click()
    stands(page, "B", past[4])
    page.mouse.click(*place(past[0]))
    stands(page, "B", past[0])
    page.evaluate(REMEMBER)
    page.get_by_role("button", name="Play", exact=True).click()
    stands(page, "B", past[4])
    assert page.evaluate("window.been") == [f"v{each['version']}" for each in past[1:]]
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()


def test_the_wheel_zooms_the_strip_around_the_pointer(strip, past):
    page, place = strip
    before = page.url
    page.mouse.move(*place(past[2]))
    page.mouse.wheel(0, 1200)  # to minutes: what ends at now slides on while the page is slow
    expect(page).not_to_have_url(before)
    expect(page.get_by_label("Range")).to_have_value("own")
    expect(page.get_by_label("Time", exact=True)).to_contain_text("7 snapshots")


def test_the_strip_is_filtered_by_trigger_and_severity(strip):
    page, _ = strip
    page.get_by_label("Trigger").select_option("incident")
    expect(page.get_by_label("Time", exact=True)).to_contain_text("1 snapshot")
    page.get_by_label("Severity").select_option("low")
    expect(page.get_by_text("No snapshot in this range")).to_be_visible()
    page.get_by_label("Severity").select_option("critical")
    expect(page.get_by_label("Time", exact=True)).to_contain_text("1 snapshot")


def listed(page, *descriptions):
    """See that exactly these snapshots are in the list."""
    rows = page.get_by_role("search").locator("..").get_by_role("row")
    expect(rows).to_have_count(len(descriptions) + 1)
    for at, description in enumerate(descriptions):
        expect(rows.nth(at + 1)).to_contain_text(description)


def test_snapshots_are_found_by_trigger_severity_tag_text_and_id(opened, past):
    page = opened("?tab=snapshots")
    search = page.get_by_role("search")
    search.get_by_label("Trigger").select_option("incident")
    listed(page, "the incident")
    search.get_by_label("Severity").select_option("high")
    expect(page.get_by_text("No snapshot fits these filters.")).to_be_visible()
    search.get_by_role("button", name="Clear the filters").click()
    search.get_by_label("Tag").fill("release")
    listed(page, "deploy 4.2", "deploy 4.1")
    search.get_by_label("Text or id").fill("4.1")
    listed(page, "deploy 4.1")
    search.get_by_label("Tag").fill("")
    search.get_by_label("Text or id").fill(past[4]["snapshot_id"])
    listed(page, "mended")


def test_snapshots_are_found_by_a_range_of_dates(opened, past):
    page = opened("?tab=snapshots")
    search = page.get_by_role("search")
    since = datetime.fromisoformat(past[0]["timestamp"])
    typed(search.get_by_label("Until"), since - timedelta(days=1))
    expect(page.get_by_text("No snapshot fits these filters.")).to_be_visible()
    typed(search.get_by_label("Until"), since + timedelta(days=1))
    expect(search).to_contain_text("7 snapshots")
    typed(search.get_by_label("From"), since + timedelta(hours=1))
    expect(page.get_by_text("No snapshot fits these filters.")).to_be_visible()


def typed(field, moment):
    """Type a time into a field, and leave it."""
    field.fill(f"{moment:%Y-%m-%d %H:%M}")
    field.press("Enter")


def test_a_link_shows_the_same_list(opened, visit, shop, past):
    page = opened("?tab=snapshots")
    search = page.get_by_role("search")
    search.get_by_label("Trigger").select_option("incident")
    search.get_by_label("Text or id").fill("the incident")
    listed(page, "the incident")
    expect(page).to_have_url(re.compile("text=the"))
    theirs = visit(shop.base, page.url[page.url.index("?") :])
    listed(theirs, "the incident")
    expect(theirs.get_by_label("Time", exact=True)).to_contain_text("1 snapshot")
    assert len(past) == 5
