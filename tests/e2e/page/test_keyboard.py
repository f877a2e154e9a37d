"""Everything by keys alone: not one event of a mouse."""

import pytest
from playwright.sync_api import expect

PANEL = "What is to be known"
LISTEN = """
window.ofAMouse = 0
for (const kind of ['pointerdown', 'mousedown', 'mousemove', 'pointermove', 'wheel', 'touchstart'])
  addEventListener(kind, (event) => { if (event.isTrusted) window.ofAMouse += 1 }, true)
"""


@pytest.fixture(scope="module")
def shop(own_shop):
    return own_shop


@pytest.fixture
def keyed(opened):
    """Open the page, and count what a mouse does to it."""

    def open_page(query=""):
        page = opened(query)
        page.evaluate(LISTEN)
        return page

    return open_page


def of_a_mouse(page):
    return page.evaluate("window.ofAMouse")


def test_capture_open_compare_swap_switch_find_and_close_by_keys(keyed, shop):
    before = len(shop.snapshots())
    page = keyed()
    expect(page.get_by_label(PANEL)).to_contain_text("order_items")
    page.keyboard.press("Control+Shift+S")
    page.keyboard.type("by keys alone")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Captured as v")).to_be_visible()
    assert shop.snapshots()[0]["description"] == "by keys alone"
    newest, *_ = shop.snapshots()
    expect(page.get_by_label("Time", exact=True)).to_contain_text(f"{before + 1} snapshots")

    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text("B · ")).to_contain_text(f"v{newest['version']}")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text("B · ")).to_contain_text(f"v{newest['version'] - 1}")

    page.keyboard.press("d")
    expect(page.get_by_text("A · ")).to_contain_text(f"v{newest['version'] - 2}")
    expect(page.get_by_role("heading", name="What changed")).to_be_visible()
    page.keyboard.press("x")
    expect(page.get_by_text("B · ")).to_contain_text(f"v{newest['version'] - 2}")

    page.keyboard.press("2")
    expect(page.get_by_role("table", name="Changes from A to B").first).to_be_visible()
    page.keyboard.press("1")
    expect(page.get_by_role("application")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("payments")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="payments")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="What changed")).to_be_visible()
    page.keyboard.press("d")
    expect(page.get_by_text("A · ")).to_have_count(0)
    page.keyboard.press("End")
    expect(page.get_by_text("B · now")).to_be_visible()
    assert of_a_mouse(page) == 0


def test_a_snapshot_is_opened_from_the_list_by_keys(keyed, shop):
    page = keyed("?tab=snapshots")
    rows = page.locator("tbody tr[tabindex]")
    expect(rows.first).to_be_visible()
    for _ in range(40):
        if page.evaluate("document.activeElement.matches('tbody tr')"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    second = shop.snapshots()[1]
    expect(page.get_by_label("Details")).to_contain_text(second["snapshot_id"])
    page.keyboard.press("Enter")
    expect(page.get_by_text("B · ")).to_contain_text(f"v{second['version']}")
    expect(page.get_by_role("application")).to_be_visible()
    assert of_a_mouse(page) == 0


def test_question_mark_lists_the_keys_and_escape_closes(keyed):
    page = keyed()
    expect(page.get_by_label(PANEL)).to_contain_text("order_items")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Capture a snapshot")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert of_a_mouse(page) == 0


def test_the_palette_finds_an_element_and_runs_a_command(keyed):
    page = keyed()
    expect(page.get_by_label(PANEL)).to_contain_text("order_items")
    page.keyboard.press("Control+k")
    page.keyboard.type("orders payments")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="orders → payments")).to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.type("show table")
    page.keyboard.press("Enter")
    expect(page.get_by_role("table", name="Edges with the value of each metric")).to_be_visible()
    assert of_a_mouse(page) == 0


def test_every_key_of_the_list_is_unique(keyed):
    page = keyed()
    expect(page.get_by_label(PANEL)).to_contain_text("order_items")
    page.keyboard.press("?")
    keys = page.get_by_role("dialog").locator("dt").all_inner_texts()
    assert len(keys) > 15
    assert len(keys) == len(set(keys))


def test_a_mouse_would_be_noticed(keyed):
    """The control of what stands above."""
    page = keyed()
    page.get_by_role("link", name="Table").click()
    assert of_a_mouse(page) > 0
