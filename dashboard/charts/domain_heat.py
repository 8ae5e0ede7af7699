"""`domain-heat`: domain by quarter, the gap as colour with the number in the cell; what is guarded is hatched.

Before: a frame with a row a domain and quarter (`name, unit, quarter, gap_points, lag_months, guard`). After: one
figure. Colour says who leads and by how much of the largest of its kind; the number says it without colour.
"""

import math
from collections.abc import Sequence
from itertools import groupby

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.anatomy import LABEL_SIZE, Caption, Sheet
from dashboard.i18n import say_number, t
from dashboard.theme import BLOCS, LIGHT, Surface, escape_text, fade, measure_text
from dashboard.words import name_unit

LEFT, LEFT_NARROW = 190, 108
NARROW = 560
ROW, CHROME = 34, 150
MIN_ROOM = 130
"""Pixels from which a reason may be cut short; below it stands whole or not at all."""
STRONGEST = 0.62
"""Opacity of the largest gap: the number on it must still be read."""
Row = dict[str, object]


def plot_domain_heat(
    cells: pd.DataFrame, caption: Caption, *, measure: str = "gap_points", surface: Surface = LIGHT, width: int = 1360,
    height: int | None = None,
) -> go.Figure:  # fmt: skip
    """Return the figure of `measure` (`gap_points` or `lag_months`); on a phone's width the last quarters only.

    Points are shaded within each unit: percent points, rating points and index points have no scale in common.
    """
    is_narrow = width < NARROW
    quarters = sorted(cells["quarter"].dropna().unique(), key=_order_quarter)[-5 if is_narrow else -16 :]
    names = sort_names(cells, measure)
    left = LEFT_NARROW if is_narrow else LEFT
    height = height or CHROME + (70 if is_narrow else 0) + ROW * max(len(names), 2)
    sheet = Sheet(caption, surface, width, height, left=left, right=8, key=_get_key(surface))
    _set_axes(sheet, quarters, len(names))
    strengths = _find_largest(cells, measure)
    for place, name in enumerate(names):
        rows = {row["quarter"]: row for row in cells[cells["name"] == name].to_dict("records")}
        _name_row(sheet, next(iter(rows.values())), -place, measure, is_narrow=is_narrow)
        cell = [rows.get(quarter) or next(iter(rows.values())) | {measure: None} for quarter in quarters]
        for column, row in enumerate(cell):
            _draw_cell(sheet, row, (column, -place), measure, strengths)
        _write_reasons(sheet, cell, -place, measure)
    _add_hover(sheet, cells, names, quarters, measure)
    return sheet.to_figure()


def sort_names(cells: pd.DataFrame, measure: str) -> list[str]:
    """Return the domains by their latest lag, longest first; those without a number now come last."""
    latest = cells.groupby("name", sort=False).tail(1)
    latest = latest.assign(missing=latest[measure].isna(), shown=latest["lag_months"].astype(float))
    return latest.sort_values(["missing", "shown"], ascending=[True, False], kind="stable")["name"].tolist()


def _order_quarter(quarter: str) -> list[int]:
    """Return the numbers in a quarter's name, in whichever language it is written."""
    return [int(part) for part in "".join(c if c.isdigit() else " " for c in quarter).split()]


def _find_largest(cells: pd.DataFrame, measure: str) -> dict[object, float]:
    """Return the largest size of the measure by unit; months are all of one kind."""
    sizes = cells[measure].astype(float).abs()
    if measure == "lag_months":
        return dict.fromkeys(cells["unit"].unique(), float(sizes.max()) if sizes.notna().any() else 1.0)
    return sizes.groupby(cells["unit"], dropna=False).max().fillna(1.0).to_dict()


def _get_key(surface: Surface) -> str:
    """Return the line that explains the colours."""
    marks = (("frontier", "■", t("frontier leads, positive")), ("domestic", "■", t("domestic leads, negative")))
    parts = [f'<span style="color:{BLOCS[bloc].color}">{glyph}</span> {text}' for bloc, glyph, text in marks]
    return f'<span style="color:{surface.muted}">{"   ".join([*parts, t("hatched: no number stands")])}</span>'


def _set_axes(sheet: Sheet, quarters: Sequence[str], n_rows: int) -> None:
    """Name every quarter, or as many as do not touch, the last one always."""
    room = sheet.plot_width / max(len(quarters), 1)
    every = math.ceil((max(measure_text(quarter, LABEL_SIZE) for quarter in quarters) + 8) / room) if quarters else 1
    shown = list(range(len(quarters)))[::-1][::every][::-1]
    sheet.layout["xaxis"] |= {
        "range": [-0.5, len(quarters) - 0.5], "tickvals": shown, "ticktext": [quarters[i] for i in shown], "ticks": "",
    }  # fmt: skip
    sheet.layout["yaxis"] |= {"range": [-n_rows + 0.5, 0.5], "showticklabels": False, "showgrid": False}


def _draw_cell(sheet: Sheet, row: Row, at: tuple[int, int], measure: str, strengths: dict[object, float]) -> None:
    """Fill one cell in the leader's colour with its number, or hatch it."""
    x, y = at
    value = row[measure]
    if value is None or pd.isna(value):
        sheet.add_hatch((x - 0.48, x + 0.48), (y - 0.46, y + 0.46))
        return
    leader = "frontier" if value >= 0 else "domestic"
    strength = 0.08 + (STRONGEST - 0.08) * min(abs(value) / max(strengths.get(row["unit"]) or 1.0, 1e-9), 1.0)
    sheet.shapes.append(
        {"type": "rect", "layer": "below", "x0": x - 0.48, "x1": x + 0.48, "y0": y - 0.46, "y1": y + 0.46,
         "xref": "x", "yref": "y", "line": {"width": 0}, "fillcolor": fade(BLOCS[leader].color, round(strength, 3))}
    )  # fmt: skip
    place = {"xanchor": "center", "yanchor": "middle", "name": "cell"}
    sheet.add_note(x, y, say_number(value), color=sheet.surface.ink, size=11.5, **place)


def _write_reasons(sheet: Sheet, cells: Sequence[Row], y: int, measure: str) -> None:
    """Write why, in the middle of each unbroken stretch of hatched cells that has the room."""
    blank = [pd.isna(cell[measure]) for cell in cells]
    pixels = sheet.plot_width / max(len(cells), 1)
    for _, group in groupby(enumerate(blank), key=lambda pair: pair[1]):
        columns = [column for column, is_blank in group if is_blank]
        reason = next((cells[i]["guard"] for i in reversed(columns) if cells[i]["guard"]), None)
        room = len(columns) * pixels - 10
        if reason and room >= min(measure_text(reason, 10), MIN_ROOM):
            text = escape_text(reason, limit=max(round(room / 5.2), 4))
            place = {"xanchor": "center", "yanchor": "middle", "bgcolor": sheet.surface.background, "name": "reason"}
            middle = (columns[0] + columns[-1]) / 2
            sheet.add_note(middle, y, text, color=sheet.surface.muted, size=10, **place)


def _name_row(sheet: Sheet, row: Row, y: int, measure: str, *, is_narrow: bool) -> None:
    """Write a domain's name and, smaller, the unit of its points."""
    text = f"<b>{escape_text(row['name'], limit=15 if is_narrow else 26)}</b>"
    if measure == "gap_points" and row["unit"]:
        small = escape_text(name_unit(row["unit"]))
        text += f'<br><span style="font-size:10px;color:{sheet.surface.muted}">{small}</span>'
    left = sheet.layout["margin"]["l"]
    place = {"xref": "paper", "xanchor": "left", "xshift": -left, "yanchor": "middle"}
    sheet.add_note(0, y, text, color=sheet.surface.ink, size=11 if is_narrow else 12, **place)


def _add_hover(sheet: Sheet, cells: pd.DataFrame, names: list[str], quarters: Sequence[str], measure: str) -> None:
    """Say of every cell what stands in it, and why where nothing does: marks too faint to see carry the words."""
    shown = cells[cells["quarter"].isin(quarters)].to_dict("records")
    sheet.add_trace(
        x=[quarters.index(row["quarter"]) for row in shown], y=[-names.index(row["name"]) for row in shown],
        mode="markers", name="cells", marker={"size": 18, "opacity": 0, "color": sheet.surface.muted},
        customdata=[_describe(row, measure) for row in shown],
        hovertemplate="<b>%{customdata[0]}</b>, %{customdata[1]}<br>%{customdata[2]}<extra></extra>",
    )  # fmt: skip


def _describe(row: Row, measure: str) -> tuple[str, str, str]:
    """Return the words of a cell's hover text, escaped."""
    value = row[measure]
    if value is None or pd.isna(value):
        said = row["guard"] or t("not measured")
    else:
        unit = t("months") if measure == "lag_months" else name_unit(row["unit"])
        said = t("{value:.1f} {unit}", value=value, unit=unit)
    return escape_text(row["name"]), escape_text(row["quarter"]), escape_text(said, limit=120)
