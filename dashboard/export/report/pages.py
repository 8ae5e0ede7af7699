"""The brief on A4: blocks set one below the other on pages, each page a drawing that paper prints.

Before: a `Brief`. After: a PDF whose text can be selected and searched.
"""

from collections.abc import Sequence

from dashboard.export.drawing import draw_figure
from dashboard.export.paper import About, print_pages
from dashboard.export.primitives import LINE_HEIGHT, Area, Drawing, Line, Words, parse_color, parse_words
from dashboard.export.report.content import Block, Brief, Figure, Heading, Paragraph, Table, Terms
from dashboard.export.setting import place_drawing, wrap
from dashboard.i18n import t
from dashboard.theme import BLOCS, LIGHT, escape_text

WIDTH, HEIGHT = 794, 1123
"""A4 at 96 pixels an inch."""
SIDE, TOP, BOTTOM = 60, 58, 64
ROOM = WIDTH - 2 * SIDE
BODY, LEAD, TITLE, SECTION, SMALL = 12.5, 16.5, 22, 15, 10.5
GAP = 11
INSET = 12
AIR = 5.5
"""Pixels above and below the words of a table's row, together."""
TINT = parse_color("#f6f6f4")
LOOSE = 1.16
"""Line spacing of running text, on top of a line's own height."""


class Pages:
    """Pages being filled from top to bottom; `y` is where the next block begins, in pixels from the lower edge."""

    def __init__(self) -> None:
        self.drawings: list[Drawing] = []
        self.y = 0.0
        self.turn()

    @property
    def page(self) -> Drawing:
        """The page being filled."""
        return self.drawings[-1]

    def turn(self) -> None:
        """Begin a new page."""
        self.drawings.append(Drawing(WIDTH, HEIGHT, parse_color(LIGHT.background)))
        self.y = HEIGHT - TOP

    def need(self, height: float) -> None:
        """Begin a new page where `height` pixels are not left on this one."""
        if self.y - height < BOTTOM and self.y < HEIGHT - TOP:
            self.turn()

    def write(self, lines: Sequence[str], size: float, color: str, x: float = SIDE, *, spacing: float = LOOSE) -> None:
        """Write ready-made lines and move below them."""
        for line in lines:
            self.page.words.append(Words(x, self.y, parse_words(line, size, color), "left", "top"))
            self.y -= size * LINE_HEIGHT * spacing


def to_pdf(brief: Brief) -> bytes:
    """Return the brief as a PDF of A4 pages, the same bytes each time."""
    pages = Pages()
    _set_head(pages, brief)
    blocks = list(brief.blocks)
    for number, block in enumerate(blocks):
        following = blocks[number + 1] if number + 1 < len(blocks) else None
        SET[type(block)](pages, block, following)
    for number, page in enumerate(pages.drawings, start=1):
        _set_foot(page, brief, number, len(pages.drawings))
    return print_pages(pages.drawings, About(brief.title, brief.dateline, brief.built_at))


def _set_head(pages: Pages, brief: Brief) -> None:
    """Set the masthead: the two records as steps, the title, the day."""
    steps = {"frontier": [(0, 0), (10, 0), (10, 9), (20, 9), (20, 18), (34, 18)],
             "domestic": [(6, -8), (16, -8), (16, 1), (26, 1), (26, 10), (34, 10)]}  # fmt: skip
    for bloc, corners in steps.items():
        color = parse_color(BLOCS[bloc].color)
        points = [(SIDE + x, pages.y - 18 + y) for x, y in corners]
        pages.page.items.append(Line(points, color, 2.6, (5, 2) if bloc == "frontier" else ()))
    pages.page.words.append(
        Words(SIDE + 46, pages.y - 14, parse_words("<b>modelgap</b>", SECTION, LIGHT.ink), "left", "middle")
    )
    dateline = parse_words(escape_text(brief.dateline, 120), SMALL, LIGHT.muted)
    pages.page.words.append(Words(WIDTH - SIDE, pages.y - 14, dateline, "right", "middle"))
    pages.y -= 48
    lines = [f"<b>{line}</b>" for line in wrap(brief.title, ROOM, TITLE, is_bold=True)]
    pages.write(lines, TITLE, LIGHT.ink, spacing=1.0)
    pages.y -= GAP


def _set_foot(page: Drawing, brief: Brief, number: int, count: int) -> None:
    page.items.append(Line([(SIDE, 46), (WIDTH - SIDE, 46)], parse_color(LIGHT.hatch), 0.8))
    footer = parse_words(escape_text(brief.footer, 140), 9, LIGHT.muted)
    page.words.append(Words(SIDE, 40, footer, "left", "top"))
    counted = parse_words(t("{number} of {count}", number=number, count=count), 9, LIGHT.muted)
    page.words.append(Words(WIDTH - SIDE, 40, counted, "right", "top"))


def _set_heading(pages: Pages, block: Heading, following: Block | None) -> None:
    """Set a section's title, on the same page as what follows it."""
    pages.need(GAP + SECTION * LINE_HEIGHT * LOOSE + _measure_start(following))
    pages.y -= GAP
    pages.write([f"<b>{line}</b>" for line in wrap(block.text, ROOM, SECTION, is_bold=True)], SECTION, LIGHT.ink)
    pages.y -= 2


def _measure_start(block: Block | None) -> float:
    """Return the room that a block's beginning needs."""
    if isinstance(block, Figure):
        return draw_figure(block.bundle.figure, block.bundle.width)[0].height * _fit(block)
    if isinstance(block, Terms):
        return sum(_measure_term(_wrap_term(*pair)) for pair in block.terms)
    if isinstance(block, Table):
        rows = sum(_measure_row(_wrap_cells(block, row)) for row in (block.heads, *block.rows))
        return min(rows, HEIGHT - TOP - BOTTOM - 80)
    return 90.0


def _set_paragraph(pages: Pages, block: Paragraph, following: Block | None) -> None:
    size = LEAD if block.is_lead else BODY
    lines = wrap(block.text, ROOM, size, is_bold=block.is_lead)
    pages.need(len(lines) * size * LINE_HEIGHT * LOOSE)
    pages.write([f"<b>{line}</b>" for line in lines] if block.is_lead else lines, size, LIGHT.ink)
    pages.y -= GAP if block.is_lead else GAP * 0.8


def _fit(block: Figure) -> float:
    return ROOM / block.bundle.width


def _set_figure(pages: Pages, block: Figure, following: Block | None) -> None:
    """Set a chart as wide as the text."""
    drawing, scale = draw_figure(block.bundle.figure, block.bundle.width)[0], _fit(block)
    pages.need(drawing.height * scale + GAP)
    pages.y -= GAP / 2 + drawing.height * scale
    place_drawing(pages.page, drawing, SIDE, pages.y, scale)
    pages.y -= GAP


def _set_table(pages: Pages, block: Table, following: Block | None) -> None:
    """Set a table with its heads repeated on each page that it runs over."""
    _set_row(pages, block, [f"<b>{escape_text(head)}</b>" for head in block.heads], is_head=True)
    for row in block.rows:
        before = len(pages.drawings)
        cells = _wrap_cells(block, row)
        pages.need(_measure_row(cells))
        if len(pages.drawings) > before:
            _set_row(pages, block, [f"<b>{escape_text(head)}</b>" for head in block.heads], is_head=True)
        _set_row(pages, block, cells)
    pages.y -= GAP


def _wrap_cells(block: Table, row: Sequence[str]) -> list[str]:
    return [
        "<br>".join(wrap(cell, share * ROOM - 8, SMALL + 0.5)) for cell, share in zip(row, block.widths, strict=True)
    ]


def _measure_row(cells: Sequence[str]) -> float:
    return max(cell.count("<br>") + 1 for cell in cells) * (SMALL + 0.5) * LINE_HEIGHT + AIR


def _set_row(pages: Pages, block: Table, cells: Sequence[str], *, is_head: bool = False) -> None:
    height, left = _measure_row(cells), float(SIDE)
    for cell, share, side in zip(cells, block.widths, block.align, strict=True):
        at, anchor = (left, "left") if side == "l" else (left + share * ROOM - 8, "right")
        lines = parse_words(cell, SMALL + 0.5, LIGHT.ink)
        pages.page.words.append(Words(at, pages.y - AIR / 2, lines, anchor, "top"))
        left += share * ROOM
    pages.y -= height
    ink = parse_color(LIGHT.muted if is_head else LIGHT.grid)
    pages.page.items.append(Line([(SIDE, pages.y), (WIDTH - SIDE, pages.y)], ink, 0.8))


def _set_terms(pages: Pages, block: Terms, following: Block | None) -> None:
    """Set terms and meanings in a tinted box, each whole on one page."""
    for term, meaning in block.terms:
        lines = _wrap_term(term, meaning)
        height = _measure_term(lines)
        pages.need(height)
        top, low = pages.y, pages.y - height
        corners = [(SIDE, low), (SIDE, top), (WIDTH - SIDE, top), (WIDTH - SIDE, low)]
        pages.page.items.append(Area(corners, TINT))
        pages.y -= 4
        pages.write(lines, SMALL + 0.5, LIGHT.ink, SIDE + INSET, spacing=1.0)
        pages.y = low
    pages.y -= GAP


def _wrap_term(term: str, meaning: str) -> list[str]:
    lines = wrap(t("{term}: {meaning}", term=term, meaning=meaning), ROOM - 2 * INSET, SMALL + 0.5)
    label = escape_text(term, 60)
    return [f"<b>{label}</b>{lines[0].removeprefix(label)}", *lines[1:]]


def _measure_term(lines: Sequence[str]) -> float:
    return len(lines) * (SMALL + 0.5) * LINE_HEIGHT + 8


SET = {
    Heading: _set_heading,
    Paragraph: _set_paragraph,
    Figure: _set_figure,
    Table: _set_table,
    Terms: _set_terms,
}
