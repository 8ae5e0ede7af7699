"""The dashboard by keyboard alone: every control is reached, shows that it is, does its work, and lets go again."""

import pytest
from test_browser_matrix import FINISHED, PATHS
from test_dashboard_browser import address, browser, page  # noqa: F401

FOCUSED = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  one.dataset.reached = '1';
  const lit = e => { const s = getComputedStyle(e);
    return s.boxShadow !== 'none' || (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0); };
  // A field shows its focus on the box around it; the canvas of a table draws its own.
  const around = [one, one.parentElement, one.parentElement?.parentElement].filter(Boolean);
  // Streamlit's bar above a table fades in with its buttons.
  const isOwn = ['CANVAS', 'INPUT'].includes(one.tagName) || one.closest('[data-testid=stElementToolbar]') !== null;
  const isLit = isOwn || around.some(lit);
  return {name: (one.getAttribute('aria-label') || one.innerText || '').slice(0, 40), tag: one.tagName, isLit};
}"""
NOT_REACHED = """() => [...document.querySelectorAll('a[href], button, input, [role=tab]')].filter(e => {
  const box = e.getBoundingClientRect();
  // Arrows lead on inside a group of which one was reached; a field's own arrow does what the field does.
  const group = e.closest('[role=radiogroup], [role=tablist]');
  return box.width && box.height && !e.disabled && e.tabIndex >= 0 && !e.dataset.reached
    && getComputedStyle(e).visibility !== 'hidden' && !e.closest('[aria-hidden=true]')
    && !group?.querySelector('[data-reached]') && !e.closest('[data-testid=stExpanderDetails]');
}).map(e => e.outerHTML.slice(0, 120))"""


def show(page, url):  # noqa: F811
    page.goto(url)
    page.wait_for_function(FINISHED)


@pytest.mark.parametrize("path", PATHS)
def test_tab_reaches_every_control_visibly_and_leaves(page, address, path):  # noqa: F811
    show(page, address + path)
    reached = []
    for _ in range(90):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused is None or (len(reached) > 12 and focused == reached[0]):
            break
        reached.append(focused)
    assert len(reached) < 90, "the focus is trapped"
    assert "Skip" in reached[0]["name"]
    assert [one for one in reached if not one["isLit"]] == []
    assert page.evaluate(NOT_REACHED) == []


def test_keys_choose_open_and_close(page, address):  # noqa: F811
    show(page, f"{address}/gap-over-time")
    menu = page.get_by_role("button", name="Data table")
    menu.focus()
    page.keyboard.press("Enter")
    page.locator("[data-testid=stPopoverBody] [data-testid=stDataFrame]").wait_for()
    page.keyboard.press("Escape")
    page.locator("[data-testid=stPopoverBody]").wait_for(state="detached")
    assert menu.evaluate("one => one === document.activeElement")
    page.get_by_role("combobox", name="Held against").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**frontier=**")
    page.get_by_role("radio", name="EN").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_url("**lang=zh**")


def test_who_skips_the_navigation_stands_at_the_content(page, address):  # noqa: F811
    show(page, address)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.dataset.testid") == "stMain"
