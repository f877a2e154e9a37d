"""Everything by keys alone: not one event of a mouse."""

import pytest
from playwright.sync_api import expect

PANEL = "What is to be known"
NOTICE_MS = 21_000
"""A notice that leads somewhere goes after 20 s, unless somebody is in it."""
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


def has_focus(page, name):
    expect(page.get_by_role("banner").get_by_role("button", name=name, exact=True)).to_be_focused()


def test_a_dialog_gives_the_focus_back_however_it_ends(keyed):
    page = keyed()
    expect(page.get_by_label(PANEL)).to_contain_text("order_items")
    capture = page.get_by_role("banner").get_by_role("button", name="Capture", exact=True)
    for way in ("Escape", "Cancel", "Capture now"):
        capture.focus()
        page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog")
        expect(dialog).to_be_visible()
        if way != "Escape":
            dialog.get_by_role("button", name=way).focus()
        page.keyboard.press("Escape" if way == "Escape" else "Enter")
        expect(dialog).to_have_count(0)
        has_focus(page, "Capture")
    page.keyboard.press("Control+k")
    page.keyboard.type("show table")
    page.keyboard.press("Enter")
    expect(page.get_by_role("table", name="Edges with the value of each metric")).to_be_visible()
    has_focus(page, "Capture")
    assert of_a_mouse(page) == 0


def test_the_palette_moves_the_focus_where_its_command_does(keyed):
    page = keyed("?tab=snapshots")
    expect(page.get_by_label("Details")).to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.type("find in")
    page.keyboard.press("Enter")
    expect(page.get_by_role("search").get_by_label("Text or id")).to_be_focused()


def test_choosing_in_the_panel_and_going_back_keep_the_focus_in_it(keyed):
    page = keyed()
    panel = page.get_by_label(PANEL)
    panel.get_by_role("button", name="orders → payments").focus()
    page.keyboard.press("Enter")
    expect(panel.get_by_role("heading", name="orders → payments")).to_be_focused()
    panel.get_by_role("button", name="Back").focus()
    page.keyboard.press("Enter")
    expect(panel.get_by_role("heading", name="Worst now")).to_be_focused()
    assert of_a_mouse(page) == 0


def test_a_notice_stays_while_it_is_read_and_gives_the_focus_back(keyed):
    page = keyed()
    expect(page.get_by_label(PANEL)).to_contain_text("order_items")
    capture = page.get_by_role("banner").get_by_role("button", name="Capture", exact=True)
    capture.focus()
    page.keyboard.press("Control+Shift+S")
    page.keyboard.press("Enter")
    shown = page.get_by_role("button", name="Show it")
    expect(shown).to_be_visible()
    has_focus(page, "Capture")
    shown.focus()
    page.wait_for_timeout(NOTICE_MS)
    expect(shown).to_be_focused()
    page.keyboard.press("Enter")
    expect(shown).to_have_count(0)
    has_focus(page, "Capture")
    expect(page.get_by_text("B · ")).to_contain_text("v")


def test_a_key_goes_where_the_newest_notice_leads(keyed, shop):
    page = keyed()
    expect(page.get_by_label(PANEL)).to_contain_text("order_items")
    page.keyboard.press("Control+Shift+S")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Show it")).to_be_visible()
    page.keyboard.press("o")
    expect(page.get_by_text("B · ")).to_contain_text(f"v{shop.snapshots()[0]['version']}")
    assert of_a_mouse(page) == 0


def test_the_badge_reads_its_state_aloud_and_not_its_age(keyed):
    page = keyed()
    badge = page.locator(".badge")
    expect(badge).to_have_text("live")
    page.keyboard.press("p")
    expect(badge).to_contain_text("old")
    expect(badge.get_by_role("status")).to_have_text("paused")


def test_a_key_right_after_a_dialog_is_not_typed_into_what_has_just_gone(opened):
    page = opened()
    expect(page.locator(".badge")).to_have_text("live")
    page.keyboard.press("Control+Shift+S")
    expect(page.get_by_label("Why")).to_be_focused()
    # before the next frame: until then the focus is where it was
    page.evaluate("""() => {
        document.querySelector('dialog').close()
        document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'p', bubbles: true, cancelable: true}))
    }""")
    expect(page.locator(".badge")).to_contain_text("paused")
