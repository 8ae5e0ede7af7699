"""The brief as a Word document that can be edited: native headings, tables and fields, charts as pictures.

Before: a `Brief`. After: a DOCX on A4, its Chinese in a font of its own, every picture with its alternative text.
"""

from io import BytesIO

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from dashboard.export.bundle import tidy
from dashboard.export.drawing import draw_figure
from dashboard.export.office import EAST_ASIAN, LATIN, MAX_PROPERTY, freeze_archive
from dashboard.export.paper import About, print_drawing
from dashboard.export.report.content import Brief, Figure, Heading, Paragraph, Table, Terms
from dashboard.i18n import t
from dashboard.theme import LIGHT

PAGE, MARGIN = (Mm(210), Mm(297)), Mm(19)
ROOM = PAGE[0] - 2 * MARGIN
TINT = "F6F6F4"
STYLES = {"Normal": (10, LIGHT.ink), "Title": (20, LIGHT.ink), "Subtitle": (9, LIGHT.muted),
          "Heading 1": (13, LIGHT.ink), "Footer": (8, LIGHT.muted)}  # fmt: skip
"""Of Word's own styles those that are used: size in points, and ink."""
SMALL = Pt(8.5)


def to_docx(brief: Brief) -> bytes:
    """Return the brief as a Word document, the same bytes each time."""
    document = Document()
    _set_page(document, brief)
    document.add_paragraph(tidy(brief.title), "Title")
    document.add_paragraph(tidy(brief.dateline), "Subtitle")
    for block in brief.blocks:
        ADD[type(block)](document, block)
    about = document.core_properties
    about.title, about.author, about.subject = tidy(brief.title)[:MAX_PROPERTY], "modelgap", brief.footer[:MAX_PROPERTY]
    about.language = "zh-CN" if brief.language == "zh" else "en"
    about.comments, about.last_modified_by = "", "modelgap"
    about.created = about.modified = brief.built_at.replace(tzinfo=None)
    out = BytesIO()
    document.save(out)
    return freeze_archive(out.getvalue(), brief.built_at.strftime("%Y-%m-%dT%H:%M:%SZ"))


def _set_page(document, brief: Brief) -> None:
    """Set paper, styles, and the foot of each page: the address, and the number of the page."""
    section = document.sections[0]
    section.page_width, section.page_height = PAGE
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = MARGIN
    for name, (size, ink) in STYLES.items():
        _set_style(document.styles[name], size, ink)
    foot = section.footer.paragraphs[0]
    document.styles["Footer"].paragraph_format.tab_stops.clear_all()
    foot.paragraph_format.tab_stops.add_tab_stop(ROOM, WD_TAB_ALIGNMENT.RIGHT)
    foot.add_run(f"{tidy(brief.footer)}\t")
    before, between, after = t("{number} of {count}", number="\0", count="\0").split("\0")
    for text, field in ((before, "PAGE"), (between, "NUMPAGES")):
        foot.add_run(text)
        _add_field(foot, field)
    foot.add_run(after)


def _set_style(style, size: float, ink: str) -> None:
    """Give a style our fonts, for Chinese too, in place of the theme's, which Word would prefer."""
    style.font.size, style.font.name, style.font.italic = Pt(size), LATIN, False
    style.font.bold = style.name in ("Title", "Heading 1")
    style.font.color.rgb = RGBColor.from_string(ink[1:].upper())
    fonts = style.element.rPr.rFonts
    for name in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.attrib.pop(qn(f"w:{name}Theme"), None)
        fonts.set(qn(f"w:{name}"), EAST_ASIAN if name == "eastAsia" else LATIN)
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(size * 0.25), Pt(size * 0.45)
    for border in style.element.findall(f".//{qn('w:pBdr')}"):
        border.getparent().remove(border)


def _add_field(paragraph, name: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    run = OxmlElement("w:r")
    run.append(OxmlElement("w:t"))
    run[0].text = "1"
    field.append(run)
    paragraph._p.append(field)


def _add_heading(document, block: Heading) -> None:
    document.add_heading(tidy(block.text), 1)


def _add_paragraph(document, block: Paragraph) -> None:
    run = document.add_paragraph().add_run(tidy(block.text))
    if block.is_lead:
        run.bold, run.font.size = True, Pt(13)


def _add_figure(document, block: Figure) -> None:
    """Add a chart as wide as the text, said in words for those who do not see it."""
    bundle = block.bundle
    drawing, _ = draw_figure(bundle.figure, bundle.width)
    picture = print_drawing(drawing, "png", About(tidy(bundle.caption.title), bundle.citation, bundle.built_at))
    shape = document.add_picture(BytesIO(picture), ROOM)
    properties = shape._inline.docPr
    properties.set("name", bundle.slug)
    properties.set("title", tidy(bundle.caption.title))
    properties.set("descr", tidy(bundle.alt))


def _add_table(document, block: Table) -> None:
    """Add a table that stays on one page where it can; its heads are repeated on each that it runs over."""
    table = document.add_table(0, len(block.heads))
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, share in zip(table.columns, block.widths, strict=True):
        column.width = int(ROOM * share)
    for number, cells in enumerate((block.heads, *block.rows)):
        row = table.add_row()
        _mark(row._tr.get_or_add_trPr(), "w:cantSplit")
        if number == 0:
            _mark(row._tr.get_or_add_trPr(), "w:tblHeader")
        for cell, text, share, side in zip(row.cells, cells, block.widths, block.align, strict=True):
            cell.width = int(ROOM * share)
            _rule(cell, LIGHT.muted if number == 0 else LIGHT.grid)
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(1.5)
            paragraph.paragraph_format.keep_with_next = number < len(block.rows)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if side == "r" else WD_ALIGN_PARAGRAPH.LEFT
            run = paragraph.add_run(tidy(text))
            run.bold, run.font.size = number == 0, SMALL
    document.add_paragraph().paragraph_format.space_after = Pt(0)


def _add_terms(document, block: Terms) -> None:
    """Add terms and meanings in a tinted box."""
    cell = document.add_table(1, 1).rows[0].cells[0]
    shade = _mark(cell._tc.get_or_add_tcPr(), "w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:fill"), TINT)
    for number, (term, meaning) in enumerate(block.terms):
        paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
        label, rest = t("{term}: {meaning}", term="\0", meaning=tidy(meaning)).split("\0")
        for text, is_bold in ((f"{label}{tidy(term)}", True), (rest, False)):
            run = paragraph.add_run(text)
            run.bold, run.font.size = is_bold, SMALL


def _rule(cell, ink: str) -> None:
    """Draw a hair line below a cell."""
    borders = _mark(cell._tc.get_or_add_tcPr(), "w:tcBorders")
    line = _mark(borders, "w:bottom")
    for name, value in (("val", "single"), ("sz", "4"), ("color", ink[1:].upper())):
        line.set(qn(f"w:{name}"), value)


def _mark(parent, name: str):
    """Return an empty element of that name, added to `parent`."""
    element = OxmlElement(name)
    parent.append(element)
    return element


ADD = {
    Heading: _add_heading,
    Paragraph: _add_paragraph,
    Figure: _add_figure,
    Table: _add_table,
    Terms: _add_terms,
}
