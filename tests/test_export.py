"""Every chart in every format: opened by its own library, the same bytes each time, hostile names inert."""

import csv
import json
import re
import zipfile
from functools import cache
from html.parser import HTMLParser
from io import BytesIO, StringIO
from xml.etree import ElementTree

import openpyxl
import page_snapshot
import pandas as pd
import pytest
import small_snapshot
from conftest import need
from export_kit import get_home, read_pdf
from PIL import Image
from pptx import Presentation
from typer.testing import CliRunner

import modelgap
from collectors.errors import UsageError
from dashboard.chart_catalogue import CATALOGUE, find_chart, read_choices, spell_choices
from dashboard.chart_makers import MORE
from dashboard.export import FORMATS, export_chart, make_bundle, name_file
from dashboard.export.bundle import find_unit, keep_redistributable, shorten_snapshot, tidy
from dashboard.export.drawing import Plate
from dashboard.export.errors import ExportError
from dashboard.export.fonts import find_faces
from dashboard.export.series import list_series
from dashboard.export.tables import guard_formula
from dashboard.questions import Choices
from warehouse import read

SLUGS = [slug for slug, entry in CATALOGUE.items() if entry not in MORE]
"""The charts that the small snapshot has something for; tests/test_page_exports.py holds the others."""
CASES = [(slug, form) for slug in SLUGS for form in FORMATS]


@pytest.fixture(scope="module")
def home():
    return get_home()


@pytest.fixture(scope="module")
def snapshot(home):
    return read.open_current(home)


@pytest.fixture(scope="module")
def pages():
    """Give a snapshot that has something to draw for every chart of the catalogue."""
    return read.open_current(page_snapshot.get_home())


@pytest.fixture
def with_chinese():
    need(bool(find_faces(False)[1:]), "a font with Chinese (fonts-noto-cjk)")


@cache
def export(snapshot, slug, form, language="en", scale=""):
    return export_chart(snapshot, slug, form, {"scale": scale}, language)


def read_rows(snapshot, slug):
    return list(csv.reader(StringIO(export(snapshot, slug, "csv").decode("utf-8-sig"))))


def list_slide_texts(content):
    slide = Presentation(BytesIO(content)).slides[0]
    return [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]


@pytest.mark.parametrize(("slug", "form"), CASES)
def test_the_same_question_gives_the_same_bytes(pages, slug, form):
    assert export(pages, slug, form) == export_chart(pages, slug, form, {}, "en")


@pytest.mark.parametrize("slug", SLUGS)
def test_a_png_has_two_pixels_for_each(pages, slug):
    image = Image.open(BytesIO(export(pages, slug, "png")))
    image.load()
    assert image.width == 2 * (CATALOGUE[slug].width + 32)
    assert len(image.convert("RGB").getcolors(1 << 20)) > 50


@pytest.mark.parametrize("slug", SLUGS)
def test_a_pdf_has_text_that_can_be_searched_and_fonts_that_print(pages, slug):
    content = export(pages, slug, "pdf")
    bundle = make_bundle(pages, slug, {})
    text = " ".join(read_pdf(content).split())
    assert bundle.caption.title.split("<")[0][:40] in text
    for said in (
        "Source: ",
        "Cite as: modelgap",
        f"as of {bundle.as_of}",
        pages.id.rpartition("-")[2],
        bundle.permalink,
    ):
        assert said in text
    assert text.count(bundle.permalink) == 2, "in the footer and in the citation"
    assert b"/FontFile2" in content and b"/Type3" not in content


@pytest.mark.parametrize("slug", SLUGS)
def test_a_chinese_pdf_is_searched_in_chinese(pages, slug, with_chinese):
    text = read_pdf(export(pages, slug, "pdf", "zh"))
    assert "来源" in text and "引用格式：modelgap" in text


def test_an_svg_is_drawn_alone_and_says_its_words(snapshot):
    content = export(snapshot, "records", "svg")
    tree = ElementTree.fromstring(content)
    links = [value for element in tree.iter() for name, value in element.attrib.items() if name.endswith("href")]
    assert links and all(link.startswith("#") for link in links), "it refers to something outside"
    assert not {element.tag.rpartition("}")[2] for element in tree.iter()} & {"a", "script", "image", "text"}
    assert snapshot.id.rpartition("-")[2].encode() in content


def test_a_csv_carries_units_and_guards_against_formulas(snapshot):
    header, *rows = read_rows(snapshot, "records")
    assert "score_percent" in header and "release_date" in header
    names = [row[header.index("name")] for row in rows]
    assert f"'{small_snapshot.FORMULA}" in names
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row)


def test_every_row_names_whom_it_is_from(snapshot):
    for slug, said in (("records", "Board "), ("lag-over-time", "modelgap, snapshot")):
        header, *rows = read_rows(snapshot, slug)
        assert rows and any(row[header.index("attribution")].startswith(said) for row in rows)
        assert all(row[header.index("attribution")] for row in rows)
    assert "Board" in export(snapshot, "lag-over-time", "html").decode().partition("<ul>")[2][:300]


def test_a_file_is_named_by_what_was_chosen(snapshot):
    choices = {"scale": "domain:mathematics", "as-of": "2025-06-30", "domestic": "国"}
    short = shorten_snapshot(snapshot.id)
    name = name_file(snapshot, "records", "pdf", "zh", choices)
    assert name == f"modelgap-records---domain-mathematics-2025-06-30-{short}-zh.pdf"


def test_numbers_are_not_guarded():
    assert guard_formula(-3.5) == -3.5
    assert [guard_formula(text) for text in ("=1", "+1", "-1", "@x", "\tx", "\rx", "x")] == [
        "'=1", "'+1", "'-1", "'@x", "'\tx", "'\rx", "x",
    ]  # fmt: skip


def test_the_metadata_say_what_whose_and_from_where(snapshot):
    document = json.loads(export(snapshot, "lag-over-time", "json"))
    assert {"title", "subtitle", "unit", "definition", "sources", "as_of", "snapshot", "permalink", "citation",
            "columns"} <= set(document)  # fmt: skip
    assert document["snapshot"] == snapshot.id and document["as_of"] == snapshot.as_of.isoformat()
    assert document["sources"][0]["licence"] == "CC BY 4.0" and document["sources"][0]["attribution"] == "Board"
    assert {column["name"]: column["unit"] for column in document["columns"]}["lag_months"] == "months"
    assert document["permalink"] in document["citation"]


@pytest.mark.parametrize("slug", SLUGS)
def test_a_workbook_holds_data_metadata_and_a_native_chart(pages, slug):
    content = export(pages, slug, "xlsx")
    book = openpyxl.load_workbook(BytesIO(content))
    assert [cell.value for cell in book["Data"][1]] == list(make_bundle(pages, slug, {}).data)
    metadata = {row[0]: row[1] for row in book["Metadata"].iter_rows(values_only=True)}
    assert metadata["snapshot"] == pages.id
    has_marks = bool(list_series(Plate(make_bundle(pages, slug, {}).figure, 1000)))
    assert has_marks == ("Chart" in book.sheetnames) and (slug in ("isic", "domain-heat") or has_marks)
    assert not has_marks or len(book["Chart"]._charts) >= 1
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell.value for cell in cells if cell.data_type == "f" or cell.hyperlink]


def test_a_name_like_a_formula_is_text_in_a_workbook(snapshot):
    book = openpyxl.load_workbook(BytesIO(export(snapshot, "records", "xlsx")))
    cells = [cell for row in book["Data"].iter_rows() for cell in row]
    assert [cell.data_type for cell in cells if cell.value == small_snapshot.FORMULA] == ["s"]


def test_a_slide_has_a_native_chart_a_title_and_the_footer(snapshot):
    content = export(snapshot, "records", "pptx")
    deck = Presentation(BytesIO(content))
    shapes = deck.slides[0].shapes
    charts = [shape.chart for shape in shapes if shape.has_chart]
    assert deck.slide_width / deck.slide_height == pytest.approx(16 / 9, rel=1e-3)
    assert len(charts) == 1 and shapes.title.text_frame.text.startswith("Quiz")
    lines = [list(series.iter_values()) for series in charts[0].plots[0].series if series.name == "frontier"]
    assert max(lines, key=len)[:3] == pytest.approx([45.0, 45.0, 70.0]), "a step has doubled points"
    assert any(make_bundle(snapshot, "records", {}).permalink in text for text in list_slide_texts(content))


def test_a_page_needs_no_network_and_carries_the_citation(snapshot):
    text = export(snapshot, "records", "html").decode()
    assert "default-src 'none'" in text[:900] and '<html lang="en">' in text[:900]
    assert make_bundle(snapshot, "records", {}).permalink in text[-60000:]


class Tags(HTMLParser):
    """Collects the tags of a page."""

    def __init__(self):
        super().__init__()
        self.tags = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


def test_a_page_has_no_element_of_anybody_elses(snapshot):
    text = export(snapshot, "records", "html").decode()
    parser = Tags()
    parser.feed(text)
    tags = [tag for tag, _ in parser.tags]
    assert not {"a", "img", "link", "iframe", "object", "base"} & set(tags)
    assert not [attrs for _, attrs in parser.tags if any(name.startswith("on") or name == "src" for name in attrs)]
    assert small_snapshot.SCRIPT not in text and "pwned" in text


@pytest.mark.parametrize("form", ["svg", "json", "csv"])
def test_no_direction_or_zero_width_letter_is_left(snapshot, form):
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b]", export(snapshot, "records", form).decode("utf-8-sig"))


@pytest.mark.parametrize("form", ["csv", "xlsx", "pptx"])
def test_hostile_names_bring_no_relation_to_the_outside(snapshot, form):
    content = export(snapshot, "records", form)
    if form == "csv":
        assert b"\xe2\x80\xae" not in content
        return
    with zipfile.ZipFile(BytesIO(content)) as archive:
        relations = b"".join(archive.read(name) for name in archive.namelist() if name.endswith(".rels"))
    assert b'TargetMode="External"' not in relations


def test_control_direction_and_zero_width_letters_are_dropped():
    assert tidy("a\u202eb\u200bc\x07d\te") == "abcd e"


def test_what_may_not_be_passed_on_is_not_in_the_data(snapshot, monkeypatch):
    data = pd.DataFrame({"source": ["board", "closed"], "score_percent": [1.0, 2.0]})
    rows = [{"source": "closed", "is_redistributable": False, "kind": "leaderboard"}]
    monkeypatch.setattr(read, "list_sources", lambda *_: pd.DataFrame(rows).pipe(_to_arrow))
    assert keep_redistributable(snapshot, data)["source"].tolist() == ["board"]


def _to_arrow(frame):
    import pyarrow as pa

    return pa.Table.from_pandas(frame)


def test_choices_reach_the_figure_the_data_and_the_permalink(snapshot):
    bundle = make_bundle(snapshot, "lag-over-time", {"as-of": "2025-06-30"})
    assert str(bundle.data["date"].max())[:10] == "2025-06-30"
    assert bundle.as_of.isoformat() == "2025-06-30"
    assert "as-of=2025-06-30" in bundle.permalink
    assert bundle.permalink.endswith(f"snapshot={shorten_snapshot(snapshot.id)}")


def test_the_permalink_names_the_installation(snapshot, monkeypatch):
    monkeypatch.setenv("MODELGAP_URL", "https://gap.example.org/")
    assert make_bundle(snapshot, "domains", {}).permalink.startswith("https://gap.example.org/?snapshot=")


def test_a_slug_may_name_its_scale(snapshot):
    entry, choices = find_chart("records-quiz", {})
    assert entry.slug == "records" and read_choices(snapshot, choices).scale["scale_id"] == "quiz"


@pytest.mark.parametrize(
    ("slug", "choices", "said"),
    [
        ("nonsense", {}, "there are: lag-over-time"),
        ("domains", {"scale": "quiz"}, "takes no such choice"),
        ("records", {"scale": "nonsense"}, "does not exist"),
        ("lag-over-time", {"as-of": "soon"}, "2025-06-30"),
        ("lag-over-time", {"evidence": "rumour"}, "there is: published"),
        ("lag-over-time", {"evidence": "measured"}, "no scale has such evidence"),
    ],
)
def test_what_does_not_exist_is_named_with_what_does(snapshot, slug, choices, said):
    with pytest.raises(UsageError) as caught:
        export_chart(snapshot, slug, "csv", choices, "en")
    assert said.lower() in str(caught.value).lower()


def test_choices_of_a_page_are_spelt_as_its_address(snapshot):
    chosen = Choices(domestic="domestic-open", as_of=snapshot.as_of, known_then=True, scale_id="quiz")
    assert spell_choices(Choices()) == {}
    assert spell_choices(chosen) == {
        "domestic": "domestic-open", "scale": "quiz", "as-of": snapshot.as_of.isoformat(), "known": "yes",
    }  # fmt: skip


def test_units_follow_from_names():
    named = {"lag_months": "months", "score_percent": "percent", "release_date": "ISO 8601 date", "name": None}
    assert {name: find_unit(name) for name in named} == named


def test_a_machine_without_chinese_says_what_to_install(snapshot, monkeypatch):
    monkeypatch.setattr("dashboard.export.fonts.CHINESE", ())
    find_faces.cache_clear()
    try:
        assert export_chart(snapshot, "domains", "pdf", {}, "en").startswith(b"%PDF")
        with pytest.raises(ExportError) as caught:
            export_chart(snapshot, "domains", "pdf", {}, "zh")
        assert "fonts-noto-cjk" in str(caught.value)
    finally:
        find_faces.cache_clear()


def test_the_command_writes_the_same_bytes(home, snapshot, tmp_path, monkeypatch):
    monkeypatch.setenv("MODELGAP_HOME", str(home))
    out = tmp_path / "chart.pdf"
    done = CliRunner().invoke(
        modelgap.app, ["export", "records", "--format", "pdf", "--benchmark", "quiz", "--out", str(out)]
    )
    assert done.exit_code == 0, done.output
    assert done.stdout.strip() == str(out)
    assert out.read_bytes() == export(snapshot, "records", "pdf", scale="quiz")


def test_the_command_names_the_file_by_itself(home, snapshot, tmp_path, monkeypatch):
    monkeypatch.setenv("MODELGAP_HOME", str(home))
    done = CliRunner().invoke(modelgap.app, ["export", "domains", "--format", "csv", "--out", str(tmp_path)])
    assert done.stdout.strip() == str(tmp_path / name_file(snapshot, "domains", "csv"))
    assert (tmp_path / name_file(snapshot, "domains", "csv")).read_bytes() == export(snapshot, "domains", "csv")
