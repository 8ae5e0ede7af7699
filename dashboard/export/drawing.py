"""From one Plotly figure to one drawing in pixels: the only place that knows how Plotly lays a figure out.

Before: a figure as our chart modules make them. After: a `Drawing`, which paper prints and slides rebuild.
"""

from typing import Any

import plotly.graph_objects as go

from dashboard.export.axes import Axis, make_axis
from dashboard.export.errors import ExportError
from dashboard.export.primitives import Area, Box, Drawing, Line, Words, parse_color, parse_words, read_dash
from dashboard.export.traces import DRAWERS

Props = dict[str, Any]
TICK_GAP = 3
MARGIN = {"l": 80, "r": 80, "t": 100, "b": 80}


class Plate:
    """A figure's layout in pixels: its plot area, its axes, and where a layout coordinate lies."""

    def __init__(self, figure: go.Figure, width: int):
        self.layout: Props = figure.layout.to_plotly_json()
        self.traces: list[Props] = [trace.to_plotly_json() for trace in figure.data]
        self.width, self.height = float(self.layout.get("width") or width), float(self.layout.get("height") or 450)
        margin = MARGIN | self.layout.get("margin", {})
        self.plot: Box = (margin["l"], margin["b"], self.width - margin["r"], self.height - margin["t"])
        self.background = self.layout.get("paper_bgcolor", "#ffffff")
        font = self.layout.get("font", {})
        self.ink, self.size = font.get("color", "#444444"), float(font.get("size", 12))
        self.axes = {name: self._make_axis(name) for name in self._list_axes()}

    def find_axis(self, trace: Props, letter: str) -> Axis:
        """Return the axis, `x` or `y`, that a trace or an annotation lies on."""
        return self.axes[trace.get(f"{letter}axis", letter)]

    def find_box(self, trace: Props) -> Box:
        """Return the plot area that a trace is clipped to."""
        x, y = self.find_axis(trace, "x"), self.find_axis(trace, "y")
        return x.low, y.low, x.high, y.high

    def locate(self, letter: str, reference: str, value: object) -> float | None:
        """Return the pixel of a coordinate in the direction `x` or `y`: of an axis (`x2`), its domain, or `paper`."""
        if reference == "paper":
            low, high = (self.plot[0], self.plot[2]) if letter == "x" else (self.plot[1], self.plot[3])
            return low + float(value) * (high - low)
        axis = self.axes[reference.removesuffix(" domain")]
        if reference.endswith(" domain"):
            return axis.low + float(value) * (axis.high - axis.low)
        return axis.to_pixels(value)

    def _list_axes(self) -> list[str]:
        used = {trace.get(f"{letter}axis", letter) for trace in self.traces for letter in "xy"}
        named = {key.replace("axis", "") for key in self.layout if key[1:5] == "axis"}
        return sorted(used | named | {"x", "y"})

    def _make_axis(self, name: str) -> Axis:
        letter = name[0]
        props = self.layout.get(f"{letter}axis{name[1:]}", {})
        first, last = props.get("domain", (0, 1))
        low, high = (self.plot[0], self.plot[2]) if letter == "x" else (self.plot[1], self.plot[3])
        values: list[object] = []
        for trace in self.traces:
            if trace.get(f"{letter}axis", letter) == name:
                found = trace.get(letter)
                values += list(found) if found is not None else []
                is_length = trace.get("type") == "bar" and letter == ("x" if trace.get("orientation") == "h" else "y")
                values += [0.0] if is_length else []
        return make_axis(props, values, low + first * (high - low), low + last * (high - low))


def draw_figure(figure: go.Figure, width: int = 900) -> tuple[Drawing, Plate]:
    """Return the drawing of a figure, and its plate; `width` in pixels where the figure leaves it to the page.

    Raises ExportError for a trace that has no drawer: adding one is an entry in `traces.DRAWERS`.
    """
    plate = Plate(figure, width)
    drawing = Drawing(plate.width, plate.height, parse_color(plate.background))
    shapes = plate.layout.get("shapes") or ()
    _draw_grid(plate, drawing)
    _draw_shapes(plate, drawing, [shape for shape in shapes if shape.get("layer") == "below"])
    for trace in plate.traces:
        if trace.get("visible", True) is not True:
            continue
        kind = trace.get("type", "scatter")
        if kind not in DRAWERS:
            raise ExportError(f"export: no drawer for a trace; got {kind!r}. Add one to dashboard/export/traces.py.")
        DRAWERS[kind](plate, trace, drawing)
    _draw_shapes(plate, drawing, [shape for shape in shapes if shape.get("layer") != "below"])
    _draw_ticks(plate, drawing)
    for note in plate.layout.get("annotations") or ():
        _draw_note(plate, note, drawing)
    return drawing, plate


def list_boxes(plate: Plate) -> list[tuple[tuple[str, str], Axis, Axis, Box]]:
    """Return each pair of axes that share a plot area: their names, themselves, the area."""
    pairs = {(trace.get("xaxis", "x"), trace.get("yaxis", "y")) for trace in plate.traces} or {("x", "y")}
    found = [((x, y), plate.axes[x], plate.axes[y]) for x, y in sorted(pairs)]
    return [(names, x, y, (x.low, y.low, x.high, y.high)) for names, x, y in found]


def _draw_grid(plate: Plate, drawing: Drawing) -> None:
    for _, x, y, (left, low, right, high) in list_boxes(plate):
        for axis, is_x in ((x, True), (y, False)):
            if axis.props.get("showgrid", True) is False or axis.props.get("visible", True) is False:
                continue
            color = parse_color(axis.props.get("gridcolor", "#eeeeee"))
            for at, _ in axis.list_ticks():
                ends = [(at, low), (at, high)] if is_x else [(left, at), (right, at)]
                drawing.items.append(Line(ends, color, 1.0))
        if x.props.get("linecolor"):
            drawing.items.append(Line([(left, low), (right, low)], parse_color(x.props["linecolor"]), 1.0))


def _draw_shapes(plate: Plate, drawing: Drawing, shapes: list[Props]) -> None:
    for shape in shapes:
        xs = [plate.locate("x", shape.get("xref", "x"), shape[key]) for key in ("x0", "x1")]
        ys = [plate.locate("y", shape.get("yref", "y"), shape[key]) for key in ("y0", "y1")]
        line = shape.get("line", {})
        color, width = parse_color(line.get("color", plate.ink)), float(line.get("width", 2))
        if None in (*xs, *ys):
            continue
        if shape.get("type") == "line":
            ends = list(zip(xs, ys, strict=True))
            drawing.items.append(Line(ends, color, width, read_dash(line.get("dash"), width), plate.plot))
        else:
            corners = [(xs[0], ys[0]), (xs[0], ys[1]), (xs[1], ys[1]), (xs[1], ys[0])]
            fill = parse_color(shape["fillcolor"]) if shape.get("fillcolor") else None
            drawing.items.append(Area(corners, fill, edge=color if width else None, clip=plate.plot))


def _draw_ticks(plate: Plate, drawing: Drawing) -> None:
    for _, x, y, (left, low, _, _) in list_boxes(plate):
        for axis, is_x in ((x, True), (y, False)):
            if axis.props.get("visible", True) is False:
                continue
            length = axis.props.get("ticklen", 5) if axis.props.get("ticks") == "outside" else 0
            color = parse_color(axis.props.get("tickcolor", "#444444"))
            font = axis.props.get("tickfont", {})
            ink, size = font.get("color", plate.ink), float(font.get("size", plate.size))
            shift = float(axis.props.get("ticklabelstandoff", 0)) + TICK_GAP
            for at, label in axis.list_ticks():
                ends = [(at, low), (at, low - length)] if is_x else [(left, at), (left - length, at)]
                if length:
                    drawing.items.append(Line(ends, color, 1.0))
                if axis.props.get("showticklabels", True) is False:
                    continue
                place = (at, low - length - shift + 2) if is_x else (left - length - shift, at)
                anchors = ("center", "top") if is_x else ("right", "middle")
                drawing.words.append(Words(*place, parse_words(label, size, ink), *anchors))
            _draw_axis_title(plate, axis, is_x, drawing)


def _draw_axis_title(plate: Plate, axis: Axis, is_x: bool, drawing: Drawing) -> None:
    """Write an axis's title where Plotly would, but never rotated: a vertical axis has it above."""
    title = axis.props.get("title") or {}
    text = title.get("text") if isinstance(title, dict) else title
    if not text:
        return
    font = title.get("font", {}) if isinstance(title, dict) else {}
    lines = parse_words(text, float(font.get("size", plate.size)), font.get("color", plate.ink))
    middle = (axis.low + axis.high) / 2
    if is_x:
        drawing.words.append(Words(middle, plate.plot[1] - 22, lines, "center", "top"))
    else:
        drawing.words.append(Words(plate.plot[0], axis.high + 4, lines, "left", "bottom"))


def _draw_note(plate: Plate, note: Props, drawing: Drawing) -> None:
    if note.get("visible", True) is False or not note.get("text"):
        return
    x, y = _locate_note(plate, note, "x"), _locate_note(plate, note, "y")
    if x is None or y is None:
        return
    font = note.get("font", {})
    lines = parse_words(note["text"], float(font.get("size", plate.size)), font.get("color", plate.ink))
    background = parse_color(note["bgcolor"]) if note.get("bgcolor") else None
    place = (x + float(note.get("xshift", 0)), y + float(note.get("yshift", 0)))
    anchors = _read_anchors(note)
    drawing.words.append(Words(*place, lines, *anchors, note.get("align", "center"), background))


def _locate_note(plate: Plate, note: Props, letter: str) -> float | None:
    """Return a note's pixel; unlike shapes, Plotly's notes give the logarithm on a logarithmic axis."""
    reference, value = note.get(f"{letter}ref", letter), note.get(letter, 0)
    axis = plate.axes.get(reference)
    return axis.place(float(value)) if axis and axis.kind == "log" else plate.locate(letter, reference, value)


def _read_anchors(note: Props) -> tuple[str, str]:
    """Return a note's anchors; Plotly's automatic ones are centred on an axis and follow the third on paper."""
    xanchor, yanchor = note.get("xanchor", "auto"), note.get("yanchor", "auto")
    if xanchor == "auto":
        third = note.get("x", 0) if note.get("xref") == "paper" else 0.5
        xanchor = "left" if third <= 1 / 3 else "right" if third >= 2 / 3 else "center"
    if yanchor == "auto":
        third = note.get("y", 0) if note.get("yref") == "paper" else 0.5
        yanchor = "bottom" if third <= 1 / 3 else "top" if third >= 2 / 3 else "middle"
    return xanchor, yanchor
