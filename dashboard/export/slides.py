"""A figure as a 16:9 slide: a native chart that can be edited, with the figure's words as text boxes around it.

Before: a `Bundle`. After: bytes. Words stand where the figure has them, hatches are shapes with a pattern, lines and
markers are the chart's own series; steps have doubled points, as a native chart knows no steps.
"""

import re
import zipfile
from io import BytesIO

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.dml import MSO_PATTERN
from pptx.enum.shapes import MSO_CONNECTOR, MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Emu, Pt

from dashboard.export.bundle import Bundle, tidy
from dashboard.export.drawing import draw_figure
from dashboard.export.primitives import LINE_HEIGHT, Area, Box, Drawing, Line, Words, parse_color
from dashboard.export.series import list_series
from dashboard.export.slide_charts import add_charts, fade
from dashboard.theme import measure_text

WIDTH, HEIGHT = Emu(12192000), Emu(6858000)
MARGIN = 300000
FONT = "Noto Sans CJK SC"
MAX_PROPERTY = 255
"""Letters that a document property may have."""
STAMP = (1980, 1, 1, 0, 0, 0)


class Slide:
    """A slide onto which a drawing's pixels are scaled, centred within its margins."""

    def __init__(self, drawing: Drawing):
        self.deck = Presentation()
        self.deck.slide_width, self.deck.slide_height = WIDTH, HEIGHT
        self.page = self.deck.slides.add_slide(self.deck.slide_layouts[5])
        self.scale = min((WIDTH - 2 * MARGIN) / drawing.width, (HEIGHT - 2 * MARGIN) / drawing.height)
        self.left = (WIDTH - drawing.width * self.scale) / 2
        self.top = (HEIGHT - drawing.height * self.scale) / 2
        self.height = drawing.height

    def place(self, box: Box) -> tuple[Emu, Emu, Emu, Emu]:
        """Return a box in pixels as a shape's left, top, width and height."""
        left, low, right, high = box
        at = self.left + left * self.scale, self.top + (self.height - high) * self.scale
        return (
            Emu(round(at[0])),
            Emu(round(at[1])),
            *(Emu(max(1, round(s * self.scale))) for s in (right - left, high - low)),
        )

    def to_points(self, pixels: float) -> Pt:
        """Return a length in pixels as points."""
        return Pt(max(0.25, round(pixels * self.scale / 12700, 2)))


def write_pptx(bundle: Bundle) -> bytes:
    """Return a presentation of one slide, the same bytes for the same bundle."""
    drawing, plate = draw_figure(bundle.figure, bundle.width)
    slide = Slide(drawing)
    for item in drawing.items:
        _add_shape(slide, item, drawing)
    add_charts(slide, plate, list_series(bundle.figure, bundle.width), tidy(bundle.alt))
    title = tidy(bundle.caption.title)
    for words in drawing.words:
        is_title = words.text.replace("\n", "").replace(" ", "") == title.replace(" ", "")
        _add_words(slide, words, slide.page.shapes.title if is_title else None)
    about = slide.deck.core_properties
    about.title, about.author, about.comments = title[:MAX_PROPERTY], "modelgap", bundle.permalink[:MAX_PROPERTY]
    about.created = about.modified = bundle.built_at.replace(tzinfo=None)
    about.last_modified_by = "modelgap"
    slide.page.notes_slide.notes_text_frame.text = bundle.citation
    out = BytesIO()
    slide.deck.save(out)
    return freeze_archive(out.getvalue(), bundle.built_at.strftime("%Y-%m-%dT%H:%M:%SZ"))


def _add_shape(slide: Slide, item: object, drawing: Drawing) -> None:
    """Add what a native chart lacks: hatched and filled rectangles, and straight lines of two points."""
    if isinstance(item, Area) and len(item.points) == 4 and (item.hatch or item.edge or item.fill):
        xs, ys = zip(*item.points, strict=True)
        if len(set(xs)) > 2 or len(set(ys)) > 2:
            return
        box = _clip((min(xs), min(ys), max(xs), max(ys)), item.clip)
        shape = slide.page.shapes.add_shape(MSO_SHAPE.RECTANGLE, *slide.place(box))
        shape.line.fill.background()
        shape.shadow.inherit = False
        if item.hatch:
            shape.fill.patterned()
            shape.fill.pattern = MSO_PATTERN.LIGHT_UPWARD_DIAGONAL
            shape.fill.fore_color.rgb = _to_rgb(item.hatch)
            shape.fill.back_color.rgb = _to_rgb(drawing.background)
        else:
            shape.fill.solid()
            shape.fill.fore_color.rgb = _to_rgb(item.fill or item.edge)
            fade(shape.fill._xPr, (item.fill or item.edge)[3])
    elif isinstance(item, Line) and len(item.points) == 2 and _is_straight(item):
        (x0, y0), (x1, y1) = item.points
        left, top, width, height = slide.place((min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)))
        ends = (left, top, left + (width if x0 != x1 else 0), top + (height if y0 != y1 else 0))
        line = slide.page.shapes.add_connector(MSO_CONNECTOR.STRAIGHT, *(Emu(end) for end in ends)).line
        line.color.rgb, line.width = _to_rgb(item.color), slide.to_points(item.width)


def _is_straight(line: Line) -> bool:
    (x0, y0), (x1, y1) = line.points
    return x0 == x1 or y0 == y1


def _clip(box: Box, clip: Box | None) -> Box:
    if clip is None:
        return box
    return max(box[0], clip[0]), max(box[1], clip[1]), min(box[2], clip[2]), min(box[3], clip[3])


def _to_rgb(color: tuple[float, ...]) -> RGBColor:
    return RGBColor(*(round(part * 255) for part in color[:3]))


def _add_words(slide: Slide, words: Words, box=None) -> None:
    """Add words as a text box without margins, anchored as in the figure; or put them into a given `box`."""
    sizes = [max((run.size for run in line), default=12.0) for line in words.lines]
    wide = max((sum(measure_text(run.text, run.size) * 1.12 for run in line) for line in words.lines), default=0) + 6
    high = sum(size * LINE_HEIGHT for size in sizes)
    left = words.x - {"left": 0, "center": wide / 2, "right": wide}[words.xanchor]
    top = words.y + {"top": 0, "middle": high / 2, "bottom": high}[words.yanchor]
    place = slide.place((left, top - high, left + wide, top))
    if box is None:
        box = slide.page.shapes.add_textbox(*place)
    box.left, box.top, box.width, box.height = place
    frame = box.text_frame
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    frame.word_wrap = False
    frame.vertical_anchor = {"top": MSO_ANCHOR.TOP, "bottom": MSO_ANCHOR.BOTTOM}.get(words.yanchor, MSO_ANCHOR.MIDDLE)
    align = {"left": PP_ALIGN.LEFT, "right": PP_ALIGN.RIGHT}.get(words.xanchor, PP_ALIGN.CENTER)
    for number, line in enumerate(words.lines):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        paragraph.alignment = align
        for run in line:
            _add_run(slide, paragraph, run)
    if words.background:
        box.fill.solid()
        box.fill.fore_color.rgb = _to_rgb(words.background)


def _add_run(slide: Slide, paragraph, run) -> None:
    written = paragraph.add_run()
    written.text = tidy_run(run.text)
    font = written.font
    font.size, font.bold, font.name = Pt(round(run.size * slide.scale / 12700, 1)), run.is_bold, FONT
    font.color.rgb = _to_rgb(parse_color(run.color))
    east = written._r.get_or_add_rPr().makeelement(qn("a:ea"), {"typeface": FONT})
    written._r.get_or_add_rPr().append(east)


def tidy_run(text: str) -> str:
    """Return a run's letters without what XML cannot hold; its outer spaces part it from its neighbours."""
    return "".join(letter for letter in text if letter.isprintable() or letter == " ")


def freeze_archive(archive: bytes, stamp: str) -> bytes:
    """Return an Office file whose parts, and the workbooks inside, bear one date: `stamp`, in ISO 8601."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(archive)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name.endswith(".xlsx"):
                content = freeze_archive(content, stamp)
            elif name.endswith("docProps/core.xml"):
                content = re.sub(rb"(W3CDTF\">)[^<]*", rb"\g<1>" + stamp.encode(), content)
            target.writestr(zipfile.ZipInfo(name, STAMP), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
