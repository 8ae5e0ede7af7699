"""Data exports: CSV with its guard against formulas, JSON metadata, and a workbook with data, metadata and a chart.

Before: a `Bundle`. After: bytes. Every text is written as text: nothing in a name can become a formula or a link.
"""

import csv
import json
from datetime import date
from io import BytesIO, StringIO
from math import ceil, floor, log10

import pandas as pd
import xlsxwriter

from dashboard.export.bundle import Bundle, tidy
from dashboard.export.drawing import Plate
from dashboard.export.series import Scale, Series, list_series
from dashboard.i18n import t
from dashboard.theme import measure_text

WIDTH, COLUMNS = 960, 15
"""Of the native chart, in pixels and in columns."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
MARKERS = {
    "circle": "circle", "diamond": "diamond", "square": "square", "triangle-up": "triangle", "cross": "plus",
    "triangle-down": "triangle", "triangle-right": "triangle", "star": "star", "x": "x", "line-ew": "long_dash",
    "line-ns": "plus",
}  # fmt: skip


def write_csv(bundle: Bundle) -> bytes:
    """Return the data as UTF-8 CSV with a byte order mark, which spreadsheets need to read Chinese.

    Text that a spreadsheet would take for a formula gets a leading apostrophe; numbers never do.
    """
    out = StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(bundle.data.columns)
    for row in bundle.data.itertuples(index=False):
        writer.writerow([guard_formula(show_cell(value)) for value in row])
    return out.getvalue().encode("utf-8-sig")


def write_json(bundle: Bundle) -> bytes:
    """Return the metadata as one JSON document."""
    return (json.dumps(bundle.describe(), ensure_ascii=False, indent=1) + "\n").encode()


def show_cell(value: object) -> str | float | int | bool | None:
    """Return a value as tables hold it: numbers as they are, dates as ISO text, texts tidied, None where missing."""
    if value is None or (not isinstance(value, str | list | tuple) and pd.isna(value)):
        return None
    if isinstance(value, bool):
        return value
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, bool | int | float):
        return round(value, 6) if isinstance(value, float) else value
    if isinstance(value, date):
        return value.isoformat()[:10]
    return tidy(value) if not str(value).startswith(("\t", "\r")) else str(value)[0] + tidy(value)


def guard_formula(value: object) -> object:
    """Return a text that starts as a formula does with an apostrophe before it; anything else as it is."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def write_xlsx(bundle: Bundle) -> bytes:
    """Return a workbook of four sheets: the native chart, the data, what the chart is drawn from, the metadata."""
    out = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        title = tidy(bundle.caption.title)
        book.set_properties(
            {"title": title[:255], "author": "modelgap", "comments": bundle.permalink[:255],
             "created": bundle.built_at.replace(tzinfo=None)}
        )  # fmt: skip
        series = list_series(Plate(bundle.figure, bundle.width))
        front = book.add_worksheet(t("Chart")) if series else None
        _write_data(book, bundle)
        if front is not None:
            _write_chart(book, front, bundle, series)
        _write_metadata(book, bundle)
    return out.getvalue()


def _write_data(book: xlsxwriter.Workbook, bundle: Bundle) -> None:
    sheet = book.add_worksheet(t("Data"))
    bold, day = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.freeze_panes(1, 0)
    for column, name in enumerate(bundle.data):
        sheet.write_string(0, column, str(name), bold)
        sheet.set_column(column, column, max(11, len(str(name)) + 2))
        for row, value in enumerate(bundle.data[name], start=1):
            _write_cell(sheet, row, column, value, day)


def _write_cell(sheet: object, row: int, column: int, value: object, day: object) -> None:
    cell = show_cell(value)
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, int | float):
        sheet.write_number(row, column, cell)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, pd.Timestamp(value).to_pydatetime().replace(tzinfo=None), day)
    elif cell is not None:
        sheet.write_string(row, column, cell)


def _write_metadata(book: xlsxwriter.Workbook, bundle: Bundle) -> None:
    sheet, bold = book.add_worksheet(t("Metadata")), book.add_format({"bold": True, "valign": "top"})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, 1, 110)
    document = bundle.describe()
    rows = [(key, value) for key, value in document.items() if not isinstance(value, list)]
    rows += [("unit", ", ".join(document["unit"])), *(("source", credit) for credit in bundle.list_credits())]
    for row, (key, value) in enumerate(rows):
        sheet.write_string(row, 0, key, bold)
        sheet.write_string(row, 1, str(value), wrap)


def _write_chart(book: xlsxwriter.Workbook, front: object, bundle: Bundle, series: list[Series]) -> None:
    """Write what the marks stand on to a sheet of its own, and a native chart a pair of axes that reads it."""
    sheet = book.add_worksheet(t("Series"))
    charts: dict[tuple[str, str], object] = {}
    for number, one in enumerate(series):
        if one.axes not in charts:
            charts[one.axes] = book.add_chart({"type": "scatter", "subtype": "straight"})
            _set_axes(charts[one.axes], one)
        column = 2 * number
        for place, (letter, values) in enumerate((("x", one.xs), ("y", one.ys))):
            sheet.write_string(0, column + place, f"{one.name}: {letter}")
            sheet.write_column(1, column + place, values)
        areas = [[sheet.name, 1, column + place, len(one.xs), column + place] for place in (0, 1)]
        charts[one.axes].add_series({"name": one.name, "categories": areas[0], "values": areas[1]} | _style(one))
    front.hide_gridlines(2)
    front.set_landscape()
    front.set_paper(9)
    front.fit_to_pages(1, 1)
    _write_lines(book, front, 0, [tidy(bundle.caption.title), tidy(bundle.caption.subtitle)])
    for place, chart in enumerate(charts.values()):
        chart.set_size({"width": WIDTH // len(charts), "height": 520})
        options = {"description": tidy(bundle.alt), "x_offset": place * (WIDTH // len(charts))}
        front.insert_chart(2, 0, chart, options)
    _write_lines(book, front, 29, [*map(tidy, bundle.caption.get_footer()), bundle.citation])


def _write_lines(book: xlsxwriter.Workbook, front: object, first: int, lines: list[str]) -> None:
    """Write lines across the width of the chart, each as high as it needs; that of the first row is its title."""
    for row, line in enumerate(lines, start=first):
        front.merge_range(row, 0, row, COLUMNS - 1, line, book.add_format({"text_wrap": True, "bold": row == 0}))
        front.set_row_pixels(row, 20 * ceil(measure_text(line, 15) / WIDTH))


def _set_axes(chart: object, one: Series) -> None:
    """Give a native chart the figure's own limits, moved out to its ticks, and nothing that the figure has not."""
    grid = {"visible": True, "line": {"color": "#E6E8EB"}}
    chart.set_x_axis(_describe_axis(one.x) | {"major_gridlines": {"visible": False}})
    chart.set_y_axis(_describe_axis(one.y) | {"major_gridlines": grid})
    chart.set_legend({"none": True})
    chart.set_title({"none": True})


def _describe_axis(scale: Scale) -> dict[str, object]:
    axis = {"min": scale.low, "max": scale.high, "label_position": "low" if scale.form else "none"}
    if scale.kind == "log":
        return axis | {"min": 10 ** floor(log10(scale.low)), "max": 10 ** ceil(log10(scale.high)), "log_base": 10}
    if scale.step and scale.kind == "linear":
        ends = floor(scale.low / scale.step + 1e-6), ceil(scale.high / scale.step - 1e-6)
        axis |= {"min": ends[0] * scale.step, "max": ends[1] * scale.step}
    axis |= {"major_unit": scale.step} if scale.step else {}
    # The other axis crosses at the end and not at zero, which may lie in the middle.
    return axis | {"num_format": scale.form or "General", "crossing": "min"}


def _style(one: Series) -> dict[str, object]:
    line = {"none": True}
    if one.line_width:
        dash = "solid" if not one.dash else "round_dot" if one.dash[0] < 3 * one.line_width else "dash"
        line = {"color": one.color, "width": one.line_width * 0.75, "dash_type": dash, "transparency": one.fade}
    marker: dict[str, object] = {"type": "none"}
    if one.marker:
        fill = {"none": True} if one.is_hollow else {"color": one.color, "transparency": one.fade}
        kind = MARKERS.get(one.marker, "circle")
        border = {"color": one.color, "transparency": one.fade}
        marker = {"type": kind, "size": max(2, round(one.marker_size * 0.75)), "fill": fill, "border": border}
    return {"line": line, "marker": marker}
