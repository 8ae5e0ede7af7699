"""Every page in both languages and both themes in a real browser: charts drawn, no fault, no axe-core violation.

One browser and one server for all; a page is loaded once for each language and theme.
"""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from test_dashboard_browser import address, browser, note_request  # noqa: F401

import dashboard

PAGES = Path(dashboard.__file__).with_name("navigation.py")
PATHS = ["/", *(f"/{name}" for name in re.findall(r'url_path="([^"]+)"', PAGES.read_text()))]
HAN = re.compile("[\u3400-\u9fff]")
FINISHED = """() => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'
  && document.querySelector('[data-testid=stMainBlockContainer]')?.innerText.length > 20
  && document.querySelector('[data-testid=stSkeleton]') === null
  && [...document.querySelectorAll('[data-testid=stPlotlyChart]')].every(chart => chart.querySelector('.main-svg'))"""
# Streamlit's own markup, which no page can change.
NOT_OURS = {"scrollable-region-focusable", "aria-allowed-attr", "nested-interactive"}


@pytest.fixture(scope="module", params=["light", "dark"])
def theme(request):
    return request.param


@pytest.fixture(scope="module", params=["en-GB", "zh-CN"])
def page(request, theme, browser, address):  # noqa: F811
    """Give a page of a reader with this language and theme, which notes faults and what leaves the server."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, color_scheme=theme, locale=request.param, reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.faults, page.outside, page.language, page.theme = [], [], request.param[:2], theme
    page.on("console", lambda message: page.faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("request", lambda asked: note_request(page.outside, asked.url, address))
    yield page
    context.close()


def open_page(page, address, path):  # noqa: F811
    page.faults.clear()
    page.outside.clear()
    page.goto(address + path)
    page.wait_for_function(FINISHED)


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_whole_in_a_language_and_a_theme(page, address, path):  # noqa: F811
    open_page(page, address, path)
    words = page.locator("[data-testid=stApp]").inner_text()
    assert page.locator("[data-testid=stException]").count() == 0, words
    assert bool(HAN.search(words.replace("中文", ""))) == (page.language == "zh")
    assert page.evaluate("document.documentElement.lang").startswith(page.language)
    backgrounds = page.locator(".js-plotly-plot .main-svg:first-child").evaluate_all(
        "all => all.map(svg => svg.style.background)"
    )
    assert all(("255, 255, 255" in colour) == (page.theme == "light") for colour in backgrounds)
    assert (page.faults, page.outside) == ([], [])
    violations = [v for v in Axe().run(page).response["violations"] if v["impact"] in ("serious", "critical")]
    assert [(v["id"], v["nodes"][0]["html"][:200]) for v in violations if v["id"] not in NOT_OURS] == []


def test_the_switch_in_the_header_changes_the_language_and_the_address(page, address):  # noqa: F811
    open_page(page, address, "/")
    other = {"en": "中文", "zh": "EN"}[page.language]
    switch = page.get_by_text(other, exact=True)
    assert switch.bounding_box()["y"] < 60
    switch.click()
    page.wait_for_url(f"**/?lang={'zh' if page.language == 'en' else 'en'}")
    page.wait_for_function(FINISHED)
    words = page.locator("[data-testid=stMain]").inner_text()
    assert bool(HAN.search(words.replace("中文", ""))) == (page.language == "en")
