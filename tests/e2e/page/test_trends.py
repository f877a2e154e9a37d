"""The Trends tab: numbers across snapshots, found by a few letters, read as chart, table and file."""

import csv
import re

import pytest
from playwright.sync_api import expect

from tests.fixtures.browser import intercept
from tests.fixtures.shop import INCIDENT

LATENCY = "orders:Table|AVG_LATENCY_MS|order_items:Table"
NEVER = "payments:Table|AVG_LATENCY_MS|users:Table"
SERIES = "**/api/performance/series*"


@pytest.fixture(scope="module")
def shop(own_shop):
    return own_shop


def ids(shop):
    """Give the ids of the shop's snapshots, the oldest first."""
    return [each["snapshot_id"] for each in reversed(shop.snapshots())]


def chart(page, title):
    """Give a chart by what its axis says."""
    return page.get_by_role("slider", name=f"Chart of {title},")


def figure(page, title):
    """Give a chart with its legend."""
    return page.get_by_role("figure").filter(has=chart(page, title))


def test_without_a_choice_the_summary_is_drawn_one_chart_for_each_unit(opened):
    page = opened("?tab=trends")
    expect(figure(page, "/s")).to_contain_text("queries, all together")
    expect(figure(page, "ms")).to_contain_text("latency, mean of all")
    expect(figure(page, "bottlenecks")).to_contain_text("bottlenecks")
    expect(page.get_by_role("slider", name="Chart of")).to_have_count(3)


def test_the_first_view_does_not_load_what_only_trends_need(opened):
    page = opened()
    expect(page.get_by_role("link", name="Trends")).to_be_visible()
    loaded = (
        "performance.getEntriesByType('resource').map((each) => each.name).filter((name) => name.includes('Trends'))"
    )
    assert page.evaluate(loaded) == []
    page.keyboard.press("3")
    expect(chart(page, "ms")).to_be_visible()
    assert page.evaluate(loaded) != []


def test_an_edge_is_found_by_a_few_letters_added_and_removed(opened, shop):
    page = opened(f"?tab=trends&b={ids(shop)[1]}")
    expect(chart(page, "ms")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("orders order_it lat")
    found = page.get_by_role("listbox", name="What can be added").get_by_role("option")
    expect(found.first).to_contain_text("orders → order_items · latency")
    page.keyboard.press("Enter")
    expect(figure(page, "ms")).to_contain_text("orders → order_items · latency")
    expect(page).to_have_url(re.compile("series=total_qps.*series=orders"))
    page.get_by_role("button", name="Remove latency, mean of all").click()
    expect(figure(page, "ms")).not_to_contain_text("mean of all")
    expect(figure(page, "ms")).to_contain_text("1 203 ms".replace(" ", "\u202f"))


def test_what_is_still_read_when_the_list_opens_is_found_as_soon_as_it_is_there(opened, shop):
    held, second = [], ids(shop)[1]
    graph_of_b = re.compile(rf"/snapshots/{second}\?.*format=columns")

    def hold(route):
        held.append(route)

    page = opened(f"?tab=trends&b={second}", before=lambda page: page.route(graph_of_b, hold))
    expect(chart(page, "ms")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("orders order_it lat")
    expect(page.get_by_text("Nothing of that name.")).to_be_visible()
    for route in held:
        route.continue_()
    expect(page.get_by_role("option", name="orders → order_items · latency").first).to_be_visible()


def test_an_edge_that_is_there_no_more_is_added_by_its_key(opened):
    page = opened("?tab=trends")
    expect(chart(page, "ms")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type(NEVER)
    page.get_by_role("option", name="payments → users · latency").click()
    expect(figure(page, "ms")).to_contain_text("payments → users · latency")
    expect(page).to_have_url(re.compile("series=payments"))


def test_a_click_on_a_point_opens_its_snapshot_and_with_shift_as_a(opened, shop):
    first, second = ids(shop)[:2]
    page = opened("?tab=trends")
    box = chart(page, "ms").bounding_box()
    page.mouse.move(box["x"] + 70, box["y"] + box["height"] / 2)
    expect(figure(page, "ms")).to_contain_text("before the deploy")
    page.keyboard.down("Shift")
    page.mouse.click(box["x"] + 70, box["y"] + box["height"] / 2)
    page.keyboard.up("Shift")
    expect(page).to_have_url(re.compile(f"a={first}"))
    page.go_back()
    expect(page).not_to_have_url(re.compile("a="))
    page.mouse.click(box["x"] + 70, box["y"] + box["height"] / 2)
    expect(page).to_have_url(re.compile(f"b={first}"))
    chart(page, "ms").focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"b={second}"))


def test_the_wheel_zooms_chart_and_strip_together_and_the_address_has_it(opened):
    page = opened("?tab=trends")
    box = chart(page, "ms").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.wheel(0, -200)
    expect(page).to_have_url(re.compile(r"from=20.*&to=20"))
    expect(page.get_by_label("Range", exact=True)).to_have_value("own")
    page.get_by_role("button", name="Whole range").first.click()
    expect(page).not_to_have_url(re.compile("from="))


def test_a_drag_over_a_chart_zooms_into_it_and_back_comes_back(opened):
    page = opened("?tab=trends")
    box = chart(page, "ms").bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 200, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + 500, middle, steps=5)
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"from=20.*&to=20"))
    assert "&b=" not in page.url  # the drag was no click
    page.go_back()
    expect(page).not_to_have_url(re.compile("from="))


def test_a_comparison_begins_with_what_changed_most(opened, shop):
    first, second = ids(shop)[:2]
    page = opened(f"?tab=trends&a={first}&b={second}")
    expect(page.get_by_text("What changed most from A to B")).to_be_visible()
    expect(figure(page, "ms")).to_contain_text("orders → order_items · latency")


def test_what_is_selected_and_what_changed_are_added_where_they_stand(opened, shop):
    first, second = ids(shop)[:2]
    page = opened(f"?tab=table&a={first}&b={second}&sel=orders:Table|payments:Table")
    page.get_by_label("What is to be known").get_by_role("button", name="Trends").click()
    expect(figure(page, "ms")).to_contain_text("orders → payments · latency")
    page.keyboard.press("2")
    page.get_by_role("button", name="Add orders → order_items AVG_LATENCY_MS to the trends").click()
    expect(figure(page, "ms")).to_contain_text("orders → order_items · latency")
    expect(figure(page, "ms")).to_contain_text("orders → payments · latency")


def test_a_line_that_no_snapshot_has_hides_no_other_and_nonsense_is_left_out(opened, shop):
    page = opened(f"?tab=trends&b={ids(shop)[1]}&series={NEVER}&series={LATENCY}&series=nonsense")
    expect(figure(page, "ms")).to_contain_text("never captured")
    expect(figure(page, "ms")).to_contain_text("1 203 ms".replace(" ", "\u202f"))


def test_the_table_says_the_same_and_the_file_has_every_digit(opened, shop):
    page = opened(f"?tab=trends&series={LATENCY}")
    expect(chart(page, "ms")).to_be_visible()
    page.get_by_role("button", name="Rows").click()
    rows = page.get_by_role("table", name="Values of the lines, snapshot by snapshot").get_by_role("row")
    expect(rows.filter(has_text="v2")).to_contain_text("1 203 ms".replace(" ", "\u202f"))
    expect(rows.last).to_contain_text("46")
    with page.expect_download() as told:
        page.get_by_role("button", name="Download").click()
        page.get_by_role("menuitem", name="Download CSV").click()
    written = list(csv.DictReader(told.value.path().read_text().splitlines()))
    assert [row["snapshot_id"] for row in written] == ids(shop)
    assert [float(row[LATENCY]) for row in written] == [46.0, 1203.0]
    rows.last.get_by_role("button").click()
    expect(page).to_have_url(re.compile(f"b={ids(shop)[0]}"))


def test_the_last_point_is_the_live_graph_which_moves_while_it_is_looked_at(opened, shop):
    page = opened(f"?tab=trends&series={LATENCY}&values=1")
    rows = page.get_by_role("table", name="Values of the lines, snapshot by snapshot").get_by_role("row")
    expect(rows.nth(1)).to_contain_text("now")
    shop.write([["orders", "order_items", 1777.0, 60.0, "critical"]])
    expect(rows.nth(1)).to_contain_text("1 777 ms".replace(" ", "\u202f"))
    shop.write([["orders", "order_items", 1888.0, 60.0, "critical"]])
    expect(figure(page, "ms")).to_contain_text("1 888 ms".replace(" ", "\u202f"))
    expect(rows.nth(2)).to_contain_text("1 203 ms".replace(" ", "\u202f"))
    shop.write(INCIDENT)
    page.goto(f"{page.url}&from=2020-01-01T00:00:00Z&to={shop.snapshots()[0]['timestamp']}")
    expect(rows).not_to_have_count(0)
    expect(rows.filter(has_text="now")).to_have_count(0)


def test_a_picture_of_the_charts_can_be_kept(opened):
    page = opened("?tab=trends")
    expect(chart(page, "ms")).to_be_visible()
    with page.expect_download() as told:
        page.get_by_role("button", name="Download").click()
        page.get_by_role("menuitem", name="Download PNG").click()
    assert told.value.path().read_bytes().startswith(b"\x89PNG")


def test_a_small_line_beside_a_large_one_is_seen_on_axes_by_powers_of_ten(opened, in_both_themes):
    page = opened(f"?tab=trends&series={LATENCY}&series=avg_latency&series=total_qps&series=bottlenecks_count")
    expect(figure(page, "ms").get_by_text("ms", exact=True)).to_be_visible()
    page.keyboard.press("l")
    expect(figure(page, "ms").get_by_text("ms (log)", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile("axis=log"))
    in_both_themes(page, "trends by powers of ten")
    page.reload()
    expect(page.get_by_role("button", name="Log", exact=True)).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Log", exact=True).click()
    expect(figure(page, "ms").get_by_text("ms", exact=True)).to_be_visible()
    expect(page).not_to_have_url(re.compile("axis"))


def test_values_that_cannot_be_read_say_so_and_are_asked_for_again(opened):
    page = opened()
    expect(page.get_by_role("slider", name="Strip of time with 2 snapshots")).to_be_visible()
    # 500: what passes by itself (no answer, 503) is asked for again by itself, and the button goes with its alert
    refusal = {"type": "about:blank", "code": "internal", "detail": "Nobody foresaw it.", "problems": []}
    intercept(page, SERIES, lambda route: route.fulfill(status=500, json=refusal))
    page.get_by_role("link", name="Trends").click()
    trouble = page.get_by_role("alert")
    expect(trouble).to_contain_text("Nobody foresaw it.")
    page.unroute(SERIES)
    trouble.get_by_role("button", name="Try again").click()
    expect(chart(page, "ms")).to_be_visible()


def test_a_range_without_snapshots_is_said_and_left(opened):
    page = opened("?tab=trends&from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z")
    expect(page.get_by_text("No snapshot in this range.")).to_be_visible()
    page.get_by_label("Trends", exact=True).get_by_role("button", name="Whole range").last.click()
    expect(chart(page, "ms")).to_be_visible()
