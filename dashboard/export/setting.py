"""Setting: text broken into lines by its letters' own widths, and drawings placed on a larger sheet.

Before: plain text, and drawings in pixels. After: ready-made lines, and one drawing that holds another.
"""

from dataclasses import replace

from dashboard.charts.anatomy import FOOTER_SIZE, wrap_text
from dashboard.export.fonts import measure_letters
from dashboard.export.primitives import LINE_HEIGHT, Drawing, Line, Mark, Words, parse_color, parse_words
from dashboard.i18n import t
from dashboard.theme import LIGHT, measure_text

CITED_GAP = 10
"""Pixels between a figure's footer and the sentence to cite it by, halved by a hair line."""


def wrap(text: str, width: float, size: float, *, is_bold: bool = False) -> list[str]:
    """Return text as escaped lines that fill `width`, by the letters' own widths and not by a rough guess of them."""
    real = measure_letters(text, size, is_bold)
    return wrap_text(text, width * 0.985 * measure_text(text, size) / real, size) if real else []


def place_drawing(page: Drawing, drawing: Drawing, x: float, y: float, scale: float) -> None:
    """Add a drawing to a page, its lower left corner at (`x`, `y`), all of it scaled."""

    def move(point: tuple[float, float]) -> tuple[float, float]:
        return x + point[0] * scale, y + point[1] * scale

    for item in drawing.items:
        clip = getattr(item, "clip", None)
        moved = {"clip": (*move(clip[:2]), *move(clip[2:]))} if clip else {}
        if isinstance(item, Mark):
            at = dict(zip("xy", move((item.x, item.y)), strict=True))
            moved |= at | {"size": item.size * scale, "edge_width": item.edge_width * scale}
        else:
            moved["points"] = [move(point) for point in item.points]
        if isinstance(item, Line):
            moved |= {"width": item.width * scale, "dash": tuple(part * scale for part in item.dash)}
        page.items.append(replace(item, **moved))
    for words in drawing.words:
        lines = [[replace(run, size=run.size * scale) for run in line] for line in words.lines]
        at = move((words.x, words.y))
        page.words.append(replace(words, x=at[0], y=at[1], lines=lines))


def add_citation(drawing: Drawing, citation: str) -> Drawing:
    """Return a figure's drawing on a sheet that is higher by the sentence to cite it by, set below the footer."""
    lines = wrap(t("Cite as: {citation}", citation=citation), drawing.width, FOOTER_SIZE)
    room = CITED_GAP + len(lines) * FOOTER_SIZE * LINE_HEIGHT
    page = Drawing(drawing.width, drawing.height + room, drawing.background)
    place_drawing(page, drawing, 0, room, 1)
    rule = room - CITED_GAP / 2
    page.items.append(Line([(0, rule), (drawing.width, rule)], parse_color(LIGHT.grid), 1))
    words = parse_words("<br>".join(lines), FOOTER_SIZE, LIGHT.ink)
    page.words.append(Words(0, room - CITED_GAP, words, "left", "top"))
    return page
