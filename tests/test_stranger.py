"""A stranger's way, in a real browser: from opening the app to a Chinese PDF of mathematics, open weights, June 2025.

The cohort, the domain and the day are found by their words, as a reader finds them, and the PDF says all of them.
"""

from datetime import date

import pytest
import small_snapshot
import yaml
from export_kit import read_pdf
from test_dashboard_browser import browser, page, serve  # noqa: F401

OPEN, DAY = "国内开放权重", "2025年6月30日"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Give the address of a dashboard whose one benchmark is of mathematics, with a cohort of open weights."""
    folder = tmp_path_factory.mktemp("stranger")
    home, registry = folder / "home", folder / "registry"
    small_snapshot.write_registry(registry)
    cohorts = [{"id": "domestic-open", "terms": "domestic+open", "name": {"en": "Domestic, open weights", "zh": OPEN}}]
    edit(registry / "cohorts.yaml", lambda _: cohorts)
    edit(registry / "domains.yaml", lambda _: [{"id": "mathematics", "name": {"en": "Mathematics", "zh": "数学"}}])
    named = {"domain": "mathematics", "name": {"en": "Sums", "zh": "数学测验"}}
    edit(registry / "benchmarks.yaml", lambda rows: [row | named for row in rows])
    edit(registry / "models" / "cathay.yaml", open_weights)
    small_snapshot.land_scores(home)
    small_snapshot.build(home, registry)
    with serve(home, folder / "log") as url:
        yield url


def edit(path, change):
    document = yaml.safe_load(path.read_text()) if path.exists() else None
    path.write_text(yaml.safe_dump(change(document), allow_unicode=True))


def open_weights(document):
    return document | {"models": [model | {"open_weights": True} for model in document["models"]]}


def choose(page, label, option):  # noqa: F811
    """Choose an option as a reader does, and wait until the address says so."""
    before = page.url
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=option, exact=True).click()
    page.wait_for_function("before => location.href !== before", arg=before)


def test_a_stranger_takes_a_chinese_pdf_with_its_citation(page, address):  # noqa: F811
    page.goto(address)
    page.locator(".js-plotly-plot").first.wait_for()
    page.get_by_text("中文", exact=True).first.click()
    page.get_by_text("下载与引用").first.wait_for()
    choose(page, "衡量对象", OPEN)
    choose(page, "领域", "数学")
    page.get_by_text("日期与证据").click()
    choose(page, "截至日期", DAY)
    page.keyboard.press("Escape")
    page.get_by_text(f"截至{DAY}").first.wait_for()
    page.get_by_text("下载与引用").first.click()
    page.get_by_text("modelgap：《").first.wait_for()
    cited = page.get_by_text("modelgap：《").first.inner_text()
    with page.expect_download() as started:
        page.get_by_role("link", name="PDF", exact=True).click()
    text = "".join(read_pdf(started.value.path().read_bytes()).split())
    for said in ("数学", OPEN, f"截至{DAY}", "来源", "引用格式：modelgap：《落后前沿的月数》"):
        assert said in text
    assert "".join(cited.split()) in text, "the PDF carries the sentence that the interface offers"
    assert date(2025, 6, 30).isoformat() in started.value.suggested_filename
    assert (page.faults, page.outside) == ([], [])
