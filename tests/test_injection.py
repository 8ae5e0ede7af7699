"""The injection corpus through every page and every export: whatever a text holds, it is shown as letters.

One server and one browser on `hostile_snapshot`, where every free text tries to be more.
"""

import csv
import json
import re
import shutil
import subprocess
import urllib.request
import zipfile
from html.parser import HTMLParser
from io import BytesIO, StringIO
from pathlib import Path
from xml.etree import ElementTree

import hostile_snapshot
import openpyxl
import pytest
import yaml
from conftest import need
from hostile_snapshot import BEACON, FORMULAS, TEXTS
from hostile_snapshot import UNSEEN as UNSEEN_TEXTS
from markdown_it import MarkdownIt
from PIL import Image
from test_browser_matrix import FINISHED, PATHS
from test_dashboard_browser import browser, note_request, serve  # noqa: F401

from dashboard.chart_catalogue import CATALOGUE
from dashboard.export import FORMATS
from dashboard.export.report import write_report
from warehouse.package import write_package
from warehouse.snapshot import open_current

UNSEEN = re.compile("[\u202a-\u202e\u2066-\u2069\u200b\ufeff\ufffe\x00-\x08\x0b\x0e-\x1f]")
OURS = re.compile(r"/|\?|#|data-and-methods\?|https://example\.org/(claim|count)$")
"""Links that the pages themselves make: to their own addresses, and to the registered sources."""
ESCAPED = """() => {
  const all = kind => [...document.querySelectorAll(kind)];
  const said = document.body.innerText;
  return {
    ran: window.pwned !== undefined,
    links: all('a, area').map(a => a.getAttribute('href') ?? a.getAttribute('xlink:href')).filter(Boolean),
    loaded: all('img, image, iframe, object, embed, audio, video, link[rel=stylesheet], base')
      .map(one => one.src ?? one.href?.baseVal ?? one.href ?? one.data)
      .filter(src => src && !src.startsWith('data:') && !src.startsWith(location.origin + '/static/')),
    marked: all('.katex, [class*=stMarkdownColored], [class*=stMarkdownBadge]').length,
    sized: all('[style*="font-size: 90px"]').length,
    words: said, hidden: getComputedStyle(document.body).display === 'none',
  };
}"""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return hostile_snapshot.make_snapshot(tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="module")
def address(home, tmp_path_factory):
    with serve(home, tmp_path_factory.mktemp("served") / "log") as address:
        yield address


@pytest.fixture(scope="module")
def page(browser, address):  # noqa: F811
    """Give a page that notes faults, and every request that leaves the server."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.faults, page.outside = [], []
    page.on("console", lambda message: page.faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("request", lambda asked: note_request(page.outside, asked.url, address))
    yield page
    context.close()


def show(page, url):
    page.faults.clear()
    page.outside.clear()
    page.goto(url)
    page.wait_for_function(FINISHED)


def assert_letters(page):
    """Hold what is on show to letters: nothing ran, nothing was asked outside, no element is anyone's but ours."""
    found = page.evaluate(ESCAPED)
    assert not found["ran"] and not found["hidden"]
    server = page.url.split("/", 3)[2]
    assert [link for link in found["links"] if server not in link and not OURS.match(link)] == []
    assert (found["loaded"], found["marked"], found["sized"]) == ([], 0, 0)
    assert UNSEEN.findall(found["words"]) == []
    assert page.locator("[data-testid=stException]").count() == 0, found["words"]
    assert (page.faults, page.outside) == ([], [])


@pytest.mark.parametrize("path", PATHS)
def test_a_page_shows_letters_wherever_one_looks(page, address, path):
    """Its parts, menus and tables opened, and the pointer on its marks."""
    show(page, address + path)
    assert_letters(page)
    for part in page.locator("[data-testid=stMain] :is([role=tab], [data-testid^=stBaseButton-segmented])").all():
        part.click()
        page.wait_for_function(FINISHED)
        assert_letters(page)
    for menu in page.locator("[data-testid=stMain] [data-testid=stPopoverButton]:visible").all():
        menu.click()
        page.locator("[data-testid=stPopoverBody]").wait_for()
        page.wait_for_function(FINISHED)
        assert_letters(page)
        page.keyboard.press("Escape")
    for mark in page.locator(":is(.scatterlayer, .barlayer) .point:visible").all()[:24:2]:
        mark.hover(force=True, timeout=2000, no_wait_after=True)
    assert_letters(page)


def test_in_chinese_too(page, address):
    for path in PATHS:
        show(page, f"{address}{path}?lang=zh")
        assert_letters(page)


def test_answers_are_letters(page, address):
    shown = set()
    for number in (0, 4, *map(TEXTS.index, UNSEEN_TEXTS), len(TEXTS)):
        show(page, f"{address}/compare?a=cathay/two&b=columbia/dos&item=sums-en-{number}-0")
        shown.update(page.locator("[data-testid=stCode]").all_inner_texts())
        assert_letters(page)
    assert any("\\u202e" in text for text in shown)


@pytest.mark.parametrize(
    "query", ["?snapshot={}", "?part={}", "?model={}&part=figures", "?scale={}&as-of={}", "?lang={}"]
)
def test_what_an_address_says_is_letters(page, address, query):
    for text in ("<img src=x onerror=window.pwned=1>", f"![x]({BEACON}q.png)", ":red[x] $x$ www.example.org\u202e"):
        show(page, f"{address}/data-and-methods{query.replace('{}', urllib.request.quote(text))}")
        assert_letters(page)


@pytest.mark.parametrize("slug", CATALOGUE)
def test_a_charts_files_hold_letters(page, address, home, slug):
    for form in FORMATS:
        query = "?a=cathay/two&b=columbia/dos" if slug == "compare" else ""
        with urllib.request.urlopen(f"{address}/chart/{slug}.{form}{query}") as answer:
            CHECKS[form](answer.read())
    if slug in ("records", "claims"):
        page.faults.clear()
        page.goto(f"{address}/chart/{slug}.html{query}")
        page.locator(".main-svg").first.wait_for()
        assert_letters(page)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_brief_holds_letters(home, language):
    snapshot = open_current(home)
    for form in ("pdf", "html", "md"):
        CHECKS[form](write_report(snapshot, form, language))


def test_a_data_package_holds_letters(home, tmp_path):
    out = tmp_path / "package"
    write_package(open_current(home), out)
    for path in out.rglob("*"):
        if path.suffix in CHECKS:
            CHECKS[path.suffix](path.read_bytes())
    check_markdown((out / "README.md").read_bytes())
    for path in out.rglob("*.csv"):
        check_csv(path.read_bytes())
    assert yaml.safe_load((out / "CITATION.cff").read_text(encoding="utf-8"))["cff-version"]
    assert all(json.loads(path.read_text(encoding="utf-8")) for path in out.rglob("*.json"))


class Elements(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))


def check_html(content):
    text = content.decode()
    elements = Elements()
    elements.feed(re.sub(r"(?s)<script.*?</script>", "", text))
    for tag, attributes in elements.found:
        assert tag not in ("script", "iframe", "object", "embed", "base", "link", "form")
        assert not any(name.startswith("on") for name in attributes)
        assert attributes.get("src", "data:").startswith("data:")
        assert OURS.match(attributes.get("href", "#")) or "snapshot=" in attributes["href"]
    # Plotly's own code holds such characters.
    assert not UNSEEN.search(re.sub(r"(?s)<script.*?</script>", "", text))


def check_svg(content):
    assert not UNSEEN.search(content.decode())
    for element in ElementTree.fromstring(content).iter():
        tag = element.tag.rpartition("}")[2]
        assert tag not in ("script", "a", "image", "foreignObject", "iframe")
        for name, value in element.attrib.items():
            name = name.rpartition("}")[2]
            assert not name.startswith("on") and (name != "href" or value.startswith("#"))


def check_pdf(content):
    for word in (b"/URI", b"/JavaScript", b"/JS", b"/Launch", b"/OpenAction", b"/EmbeddedFile"):
        assert word + b" " not in content and word + b"(" not in content
    need(shutil.which("pdftotext") is not None, "pdftotext (poppler-utils)")
    text = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True).stdout.decode()
    assert text.strip() and not UNSEEN.search(text)


def check_csv(content):
    text = content.decode("utf-8-sig")
    assert not UNSEEN.search(text)
    for row in csv.reader(StringIO(text)):
        for cell in row:
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")) or is_number(cell), cell


def is_number(cell):
    try:
        return bool(cell.strip() == cell and [float(cell)])
    except ValueError:
        return False


def check_json(content):
    assert json.loads(content) and not UNSEEN.search(content.decode())


def check_png(content):
    Image.open(BytesIO(content)).verify()


def check_office(content):
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert not any(b'TargetMode="External"' in part for name, part in parts.items() if name.endswith(".rels"))
    for name, part in parts.items():
        if name.endswith(".xml"):
            assert b"hlinkClick" not in part and not UNSEEN.search(part.decode("utf-8"))
            ElementTree.fromstring(part)


def check_xlsx(content):
    check_office(content)
    for sheet in openpyxl.load_workbook(BytesIO(content)):
        for row in sheet.iter_rows():
            assert not any(cell.data_type == "f" or cell.hyperlink for cell in row)


def check_markdown(content):
    text = content.decode()
    assert not UNSEEN.search(text)
    for token in MarkdownIt("commonmark", {"html": True}).enable("table").parse(text):
        for part in (token, *(token.children or ())):
            assert part.type not in ("image", "html_inline", "html_block")
            if part.type == "link_open":
                assert "127.0.0.1:9" not in part.attrs["href"] and part.attrs["href"].startswith(("http", "./"))


CHECKS = {
    "html": check_html, "svg": check_svg, "pdf": check_pdf, "csv": check_csv, "json": check_json, "png": check_png,
    "xlsx": check_xlsx, "pptx": check_office, "md": check_markdown,
}  # fmt: skip


def test_the_corpus_reaches_the_files(home, address):
    """The checks above would pass where the names did not arrive."""
    with urllib.request.urlopen(f"{address}/chart/records.csv") as answer:
        text = answer.read().decode("utf-8-sig")
    assert "<script>window.pwned=1</script>" in text and f"'{FORMULAS[1]}" in text
    assert Path(home).is_dir()
