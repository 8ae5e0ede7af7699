"""The native charts of a slide: a figure's series as scatter charts that can be edited, exactly over its plot areas.

Before: a slide, and a figure's series. After: charts whose frames fill the figure's plot areas; ticks, grid and labels
are shapes and words beside them.
"""

from lxml import etree
from pptx.chart.data import XyChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_MARKER_STYLE, XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.enum.dml import MSO_LINE
from pptx.oxml.ns import qn
from pptx.util import Pt

from dashboard.export.drawing import Plate, list_boxes
from dashboard.export.series import Series

MARKERS = {
    "circle": XL_MARKER_STYLE.CIRCLE, "diamond": XL_MARKER_STYLE.DIAMOND, "square": XL_MARKER_STYLE.SQUARE,
    "triangle-up": XL_MARKER_STYLE.TRIANGLE, "triangle-down": XL_MARKER_STYLE.TRIANGLE,
    "triangle-right": XL_MARKER_STYLE.TRIANGLE, "star": XL_MARKER_STYLE.STAR, "cross": XL_MARKER_STYLE.PLUS,
    "x": XL_MARKER_STYLE.X, "line-ew": XL_MARKER_STYLE.DASH, "line-ns": XL_MARKER_STYLE.PLUS,
}  # fmt: skip
SPACE = "http://schemas.openxmlformats.org/drawingml/2006/chart"
SEE_THROUGH = (
    f'<c:spPr xmlns:c="{SPACE}" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
    "<a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>"
)


def add_charts(slide, plate: Plate, series: list[Series], alt: str) -> None:
    """Add one native chart for each pair of axes, its plot area exactly over the figure's."""
    for pair, _, _, box in list_boxes(plate):
        # LibreOffice loses every series that a longer one follows.
        own = sorted((one for one in series if one.axes == pair), key=lambda one: -len(one.xs))
        if not own:
            continue
        data = XyChartData()
        for one in own:
            points = data.add_series(one.name)
            for x, y in zip(one.xs, one.ys, strict=True):
                points.add_data_point(x, y)
        frame = slide.page.shapes.add_chart(XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS, *slide.place(box), data)
        frame.name = alt[:200]
        _style_chart(slide, frame.chart, own)


def _style_chart(slide, chart, own: list[Series]) -> None:
    chart.has_legend = chart.has_title = False
    chart.font.size = Pt(8)
    for axis, scale in ((chart.category_axis, own[0].x), (chart.value_axis, own[0].y)):
        axis.minimum_scale, axis.maximum_scale = scale.low, scale.high
        axis.has_major_gridlines = axis.has_minor_gridlines = False
        axis.tick_label_position = XL_TICK_LABEL_POSITION.NONE
        axis.format.line.fill.background()
        axis.major_tick_mark = axis.minor_tick_mark = XL_TICK_MARK.NONE
        if scale.kind == "log":
            _set_log(axis)
    for plotted, one in zip(chart.plots[0].series, own, strict=True):
        _style_series(slide, plotted, one)
    _fill_frame(chart)


def _style_series(slide, plotted, one: Series) -> None:
    plotted.smooth = False
    line = plotted.format.line
    if one.line_width:
        line.color.rgb = RGBColor.from_string(one.color[1:])
        line.width = slide.to_points(one.line_width)
        if one.dash:
            line.dash_style = MSO_LINE.ROUND_DOT if one.dash[0] < 3 * one.line_width else MSO_LINE.DASH
        fade(line.fill._xPr, one.opacity)
    else:
        line.fill.background()
    marker = plotted.marker
    if not one.marker:
        marker.style = XL_MARKER_STYLE.NONE
        return
    marker.style = MARKERS.get(one.marker, XL_MARKER_STYLE.CIRCLE)
    marker.size = max(2, min(72, round(one.marker_size * slide.scale / 12700)))
    if one.is_hollow:
        marker.format.fill.background()
    else:
        marker.format.fill.solid()
        marker.format.fill.fore_color.rgb = RGBColor.from_string(one.color[1:])
    marker.format.line.color.rgb = RGBColor.from_string(one.color[1:])
    fade(marker.format.fill._xPr, one.opacity)


def fade(properties, opacity: float) -> None:
    """Make the colours of a series see-through, which the library has no word for."""
    if opacity < 1:
        for color in properties.iter(qn("a:srgbClr")):
            etree.SubElement(color, qn("a:alpha")).set("val", str(round(opacity * 100000)))


def _set_log(axis) -> None:
    scaling = axis._element.find(qn("c:scaling"))
    scaling.insert(0, scaling.makeelement(qn("c:logBase"), {"val": "10"}))


def _fill_frame(chart) -> None:
    """Let the plot area fill the chart's frame, which lies exactly where the figure's plot area does."""
    area = chart._chartSpace.chart.plotArea
    for old in area.findall(qn("c:layout")):
        area.remove(old)
    places = "".join(
        f'<c:{name} val="{value}"/>' for name, value in (
            ("layoutTarget", "inner"), ("xMode", "edge"), ("yMode", "edge"), ("x", 0), ("y", 0), ("w", 1), ("h", 1)
        )
    )  # fmt: skip
    area.insert(
        0, etree.fromstring(f'<c:layout xmlns:c="{SPACE}"><c:manualLayout>{places}</c:manualLayout></c:layout>')
    )
    # What lies below, bands and hatches, is seen through the chart.
    area.append(etree.fromstring(SEE_THROUGH))
    chart._chartSpace.chart.addnext(etree.fromstring(SEE_THROUGH))
