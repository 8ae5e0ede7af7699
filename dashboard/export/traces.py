"""Drawers of Plotly's traces: scatter (lines, steps, fills, hatches, markers, error bars, text), bar, heat map.

Before: a trace as a plain mapping, and a plate that knows its axes. After: primitives added to a drawing.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pandas as pd

from dashboard.export.primitives import (
    Area,
    Color,
    Drawing,
    Line,
    Mark,
    Point,
    Words,
    parse_color,
    parse_words,
    read_dash,
)

if TYPE_CHECKING:
    from dashboard.export.drawing import Plate

Props = dict[str, Any]
COLORWAY = "#1f2328"
TEXT_GAP = 5


def draw_scatter(plate: "Plate", trace: Props, drawing: Drawing) -> None:
    """Draw a scatter trace: its fill, its line, its error bars, its markers, its text."""
    mode = trace.get("mode") or "lines"
    box = plate.find_box(trace)
    for stretch in list_stretches(plate, trace):
        _draw_fill(plate, trace, stretch, drawing)
        line = trace.get("line", {})
        width = float(line.get("width", 2))
        if "lines" in mode and width and len(stretch) > 1:
            color = parse_color(line.get("color", COLORWAY))
            points = step(stretch, line.get("shape", "linear"))
            dash = read_dash(line.get("dash"), width)
            drawing.items.append(Line(points, color, width, dash, grow(box, width), is_series=True))
    _draw_error_bars(plate, trace, drawing)
    if "markers" in mode:
        _draw_markers(plate, trace, drawing)
    if "text" in mode:
        _draw_text(plate, trace, drawing)


def list_stretches(plate: "Plate", trace: Props) -> list[list[Point]]:
    """Return a trace's points in pixels, parted where a value is missing."""
    stretches: list[list[Point]] = [[]]
    for _, point in list_points(plate, trace):
        if point is None:
            stretches += [[]] if stretches[-1] else []
        else:
            stretches[-1].append(point)
    return [stretch for stretch in stretches if stretch]


def list_points(plate: "Plate", trace: Props) -> Iterator[tuple[int, Point | None]]:
    """Yield each point's number and place in pixels, None where it has none."""
    x_axis, y_axis = plate.find_axis(trace, "x"), plate.find_axis(trace, "y")
    xs, ys = trace.get("x"), trace.get("y")
    for number, (x, y) in enumerate(zip(xs if xs is not None else (), ys if ys is not None else (), strict=False)):
        at = x_axis.to_pixels(x), y_axis.to_pixels(y)
        yield number, None if None in at else at


def step(points: list[Point], shape: str) -> list[Point]:
    """Return a line's points with the corners that a step needs: `hv` goes across first, `vh` up first."""
    if shape not in ("hv", "vh"):
        return points
    stepped = points[:1]
    for (x, y), (next_x, next_y) in pairwise(points):
        stepped += [(next_x, y) if shape == "hv" else (x, next_y), (next_x, next_y)]
    return stepped


def grow(box: tuple[float, float, float, float], by: float) -> tuple[float, float, float, float]:
    """Return a box larger by some pixels on every side: a line along the edge must not be halved."""
    return box[0] - by, box[1] - by, box[2] + by, box[3] + by


def take(value: object, number: int, default: object = None) -> Any:
    """Return an attribute of the point `number`: one for all, or one each."""
    if value is None:
        return default
    if isinstance(value, str) or (not isinstance(value, Sequence) and not hasattr(value, "__getitem__")):
        return value
    return value[number] if number < len(value) else default


def _draw_fill(plate: "Plate", trace: Props, stretch: list[Point], drawing: Drawing) -> None:
    fill = trace.get("fill", "none")
    if fill in (None, "none") or len(stretch) < 2:
        return
    if fill == "tozeroy":
        zero = plate.find_axis(trace, "y").to_pixels(0)
        stretch = [(stretch[0][0], zero), *step(stretch, trace.get("line", {}).get("shape", "linear"))]
        stretch = [*stretch, (stretch[-1][0], zero)]
    color = parse_color(trace.get("fillcolor", "rgba(0,0,0,0.15)"))
    pattern = trace.get("fillpattern") or {}
    hatch = parse_color(pattern.get("fgcolor", "#c4c8ce")) if pattern.get("shape") else None
    drawing.items.append(Area(stretch, None if hatch else color, hatch, clip=plate.find_box(trace)))


def _draw_markers(plate: "Plate", trace: Props, drawing: Drawing) -> None:
    marker = trace.get("marker", {})
    edge = marker.get("line", {})
    opacity = float(take(marker.get("opacity", trace.get("opacity")), 0, 1.0))
    left, low, right, high = grow(plate.find_box(trace), 6)
    for number, point in list_points(plate, trace):
        if point is None or not (left <= point[0] <= right and low <= point[1] <= high):
            continue
        symbol = str(take(marker.get("symbol"), number, "circle"))
        color = _fade(parse_color(take(marker.get("color"), number, COLORWAY)), opacity)
        ink = edge.get("color") if edge.get("color") is not None else marker.get("color")
        edge_color = _fade(parse_color(take(ink, number, COLORWAY)), opacity)
        is_open = symbol.endswith("-open")
        edge_width = float(take(edge.get("width"), number, 1.0 if is_open else 0.0))
        size = float(take(marker.get("size"), number, 6))
        fill = None if is_open else color
        drawing.items.append(Mark(*point, symbol.removesuffix("-open"), size, fill, edge_color, edge_width))


def _draw_error_bars(plate: "Plate", trace: Props, drawing: Drawing) -> None:
    for letter in "xy":
        bars = trace.get(f"error_{letter}") or {}
        if not bars or bars.get("visible") is False or bars.get("array") is None:
            continue
        axis = plate.find_axis(trace, letter)
        values = trace[letter]
        color = parse_color(bars.get("color", trace.get("marker", {}).get("color", COLORWAY)))
        for number, point in list_points(plate, trace):
            up = take(bars.get("array"), number)
            down = take(bars.get("arrayminus"), number, up)
            if point is None or up is None or pd.isna(up) or down is None or pd.isna(down):
                continue
            number_on_axis = axis.to_number(values[number])
            low, high = axis.place(number_on_axis - float(down)), axis.place(number_on_axis + float(up))
            ends = [(low, point[1]), (high, point[1])] if letter == "x" else [(point[0], low), (point[0], high)]
            drawing.items.append(Line(ends, color, float(bars.get("thickness", 2)), clip=plate.find_box(trace)))


def _draw_text(plate: "Plate", trace: Props, drawing: Drawing) -> None:
    font = trace.get("textfont", {})
    for number, point in list_points(plate, trace):
        text = take(trace.get("text"), number)
        if point is None or not text:
            continue
        vertical, _, across = str(take(trace.get("textposition"), number, "middle center")).partition(" ")
        xanchor = {"left": "right", "right": "left"}.get(across, "center")
        yanchor = {"top": "bottom", "bottom": "top"}.get(vertical, "middle")
        x = point[0] + {"left": TEXT_GAP, "right": -TEXT_GAP}.get(xanchor, 0)
        y = point[1] + {"bottom": TEXT_GAP, "top": -TEXT_GAP}.get(yanchor, 0)
        size, color = float(take(font.get("size"), number, plate.size)), take(font.get("color"), number, plate.ink)
        drawing.words.append(Words(x, y, parse_words(text, size, color), xanchor, yanchor))


def draw_bar(plate: "Plate", trace: Props, drawing: Drawing) -> None:
    """Draw a bar trace, upright or lying; bars of several traces are stacked or set side by side as the layout says."""
    is_lying = trace.get("orientation") == "h"
    along, across = plate.find_axis(trace, "x" if is_lying else "y"), plate.find_axis(trace, "y" if is_lying else "x")
    bars = [other for other in plate.traces if other.get("type") == "bar"]
    place, count = bars.index(trace), len(bars)
    is_grouped = plate.layout.get("barmode", "group") == "group" and count > 1
    lengths, places = (trace["x"], trace["y"]) if is_lying else (trace["y"], trace["x"])
    numbers = [across.to_number(value) for value in places]
    gaps = [b - a for a, b in pairwise(sorted({n for n in numbers if n is not None})) if b > a]
    room = (min(gaps) if gaps else 1.0) * (1 - float(plate.layout.get("bargap", 0.2)))
    for number, (at, length) in enumerate(zip(numbers, lengths, strict=True)):
        if at is None or length is None or pd.isna(length):
            continue
        base = float(take(trace.get("base"), number, 0.0)) or _find_base(plate, bars[:place], number, is_lying)
        wide = float(take(trace.get("width"), number, room / (count if is_grouped else 1)))
        middle = at + (place - (count - 1) / 2) * wide if is_grouped else at
        ends = along.place(base), along.place(base + float(length))
        sides = across.place(middle - wide / 2), across.place(middle + wide / 2)
        corners = [(ends[0], sides[0]), (ends[1], sides[0]), (ends[1], sides[1]), (ends[0], sides[1])]
        points = corners if is_lying else [(y, x) for x, y in corners]
        fill = parse_color(take(trace.get("marker", {}).get("color"), number, COLORWAY))
        fill = _fade(fill, float(take(trace.get("opacity"), 0, 1.0)))
        pattern = trace.get("marker", {}).get("pattern", {})
        shape = take(pattern.get("shape"), number)
        hatch = parse_color(take(pattern.get("fgcolor"), number, "#ffffff")) if shape else None
        drawing.items.append(Area(points, fill, hatch, clip=plate.find_box(trace)))


def _find_base(plate: "Plate", below: list[Props], number: int, is_lying: bool) -> float:
    """Return where a stacked bar starts: on what lies below it."""
    if plate.layout.get("barmode") not in ("stack", "relative"):
        return 0.0
    return sum(float(take(other["x" if is_lying else "y"], number, 0.0) or 0.0) for other in below)


def draw_heatmap(plate: "Plate", trace: Props, drawing: Drawing) -> None:
    """Draw a heat map's cells in the colours of its scale; a missing value leaves its cell bare."""
    from plotly.colors import sample_colorscale

    xs, ys = plate.find_axis(trace, "x"), plate.find_axis(trace, "y")
    cells = [(x, y, value) for y, row in zip(trace["y"], trace["z"], strict=True)
             for x, value in zip(trace["x"], row, strict=True)]  # fmt: skip
    known = [float(value) for _, _, value in cells if value is not None and not pd.isna(value)]
    low = trace.get("zmin", min(known, default=0.0))
    high = trace.get("zmax", max(known, default=1.0))
    gap = float(trace.get("xgap", 0)) / 2, float(trace.get("ygap", 0)) / 2
    half = _find_half(xs, trace["x"]), _find_half(ys, trace["y"])
    for x, y, value in cells:
        if value is None or pd.isna(value):
            continue
        share = min(max((float(value) - low) / ((high - low) or 1.0), 0.0), 1.0)
        fill = parse_color(sample_colorscale(trace.get("colorscale") or "Greys", [share])[0])
        at = xs.to_number(x), ys.to_number(y)
        left, right = sorted((xs.place(at[0] - half[0]), xs.place(at[0] + half[0])))
        bottom, top = sorted((ys.place(at[1] - half[1]), ys.place(at[1] + half[1])))
        left, right, bottom, top = left + gap[0], right - gap[0], bottom + gap[1], top - gap[1]
        drawing.items.append(Area([(left, bottom), (right, bottom), (right, top), (left, top)], fill))


def _find_half(axis: Any, values: Sequence[object]) -> float:
    numbers = sorted(axis.to_number(value) for value in values)
    return min((b - a for a, b in pairwise(numbers) if b > a), default=1.0) / 2


def _fade(color: Color, opacity: float) -> Color:
    return (*color[:3], color[3] * opacity)


DRAWERS: dict[str, Callable[["Plate", Props, Drawing], None]] = {
    "scatter": draw_scatter,
    "scattergl": draw_scatter,
    "bar": draw_bar,
    "heatmap": draw_heatmap,
}
