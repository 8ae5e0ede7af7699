"""The brief: its pages, its words in both languages, its numbers those of the dashboard, the same bytes each time."""

import re
from io import BytesIO

import pytest
import small_snapshot
from conftest import need
from docx import Document
from docx.oxml.ns import qn
from export_kit import get_home, read_pdf
from PIL import Image
from typer.testing import CliRunner

import modelgap
from collectors.errors import UsageError
from dashboard.answers import read_standing
from dashboard.chart_catalogue import read_choices
from dashboard.export.bundle import shorten_snapshot
from dashboard.export.fonts import find_faces
from dashboard.export.report import FORMATS, write_report
from warehouse import read


@pytest.fixture(scope="module")
def home():
    return get_home()


@pytest.fixture(scope="module")
def snapshot(home):
    return read.open_current(home)


def read_text(form, content):
    """Return the words of a brief in any format."""
    if form == "pdf":
        return read_pdf(content)
    if form == "docx":
        document = Document(BytesIO(content))
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])
    return content.decode()


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_snapshot_gives_the_same_bytes(snapshot, form):
    assert write_report(snapshot, form, "en") == write_report(snapshot, form, "en")


def test_it_has_two_to_four_pages_numbered(snapshot):
    text = read_pdf(write_report(snapshot, "pdf", "en"))
    pages = text.rstrip("\f").split("\f")
    assert 2 <= len(pages) <= 4
    assert all(f"{number} of {len(pages)}" in page for number, page in enumerate(pages, start=1))
    assert all(f"snapshot={shorten_snapshot(snapshot.id)}" in page for page in pages)


@pytest.mark.parametrize("form", FORMATS)
def test_the_headline_is_the_dashboards(snapshot, form):
    asked = read_choices(snapshot, {})
    standing = read_standing(snapshot, asked.scale["scale_id"], asked.question)
    content = write_report(snapshot, form, "en")
    text = " ".join(read_text(form, content).split())
    assert f"Domestic models are {standing['lag_months']:.1f} months behind the frontier" in text
    assert "CC BY 4.0" in text and "How it was measured" in text and "Guards" in text


def test_the_chinese_brief_is_searched_in_chinese(snapshot):
    need(len(find_faces(False)) > 1, "a font with Chinese (fonts-noto-cjk)")
    text = read_pdf(write_report(snapshot, "pdf", "zh"))
    assert "国内模型落后前沿" in text.replace(" ", "") and "来源" in text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_word_document_has_native_headings_tables_and_described_pictures(snapshot, language):
    if language == "zh":
        need(len(find_faces(False)) > 1, "a font with Chinese (fonts-noto-cjk)")
    document = Document(BytesIO(write_report(snapshot, "docx", language)))
    heads = [paragraph.text for paragraph in document.paragraphs if paragraph.style.name == "Heading 1"]
    assert len(heads) == 4 and heads[0] == {"en": "By domain", "zh": "分领域"}[language]
    assert document.core_properties.title and document.core_properties.language.startswith(language)
    for name in ("Normal", "Title", "Heading 1"):
        fonts = document.styles[name].element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) and fonts.get(qn("w:eastAsiaTheme")) is None
    tables = [table for table in document.tables if len(table.columns) == 4]
    assert len(tables) == 2
    assert all(table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None for table in tables)
    assert len(document.inline_shapes) == 2
    assert all(shape._inline.docPr.get("descr") for shape in document.inline_shapes)
    pictures = [part.blob for part in document.part.package.image_parts]
    assert all(Image.open(BytesIO(picture)).width > 1500 for picture in pictures)


@pytest.mark.parametrize("form", ["html", "md"])
def test_hostile_names_are_letters(snapshot, form):
    text = write_report(snapshot, form, "en").decode()
    assert small_snapshot.LINK not in text and small_snapshot.SCRIPT not in text
    if form == "html":
        assert not re.search(r"<(?:a|script|iframe)\b", text)
        assert set(re.findall(r'src="([^"]{5})', text)) == {"data:"}
    else:
        assert not re.search(r"(?<!\\)(?:<a|!\[)", text)


def test_what_does_not_exist_is_refused(snapshot):
    for form, language in (("doc", "en"), ("pdf", "fr")):
        with pytest.raises(UsageError):
            write_report(snapshot, form, language)


def test_the_command_writes_the_same_bytes(home, snapshot, tmp_path, monkeypatch):
    monkeypatch.setenv("MODELGAP_HOME", str(home))
    out = tmp_path / "brief.md"
    done = CliRunner().invoke(modelgap.app, ["report", "--format", "md", "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert out.read_bytes() == write_report(snapshot, "md", "en")
