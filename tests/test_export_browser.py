"""The download menu in a real browser: files as the chart's own address gives them, the citation, an SVG that shows."""

import urllib.request

import pytest
from test_dashboard_browser import address, browser, page  # noqa: F401

TIMEOUT = 60_000


@pytest.mark.parametrize(("form", "starts"), [("PNG", b"\x89PNG"), ("PDF", b"%PDF"), ("XLSX", b"PK"), ("CSV", b"\xef")])
def test_a_download_is_the_charts_own_address(page, address, form, starts):  # noqa: F811
    page.goto(f"{address}/gap-over-time")
    page.locator(".js-plotly-plot").first.wait_for()
    page.get_by_text("Download and cite").first.click()
    button = page.get_by_role("link", name=form, exact=True)
    button.wait_for()
    with page.expect_download(timeout=TIMEOUT) as started:
        button.click()
    content = started.value.path().read_bytes()
    assert content.startswith(starts)
    assert started.value.suggested_filename.startswith("modelgap-records-")
    told = page.get_by_text(f"{address}/chart/records.svg").first.inner_text()
    assert urllib.request.urlopen(told.replace(".svg", f".{form.lower()}")).read() == content
    assert (page.faults, page.outside) == ([], [])


@pytest.mark.parametrize("form", ["svg", "html"])
def test_a_chart_stands_alone_in_a_browser(page, address, form):  # noqa: F811
    page.goto(f"{address}/chart/records.{form}")
    page.locator("svg").first.wait_for()
    assert page.locator("svg").first.bounding_box()["width"] > 300
    assert (page.faults, page.outside) == ([], [])
    assert page.evaluate("window.pwned === undefined")
