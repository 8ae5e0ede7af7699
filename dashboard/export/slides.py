"""A figure as a 16:9 slide: a native chart that can be edited, with the figure's words as text boxes around it.

Before: a `Bundle`. After: bytes. Words stand where the figure has them, bands and hatches are shapes below the chart,
lines and markers are the chart's own series; steps have doubled points, as a native chart knows no steps.
"""

from io import BytesIO

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.dml import MSO_LINE, MSO_PATTERN
from pptx.enum.shapes import MSO_CONNECTOR
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Emu, Pt

from dashboard.export.bundle import Bundle, tidy
from dashboard.export.drawing import draw_figure
from dashboard.export.office import EAST_ASIAN, LATIN, MAX_PROPERTY, freeze_archive
from dashboard.export.primitives import LINE_HEIGHT, Area, Box, Drawing, Line, Point, Words, parse_color
from dashboard.export.series import list_series, simplify
from dashboard.export.slide_charts import add_charts, fade
from dashboard.i18n import t
from dashboard.theme import measure_text

WIDTH, HEIGHT = Emu(12192000), Emu(6858000)
MARGIN = 300000
SLACK = 1.25
"""How much wider than its words a text box is: fonts differ, and a line must not be broken."""


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
        size = (Emu(max(1, round(side * self.scale))) for side in (right - left, high - low))
        return (*self.locate((left, high)), *size)

    def locate(self, point: Point) -> tuple[Emu, Emu]:
        """Return a point in pixels as its distance from the slide's left and upper edge."""
        x, y = point
        return Emu(round(self.left + x * self.scale)), Emu(round(self.top + (self.height - y) * self.scale))

    def to_points(self, pixels: float) -> Pt:
        """Return a length in pixels as points."""
        return Pt(max(0.25, round(pixels * self.scale / 12700, 2)))


def write_pptx(bundle: Bundle) -> bytes:
    """Return a presentation of one slide, the same bytes for the same bundle."""
    drawing, plate = draw_figure(bundle.figure, bundle.width)
    slide = Slide(drawing)
    for item in drawing.items:
        _add_shape(slide, item, drawing)
    add_charts(slide, plate, list_series(plate, with_bands=False), tidy(bundle.alt))
    title = tidy(bundle.caption.title)
    for words in drawing.words:
        is_title = words.text.replace("\n", "").replace(" ", "") == title.replace(" ", "")
        _add_words(slide, words, slide.page.shapes.title if is_title else None)
    about = slide.deck.core_properties
    about.title, about.author, about.comments = title[:MAX_PROPERTY], "modelgap", bundle.permalink[:MAX_PROPERTY]
    about.created = about.modified = bundle.built_at.replace(tzinfo=None)
    about.last_modified_by = "modelgap"
    slide.page.notes_slide.notes_text_frame.text = "\n".join(
        [t("Cite as: {citation}", citation=bundle.citation), *bundle.list_credits()]
    )
    out = BytesIO()
    slide.deck.save(out)
    return freeze_archive(out.getvalue(), bundle.built_at.strftime("%Y-%m-%dT%H:%M:%SZ"))


def _add_shape(slide: Slide, item: object, drawing: Drawing) -> None:
    """Add what a native chart lacks: filled and hatched areas, and the lines that belong to no series."""
    if isinstance(item, Area):
        _add_area(slide, item, drawing)
    elif isinstance(item, Line) and not item.is_series and len(item.points) == 2:
        ends = [place for point in item.points for place in slide.locate(point)]
        shape = slide.page.shapes.add_connector(MSO_CONNECTOR.STRAIGHT, *ends)
        _unstyle(shape)
        shape.line.color.rgb, shape.line.width = _to_rgb(item.color), slide.to_points(item.width)
        if item.dash:
            shape.line.dash_style = MSO_LINE.DASH


def _add_area(slide: Slide, area: Area, drawing: Drawing) -> None:
    first, *others = [slide.locate(_clip(point, area.clip)) for point in simplify(area.points)]
    builder = slide.page.shapes.build_freeform(*first)
    builder.add_line_segments(others)
    shape = builder.convert_to_shape()
    _unstyle(shape)
    shape.line.fill.background()
    if area.hatch:
        shape.fill.patterned()
        shape.fill.pattern = MSO_PATTERN.LIGHT_UPWARD_DIAGONAL
        shape.fill.fore_color.rgb, shape.fill.back_color.rgb = _to_rgb(area.hatch), _to_rgb(drawing.background)
    elif area.fill:
        shape.fill.solid()
        shape.fill.fore_color.rgb = _to_rgb(area.fill)
        fade(shape.fill._xPr, area.fill[3])
    else:
        shape.fill.background()
    if area.edge:
        shape.line.color.rgb, shape.line.width = _to_rgb(area.edge), slide.to_points(1)


def _unstyle(shape) -> None:
    """Take the theme's style off a shape: it casts a shadow."""
    shape._element.remove(shape._element.find(qn("p:style")))


def _clip(point: Point, clip: Box | None) -> Point:
    if clip is None:
        return point
    return min(max(point[0], clip[0]), clip[2]), min(max(point[1], clip[1]), clip[3])


def _to_rgb(color: tuple[float, ...]) -> RGBColor:
    return RGBColor(*(round(part * 255) for part in color[:3]))


def _add_words(slide: Slide, words: Words, box=None) -> None:
    """Add words as a text box without margins, anchored as in the figure; or put them into a given `box`."""
    sizes = [max((run.size for run in line), default=12.0) for line in words.lines]
    wide = max((sum(measure_text(run.text, run.size) for run in line) for line in words.lines), default=0) * SLACK + 6
    high = sum(size * LINE_HEIGHT for size in sizes)
    left = words.x - {"left": 0, "center": wide / 2, "right": wide}[words.xanchor]
    top = words.y + {"top": 0, "middle": high / 2, "bottom": high}[words.yanchor]
    place = slide.place((left, top - high, left + wide, top))
    if box is None:
        box = slide.page.shapes.add_textbox(*place)
    box.left, box.top, box.width, box.height = place
    frame = box.text_frame
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    # Without wrapping, LibreOffice centres every box on its words.
    frame.word_wrap = True
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
    font.size, font.bold, font.name = Pt(round(run.size * slide.scale / 12700, 1)), run.is_bold, LATIN
    font.color.rgb = _to_rgb(parse_color(run.color))
    east = written._r.get_or_add_rPr().makeelement(qn("a:ea"), {"typeface": EAST_ASIAN})
    written._r.get_or_add_rPr().append(east)


def tidy_run(text: str) -> str:
    """Return a run's letters without what XML cannot hold; its outer spaces part it from its neighbours."""
    return "".join(letter for letter in text if letter.isprintable() or letter == " ")
