"""The real dashboard in a real browser: charts visible, nothing fetched from outside, hostile names inert."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest
import small_snapshot
from conftest import need

from dashboard.commands import build_arguments

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
PROBES = ("/_stcore/health", "/_stcore/host-config")
"""Streamlit's front end looks for its server below every part of a page's address; the misses are no fault."""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Give the address of the dashboard on a small snapshot."""
    folder = tmp_path_factory.mktemp("served")
    small_snapshot.make_snapshot(folder / "home", folder / "registry")
    with serve(folder / "home", folder / "log") as address:
        yield address


@contextmanager
def serve(home: Path, log: Path, port: int | None = None, cwd: Path | None = None):
    """Serve the dashboard as `modelgap dashboard` does, from the directory `cwd`, and give its address."""
    port = port or find_port()
    environment = os.environ | {"MODELGAP_HOME": str(home)}
    with log.open("w") as said:
        server = subprocess.Popen(
            [sys.executable, *build_arguments(port)], env=environment, stdout=said, stderr=said, cwd=cwd
        )
        try:
            wait_until_up(f"http://127.0.0.1:{port}/_stcore/health", server, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(20)


def find_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def wait_until_up(url: str, server: subprocess.Popen, log: Path) -> None:
    for _ in range(240):
        assert server.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(url, timeout=2).read()
            return
        except OSError:
            time.sleep(0.25)
    pytest.fail(f"the dashboard did not start: {log.read_text()}")


@pytest.fixture(scope="module")
def browser():
    need(CHROMIUM is not None, "Chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser, address):
    """Give a laptop-sized page that notes faults, and every request that leaves the server."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.faults, page.outside = [], []
    page.on("console", lambda message: note_console(page.faults, message))
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("request", lambda request: note_request(page.outside, request.url, address))
    yield page
    context.close()


def note_console(faults: list[str], message) -> None:
    is_probe = message.location["url"].endswith(PROBES) and "404" in message.text
    if message.type == "error" and not is_probe:
        faults.append(f"{message.text} ({message.location['url']})")


def note_request(outside: list[str], url: str, address: str) -> None:
    if not url.startswith((address, "data:", "blob:")):
        outside.append(url)


@pytest.mark.parametrize(("path", "charts"), [("/gap-over-time", 1), ("/", 2)])
def test_charts_are_visible_without_faults_and_fit_a_laptop(page, address, path, charts):
    """The deep link comes first: the first session of a server is the one that may not know its pages yet."""
    page.goto(address + path)
    plots = page.locator(".js-plotly-plot .main-svg:first-child")
    plots.nth(charts - 1).wait_for()
    page.wait_for_function("document.querySelectorAll('.scatterlayer .trace').length > 3")
    assert plots.count() == charts
    for box in (plots.nth(i).bounding_box() for i in range(charts)):
        assert box["width"] > 300 and box["height"] > 300
        assert box["y"] + box["height"] <= page.viewport_size["height"]
    assert (page.faults, page.outside) == ([], [])


_CUT = """() => [...document.querySelectorAll('.js-plotly-plot')].flatMap(plot => {
  const edge = plot.getBoundingClientRect();
  return [...plot.querySelectorAll('.annotation-text-g, .ytick, .xtick')]
    .filter(word => word.getBoundingClientRect().right > edge.right + 3).map(word => word.textContent);
})"""


@pytest.mark.parametrize("path", ["/", "/gap-over-time", "/lag", "/domains"])
def test_on_a_phone_no_word_of_a_figure_is_cut_and_nothing_scrolls_sideways(page, address, path):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(address + path)
    page.locator(".js-plotly-plot .main-svg").first.wait_for()
    page.wait_for_function("document.querySelectorAll('.annotation-text-g').length > 3")
    assert page.evaluate(_CUT) == []
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth <= 390")
    assert (page.faults, page.outside) == ([], [])


def test_tables_are_visible_without_faults(page, address):
    page.goto(address + "/data-and-methods")
    for part in ("Sources", "Runs"):
        page.get_by_role("radio", name=part).click()
        page.wait_for_url(f"**/data-and-methods?part={part.lower()}")
        page.locator("[data-testid=stDataFrame] canvas").first.wait_for()
    assert (page.faults, page.outside) == ([], [])


def test_a_copied_address_shows_the_same_view(page, address):
    page.goto(address + "/gap-over-time")
    page.get_by_role("combobox", name="Domain").click()
    page.get_by_role("option", name="Coding").click()
    page.wait_for_url("**/gap-over-time?domain=coding")
    page.goto(page.url)
    page.locator(".js-plotly-plot .main-svg").first.wait_for()
    assert page.get_by_role("combobox", name="Domain").input_value() == "Coding"
    assert page.url.endswith("?domain=coding")


@pytest.mark.parametrize("path", ["/", "/gap-over-time", "/data-and-methods"])
def test_hostile_names_are_inert(page, address, path):
    page.goto(address + path)
    page.locator(".js-plotly-plot .main-svg, [data-testid=stButtonGroup]").first.wait_for()
    page.wait_for_load_state("networkidle")
    for point in page.locator(".js-plotly-plot .points path.point").all()[:12]:
        point.hover(force=True)
    assert page.locator("a[href^='javascript']").count() == 0
    assert page.evaluate("Array.from(document.querySelectorAll('svg a')).map(a => a.getAttribute('href'))") == []
    assert page.evaluate("window.pwned") is None
    assert page.outside == []
