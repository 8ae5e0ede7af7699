"""Native series: what a spreadsheet or a slide needs to draw a figure's marks as a chart that can be edited.

Before: a Plotly figure. After: numbered points by look; steps with doubled points, dates as serial days. Points on a
straight line between their neighbours are dropped: a daily series of straight stretches needs its corners alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import floor, log10

from dashboard.export.axes import Axis
from dashboard.export.drawing import Plate
from dashboard.export.primitives import Color, Point, parse_color, read_dash
from dashboard.export.traces import list_points, list_stretches, step, take
from dashboard.words import name_trace

EXCEL_EPOCH = 25569
"""Days from the beginning of spreadsheets' count to 1970."""
TOLERANCE = 0.1
"""Pixels that a point may lie off the line between its neighbours and still be dropped."""
EVEN = 1.1
"""How much farther apart than the nearest two may ticks of one distance lie: months are not all of one length."""


@dataclass(frozen=True)
class Scale:
    """An axis as native charts know it, in its own numbers, dates as serial days.

    `step` is the distance of its ticks, None where they are not even or have words of their own; `form` is how a
    spreadsheet writes their numbers, empty where it writes none.
    """

    kind: str
    low: float
    high: float
    step: float | None
    form: str


@dataclass(frozen=True)
class Series:
    """Points of one look on one pair of axes, in the axes' own numbers; dates are spreadsheets' serial days."""

    name: str
    xs: list[float]
    ys: list[float]
    color: str
    opacity: float
    axes: tuple[str, str]
    x: Scale
    y: Scale
    line_width: float = 0.0
    dash: tuple[float, ...] = ()
    marker: str = ""
    marker_size: float = 0.0
    is_hollow: bool = False

    @property
    def fade(self) -> int:
        """Transparency in percent."""
        return round((1 - self.opacity) * 100)


def list_series(plate: Plate, *, with_bands: bool = True) -> list[Series]:
    """Return a figure's lines, markers and, where they are wanted, bands' outlines; other traces have none."""
    found: list[Series] = []
    for trace in plate.traces:
        if trace.get("type", "scatter") not in ("scatter", "scattergl") or trace.get("fillpattern"):
            continue
        mode = trace.get("mode") or "lines"
        if trace.get("fill") not in (None, "none"):
            found += _outline(plate, trace) if with_bands else []
        elif "lines" in mode:
            found += _follow(plate, trace)
        if "markers" in mode:
            found += _scatter(plate, trace)
    return [series for series in found if series.xs]


def _start(plate: Plate, trace: dict, points: Sequence[Point], color: Color, **look: object) -> Series:
    """Return a series through points in pixels."""
    x, y = plate.find_axis(trace, "x"), plate.find_axis(trace, "y")
    return Series(
        name=name_trace(str(trace.get("name") or "series")),
        xs=[_unplace(x, point[0]) for point in points],
        ys=[_unplace(y, point[1]) for point in points],
        color="#" + "".join(f"{round(part * 255):02X}" for part in color[:3]),
        opacity=color[3],
        axes=(trace.get("xaxis", "x"), trace.get("yaxis", "y")),
        x=_make_scale(x),
        y=_make_scale(y),
        **look,
    )


def _make_scale(axis: Axis) -> Scale:
    low, high = sorted(_undo(axis, end) for end in (axis.start, axis.end))
    ticks = sorted(_unplace(axis, pixel) for pixel, _ in axis.list_ticks())
    gaps = [after - before for before, after in pairwise(ticks)]
    is_even = bool(gaps) and axis.kind != "log" and max(gaps) <= min(gaps) * EVEN
    step = sum(gaps) / len(gaps) if is_even else None
    if axis.props.get("showticklabels", True) is False or axis.kind == "category":
        return Scale(axis.kind, low, high, step, "")
    if axis.kind == "date":
        return Scale(axis.kind, low, high, step, "yyyy-mm" if (step or 31) > 27 else "yyyy-mm-dd")
    digits = max(0, -floor(log10(step) + 1e-9)) if step else 0
    quoted = [f'"{axis.props[name]}"' if axis.props.get(name) else "" for name in ("tickprefix", "ticksuffix")]
    form = "General" if step is None else f"{quoted[0]}0{'.' * bool(digits)}{'0' * digits}{quoted[1]}"
    return Scale(axis.kind, low, high, step, form)


def _unplace(axis: Axis, pixel: float) -> float:
    number = axis.start + (pixel - axis.low) / ((axis.high - axis.low) or 1.0) * (axis.end - axis.start)
    return round(_undo(axis, number), 6)


def _undo(axis: Axis, number: float) -> float:
    """Return what a native chart takes for a number of an axis, which counts in days or in decades."""
    if axis.kind == "log":
        return 10.0**number
    return number + EXCEL_EPOCH if axis.kind == "date" else number


def _follow(plate: Plate, trace: dict) -> list[Series]:
    line = trace.get("line", {})
    width = float(line.get("width", 2))
    color = parse_color(line.get("color", "#1f2328"))
    look = {"line_width": width, "dash": read_dash(line.get("dash"), width)}
    paths = (step(stretch, line.get("shape", "linear")) for stretch in list_stretches(plate, trace))
    return [_start(plate, trace, simplify(path), color, **look) for path in paths if width and len(path) > 1]


def _outline(plate: Plate, trace: dict) -> list[Series]:
    """Return a band's outline: native scatter charts have no fills."""
    color = parse_color(trace.get("fillcolor", "#999999"))
    color = (*color[:3], min(1.0, color[3] * 2.5))
    found = []
    for stretch in list_stretches(plate, trace):
        series = _start(plate, trace, simplify([*stretch, stretch[0]]), color, line_width=0.8)
        found.append(series)
    return found


def _scatter(plate: Plate, trace: dict) -> list[Series]:
    """Return markers grouped by look; those that only carry words for the pointer are not seen, and left out."""
    if take(trace.get("marker", {}).get("opacity", trace.get("opacity")), 0, 1) == 0:
        return []
    marker, edge = trace.get("marker", {}), trace.get("marker", {}).get("line", {})
    background = parse_color(plate.background)
    groups: dict[tuple, list[Point]] = {}
    for number, point in list_points(plate, trace):
        if point is None:
            continue
        symbol = str(take(marker.get("symbol"), number, "circle"))
        fill = parse_color(take(marker.get("color"), number, "#1f2328"))
        ink = parse_color(take(edge.get("color"), number, None) or take(marker.get("color"), number, "#1f2328"))
        is_hollow = symbol.endswith("-open") or fill == background
        size = float(take(marker.get("size"), number, 6))
        look = (ink if is_hollow else fill, symbol.removesuffix("-open"), size, is_hollow)
        groups.setdefault(look, []).append(point)
    return [
        _start(plate, trace, points, color, marker=symbol, marker_size=size, is_hollow=is_hollow)
        for (color, symbol, size, is_hollow), points in groups.items()
    ]


def simplify(points: Sequence[Point]) -> list[Point]:
    """Return a line's corners: points that lie on the straight between kept neighbours are dropped."""
    kept: list[Point] = []
    for point in points:
        while len(kept) >= 2 and _is_between(kept[-2], kept[-1], point):
            kept.pop()
        kept.append(point)
    return kept


def _is_between(first: Point, middle: Point, last: Point) -> bool:
    """Return whether `middle` lies on the way from `first` to `last`, within the tolerance."""
    along = (last[0] - first[0], last[1] - first[1])
    length = (along[0] ** 2 + along[1] ** 2) ** 0.5
    if length == 0:
        return False
    to_middle = (middle[0] - first[0], middle[1] - first[1])
    share = (to_middle[0] * along[0] + to_middle[1] * along[1]) / length**2
    off = abs(to_middle[0] * along[1] - to_middle[1] * along[0]) / length
    return 0 <= share <= 1 and off <= TOLERANCE
