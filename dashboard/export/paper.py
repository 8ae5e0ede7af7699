"""Paper: prints a drawing as PNG, SVG or PDF with matplotlib, the same bytes for the same drawing.

Before: a `Drawing`. After: bytes. Text in a PDF is text, Chinese too; in an SVG it is outlines, which look alike
wherever they are placed, with the words beside them for search and screen readers.
"""

import threading
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Literal

from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf, PdfPages
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.markers import MarkerStyle
from matplotlib.patches import Polygon, Rectangle
from matplotlib.path import Path as Outline

from dashboard.export.fonts import Type, cut_type
from dashboard.export.primitives import LINE_HEIGHT, Area, Drawing, Line, Mark, Words

DPI = 96
"""Pixels an inch, as browsers count: a figure of 780 pixels is 8.1 inches wide."""
POINT = 72 / DPI
HATCH_GAP = 6.0
BASELINE = 0.35
"""How far the baseline lies below the middle of a line, in its size."""
SYMBOLS = {
    "circle": "o", "square": "s", "diamond": "D", "cross": "P", "x": "X", "triangle-up": "^", "triangle-down": "v",
    "triangle-right": ">", "triangle-left": "<", "star": "*", "line-ew": "_", "line-ns": "|",
}  # fmt: skip
SETTINGS = {
    "pdf.fonttype": 42, "svg.fonttype": "path", "svg.hashsalt": "modelgap", "path.simplify": False,
    "text.parse_math": False, "text.usetex": False, "pdf.compression": 6,
    # Hinting moves letters to whole pixels: runs of a line would lie over each other.
    "text.hinting": "no_hinting", "text.hinting_factor": 1,
}  # fmt: skip
# matplotlib keeps its settings and font cache for the whole process.
_press = threading.Lock()


@dataclass(frozen=True)
class About:
    """What a file says of itself: plain text, and the day of its data."""

    title: str
    subject: str
    created: datetime


def print_drawing(drawing: Drawing, form: Literal["png", "svg", "pdf"], about: About) -> bytes:
    """Return one drawing as a file of `form`; a PNG has two pixels for each of the drawing's."""
    out = BytesIO()
    with _press, rc_context(SETTINGS), cut_type(list_texts([drawing])) as face:
        figure = make_page(drawing, face)
        if form == "png":
            FigureCanvasAgg(figure)
            figure.savefig(out, format="png", dpi=2 * DPI, metadata=describe_png(about))
        elif form == "svg":
            FigureCanvasSVG(figure)
            figure.savefig(out, format="svg", metadata=describe_svg(about, drawing))
        else:
            FigureCanvasPdf(figure)
            figure.savefig(out, format="pdf", metadata=describe_pdf(about))
    return out.getvalue()


def print_pages(drawings: Sequence[Drawing], about: About) -> bytes:
    """Return drawings as the pages of one PDF."""
    out = BytesIO()
    with ExitStack() as stack:
        stack.enter_context(_press)
        stack.enter_context(rc_context(SETTINGS))
        face = stack.enter_context(cut_type(list_texts(drawings)))
        pages = stack.enter_context(PdfPages(out, metadata=describe_pdf(about)))
        for drawing in drawings:
            figure = make_page(drawing, face)
            FigureCanvasPdf(figure)
            pages.savefig(figure)
    return out.getvalue()


def list_texts(drawings: Iterable[Drawing]) -> list[str]:
    """Return every text that drawings hold."""
    return [run.text for drawing in drawings for words in drawing.words for line in words.lines for run in line]


def make_page(drawing: Drawing, face: Type) -> Figure:
    """Return a matplotlib figure whose coordinates are the drawing's pixels."""
    air, wide, high = drawing.margin, drawing.width + 2 * drawing.margin, drawing.height + 2 * drawing.margin
    figure = Figure(figsize=(wide / DPI, high / DPI), dpi=DPI, facecolor=drawing.background)
    axes = figure.add_axes((0, 0, 1, 1), frameon=False)
    axes.set(xlim=(-air, wide - air), ylim=(-air, high - air), xticks=[], yticks=[], autoscale_on=False)
    for order, item in enumerate(drawing.items):
        DRAW[type(item)](axes, item, order)
    fonts = {is_bold: FontProperties(fname=face.bold if is_bold else face.regular) for is_bold in (False, True)}
    for words in drawing.words:
        _write(axes, words, face, fonts, len(drawing.items))
    return figure


def _draw_line(axes, line: Line, order: int) -> None:
    dash = (0, tuple(part * POINT / (line.width * POINT) for part in line.dash)) if line.dash else "-"
    (artist,) = axes.plot(
        *zip(*line.points, strict=True), color=line.color, linewidth=line.width * POINT, linestyle=dash,
        dash_capstyle="butt", solid_capstyle="butt", solid_joinstyle="miter", zorder=order,
    )  # fmt: skip
    _clip(axes, artist, line.clip)


def _draw_area(axes, area: Area, order: int) -> None:
    edge = area.edge or "none"
    patch = Polygon(area.points, closed=True, facecolor=area.fill or "none", edgecolor=edge, linewidth=POINT)
    patch.set_zorder(order)
    axes.add_patch(patch)
    _clip(axes, patch, area.clip)
    if area.hatch:
        _hatch(axes, area, order)


def _hatch(axes, area: Area, order: int) -> None:
    """Draw slanted lines within a polygon, evenly spaced over the whole drawing so that neighbours meet."""
    xs, ys = zip(*area.points, strict=True)
    low, high = min(xs) - max(ys), max(xs) - min(ys)
    vertices, codes = [], []
    for number in range(int(low // HATCH_GAP), int(high // HATCH_GAP) + 1):
        shift = number * HATCH_GAP
        vertices += [(min(ys) + shift, min(ys)), (max(ys) + shift, max(ys))]
        codes += [Outline.MOVETO, Outline.LINETO]
    from matplotlib.patches import PathPatch

    lines = PathPatch(Outline(vertices, codes), edgecolor=area.hatch, facecolor="none", linewidth=0.9 * POINT)
    lines.set_zorder(order)
    axes.add_patch(lines)
    lines.set_clip_path(Outline([*area.points, area.points[0]]), axes.transData)


def _draw_mark(axes, mark: Mark, order: int) -> None:
    symbol = MarkerStyle(SYMBOLS.get(mark.symbol, "o"))
    # Plotly's diamond and matplotlib's are of different sizes for the same number.
    size = mark.size * {"D": 0.92, "s": 0.9}.get(SYMBOLS.get(mark.symbol, "o"), 1.0)
    axes.plot(
        [mark.x], [mark.y], marker=symbol, markersize=size * POINT, markerfacecolor=mark.fill or "none",
        markeredgecolor=mark.edge, markeredgewidth=mark.edge_width * POINT, linestyle="", zorder=order,
    )  # fmt: skip


DRAW = {Line: _draw_line, Area: _draw_area, Mark: _draw_mark}


def _clip(axes, artist, box) -> None:
    if box is None:
        artist.set_clip_on(False)
        return
    left, low, right, high = box
    clip = Rectangle((left, low), right - left, high - low, transform=axes.transData)
    artist.set_clip_path(clip)


def measure_words(words: Words, face: Type) -> tuple[float, float, list[float], list[float]]:
    """Return width and height of a block of words, and each line's width and height, in pixels."""
    widths = [sum(face.measure(run.text, run.size, run.is_bold) for run in line) for line in words.lines]
    base = max((run.size for line in words.lines for run in line), default=12.0)
    heights = [LINE_HEIGHT * max((run.size for run in line), default=base) for line in words.lines]
    return max(widths, default=0.0), sum(heights), widths, heights


def _write(axes, words: Words, face: Type, fonts: dict[bool, FontProperties], order: int) -> None:
    width, height, widths, heights = measure_words(words, face)
    left = words.x - {"left": 0.0, "center": width / 2, "right": width}[words.xanchor]
    top = words.y + {"top": 0.0, "middle": height / 2, "bottom": height}[words.yanchor]
    if words.background:
        axes.add_patch(Rectangle((left, top - height), width, height, facecolor=words.background, zorder=order + 1))
    for line, wide, high in zip(words.lines, widths, heights, strict=True):
        x = left + {"left": 0.0, "center": (width - wide) / 2, "right": width - wide}.get(words.align, 0.0)
        for run in line:
            baseline = top - high / 2 - BASELINE * run.size
            if run.text.strip():
                text = axes.text(
                    x, baseline, run.text, color=run.color, fontproperties=fonts[run.is_bold],
                    fontsize=run.size * POINT, ha="left", va="baseline", zorder=order + 2,
                )  # fmt: skip
                text.set_clip_on(False)
            x += face.measure(run.text, run.size, run.is_bold)
        top -= high


def describe_pdf(about: About) -> dict[str, object]:
    """Return a PDF's metadata."""
    return {
        "Title": about.title, "Subject": about.subject, "Creator": "modelgap", "Producer": "modelgap",
        "CreationDate": about.created,
    }  # fmt: skip


def describe_png(about: About) -> dict[str, str]:
    """Return a PNG's text chunks."""
    return {"Title": about.title, "Description": about.subject, "Software": "modelgap"}


def describe_svg(about: About, drawing: Drawing) -> dict[str, object]:
    """Return an SVG's metadata: its description holds every word that the outlines spell."""
    return {
        "Title": about.title, "Description": "\n".join([about.subject, *(words.text for words in drawing.words)]),
        "Date": about.created.date().isoformat(), "Creator": "modelgap",
    }  # fmt: skip


__all__ = ["About", "make_page", "measure_words", "print_drawing", "print_pages"]
