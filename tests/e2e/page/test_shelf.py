"""The Snapshots tab and the capture dialog: what was typed, chosen and loaded stays, whoever captures meanwhile."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.fixtures.browser import intercept, rested, until

PIN = "Keep for ever (pin)"
LISTED = re.compile(r"/api/performance/snapshots\?")
MANY = 60
"""More than the fifty rows of a page."""


@pytest.fixture(scope="module")
def shop(own_shop):
    return own_shop


@pytest.fixture(scope="module")
def many(shop):
    """Let there be more snapshots than a page of the list; each of the same graph, which costs little."""
    for number in range(MANY):
        shop.capture(description=f"one of many {number}")
    return shop


@pytest.fixture
def listed(opened):
    """Open the list; its rows and the details beside it."""
    page = opened("?tab=snapshots")
    expect(page.get_by_role("complementary")).to_contain_text("Content hash")
    return page


def rows(page):
    return page.get_by_role("main").locator("tbody").first.get_by_role("row")


def details(page):
    return page.get_by_role("complementary")


def test_a_capture_of_somebody_else_leaves_what_is_typed(listed, shop):
    note = details(listed).get_by_label("Note")
    heading = details(listed).get_by_role("heading").first.inner_text()
    note.fill("half a thought")
    shop.capture(description="from elsewhere")
    expect(rows(listed).filter(has_text="from elsewhere")).to_be_visible()
    expect(note).to_have_value("half a thought")
    expect(details(listed).get_by_role("heading").first).to_have_text(heading)
    listed.get_by_role("link", name="Graph").click()
    listed.get_by_role("link", name="Snapshots").click()
    expect(note).to_have_value("half a thought")
    details(listed).get_by_role("button", name="Save").click()
    expect(details(listed).get_by_role("button", name="Save")).to_have_count(0)
    expect(note).to_have_value("half a thought")


def test_rows_that_were_loaded_stay_when_somebody_captures(listed, many):
    expect(rows(listed)).to_have_count(50)
    listed.get_by_role("button", name="Show more").click()
    oldest = rows(listed).filter(has_text="before the deploy")
    oldest.click()
    before = rows(listed).count()
    many.capture(description="while more is shown")
    expect(rows(listed).filter(has_text="while more is shown")).to_be_visible()
    expect(rows(listed)).to_have_count(before + 1)
    expect(details(listed).get_by_role("heading").first).to_contain_text("v1 ·")


def test_a_link_to_the_details_of_one_that_the_list_does_not_reach_shows_it(opened, many):
    page = opened(f"?tab=snapshots&details={many.two()[0]}")
    expect(details(page)).to_contain_text("before the deploy")


@pytest.mark.usefixtures("many")
def test_more_of_a_list_that_is_no_longer_asked_for_is_not_added_to_another(listed):
    late = []

    def hold(route):
        if "cursor=" in route.request.url:
            late.append((route, route.fetch()))
        else:
            route.continue_()

    intercept(listed, LISTED, hold)
    listed.get_by_role("button", name="Show more").click()
    until(lambda: late, listed)
    listed.get_by_role("search").get_by_label("Text or id").fill("one of many 7")
    expect(rows(listed)).to_have_count(1)
    for route, answer in late:
        route.fulfill(response=answer)
    rested(listed)
    expect(rows(listed)).to_have_count(1)


def test_space_ticks_the_box_that_has_the_focus_and_does_not_play(listed):
    box = details(listed).get_by_label(PIN)
    box.focus()
    listed.keyboard.press("Space")
    expect(box).to_be_checked()
    expect(listed.get_by_role("button", name="Play", exact=True)).to_be_visible()
    expect(box).to_be_enabled()
    box.focus()
    listed.keyboard.press("Space")
    expect(box).not_to_be_checked()


def test_a_pin_that_was_refused_is_not_ticked(listed):
    intercept(listed, "**/api/performance/snapshots/snap_*", lambda route: route.abort())
    box = details(listed).get_by_label(PIN)
    box.click()
    expect(details(listed).get_by_role("alert")).to_contain_text("The server does not answer.")
    expect(box).not_to_be_checked()
    expect(box).to_be_enabled()


@pytest.mark.parametrize("is_away", [False, True])
def test_what_somebody_else_changed_is_read_anew_and_the_form_goes_on(listed, shop, is_away):
    newest = shop.snapshots()[0]
    path = f"{shop.base}/api/performance/snapshots/{newest['snapshot_id']}"

    patched = []
    mine, theirs = f"mine {is_away}", f"theirs-{is_away}"

    def change_first(route):
        if route.request.method == "PATCH" and not patched:
            patched.append(listed.request.patch(path, data={"tags": [theirs]}))
            route.continue_()
        elif patched and is_away:
            route.abort()
        else:
            route.continue_()

    details(listed).get_by_label("Note").fill(mine)
    intercept(listed, "**/snapshots/snap_*", change_first)
    save = details(listed).get_by_role("button", name="Save")
    save.click()
    said = "The server does not answer." if is_away else "Somebody else changed this snapshot meanwhile."
    expect(details(listed).get_by_role("alert")).to_contain_text(said)
    expect(save).to_be_enabled()
    expect(details(listed).get_by_label("Note")).to_have_value(mine)
    if not is_away:
        expect(details(listed).get_by_label("Tags")).to_have_value(theirs)
        with listed.expect_response(lambda answer: answer.request.method == "PATCH"):  # its name is "Saving …" at once
            save.click()
        expect(save).to_have_count(0)
        assert shop.snapshots()[0]["note"] == mine


def test_a_second_press_after_a_lost_answer_is_the_same_snapshot(opened, shop):
    page = opened()
    before = len(shop.snapshots())
    lost = []

    def lose_first(route):
        if route.request.method != "POST" or lost:
            route.continue_()
            return
        lost.append(json.loads(route.fetch().text())["snapshot_id"])
        route.abort()

    intercept(page, "**/api/performance/snapshots", lose_first)
    page.get_by_role("button", name="Capture", exact=True).click()
    page.get_by_label("Why").fill("once")
    page.get_by_role("button", name="Capture now").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_be_visible()
    page.get_by_role("button", name="Capture now").click()
    expect(page.get_by_text("Captured as v")).to_be_visible()
    assert len(shop.snapshots()) == before + 1
    assert shop.snapshots()[0]["snapshot_id"] == lost[0]
    page.get_by_role("button", name="Capture", exact=True).click()
    page.get_by_label("Why").fill("once")
    page.get_by_role("button", name="Capture now").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert len(shop.snapshots()) == before + 2
