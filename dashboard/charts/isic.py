"""`isic`: sections A–V of industry, gap and lag where something measures one, hatched where nothing does.

Before: a frame with a row a section (`section, name, short, unit, state, instruments, gap_points, gap_ci90_low,
gap_ci90_high, lag_months, lag_ci90_low, lag_ci90_high, guard, guard_detail, evidence`). After: one figure, in the order
of the classification. An exam is a proxy for the work of a section, and the figure says so.
"""

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.anatomy import Caption, Sheet, wrap_text
from dashboard.charts.gap_and_lag import GAP, LAG, Panel, draw_values, explain_blank, set_axis
from dashboard.i18n import say_number, t
from dashboard.theme import BLOCS, LIGHT, Surface, escape_text
from dashboard.words import name_unit

LEFT, LEFT_NARROW = 510, 138
NARROW = 560
LETTER, NAME = 20, 252
"""Pixels that a section's letter and its name take; what measures it stands right of them."""
ROW, ROW_NARROW, CHROME = 32, 40, 150
Row = dict[str, object]


def plot_isic(
    sections: pd.DataFrame, caption: Caption, *, surface: Surface = LIGHT, width: int = 1360, height: int | None = None
) -> go.Figure:
    """Return the figure of gap and lag by section; what measures a section stands beside its name, but on a phone."""
    is_narrow = width < NARROW
    left = LEFT_NARROW if is_narrow else LEFT
    row_height = ROW_NARROW if is_narrow else ROW
    height = height or CHROME + (60 if is_narrow else 0) + row_height * max(len(sections), 2)
    sheet = Sheet(caption, surface, width, height, left=left, right=12, key=_get_key(surface))
    rows = sections.assign(height=range(0, -len(sections), -1))
    sheet.layout["yaxis"] |= {"range": [-len(rows) + 0.4, 0.6], "showticklabels": False, "showgrid": False}
    # All that measures a section is scored in shares of right answers.
    for panel, title in ((GAP, t("gap, {unit}", unit=name_unit("fraction"))), (LAG, t("lag, months"))):
        set_axis(sheet, rows, panel, title)
        draw_values(sheet, rows[rows[panel.value].notna()], panel)
        _write_values(sheet, rows[rows[panel.value].notna()], panel)
    for row in rows.to_dict("records"):
        _name_section(sheet, row, is_narrow=is_narrow)
        explain_blank(sheet, row)
        if row["height"]:
            sheet.add_line(y=row["height"] + 0.5, color=surface.grid)
    _add_hover(sheet, rows[rows["lag_months"].isna()])
    return sheet.to_figure()


def _get_key(surface: Surface) -> str:
    """Return the line that explains the marks."""
    frontier, domestic = BLOCS["frontier"].color, BLOCS["domestic"].color
    parts = [
        f'<span style="color:{frontier}">◆</span> {t("frontier leads")}',
        f'<span style="color:{domestic}">●</span> {t("domestic leads")}',
        t("hollow: no interval known"),
        t("hatched: no number, and why"),
    ]
    return f'<span style="color:{surface.muted}">{"   ".join(parts)}</span>'


def _name_section(sheet: Sheet, row: Row, *, is_narrow: bool) -> None:
    """Write a section's letter, its short name, and what measures it."""
    left, y = sheet.layout["margin"]["l"], row["height"]
    flush = {"xref": "paper", "xanchor": "left", "yanchor": "middle"}
    letter = f"<b>{escape_text(row['section'])}</b>"
    sheet.add_note(0, y, letter, color=sheet.surface.ink, xshift=-left, **flush)
    size, room = (10, left - LETTER - 8) if is_narrow else (11.5, NAME)
    name = "<br>".join(wrap_text(str(row["short"]), room, size)[:3])
    sheet.add_note(0, y, name, color=sheet.surface.ink, size=size, xshift=LETTER - left, **flush)
    if not is_narrow:
        room = left - LETTER - NAME - 16
        said = "<br>".join(wrap_text(str(row["instruments"] or "–"), room, 10.5)[:2])
        sheet.add_note(0, y, said, color=sheet.surface.muted, size=10.5, xshift=LETTER + NAME - left, **flush)


def _write_values(sheet: Sheet, rows: pd.DataFrame, panel: Panel) -> None:
    """Write each dot's number above it: on paper there is no pointer."""
    place = {"xref": panel.axis, "xanchor": "center", "yanchor": "bottom", "yshift": 4, "name": "value"}
    for row in rows.to_dict("records"):
        value = row[panel.value]
        sheet.add_note(value, row["height"], say_number(value), color=sheet.surface.ink, size=9.5, **place)


def _add_hover(sheet: Sheet, rows: pd.DataFrame) -> None:
    """Say of a section without a number what it is, and why: marks too faint to see carry it to pointer and table."""
    sheet.add_trace(
        x=[0.0] * len(rows), y=rows["height"].tolist(), mode="markers", name="withheld",
        marker={"size": 18, "opacity": 0, "color": sheet.surface.muted},
        customdata=[_describe(row) for row in rows.to_dict("records")],
        hovertemplate="<b>%{customdata[0]}</b><br>%{customdata[1]}<br>%{customdata[2]}<extra></extra>",
    )  # fmt: skip


def _describe(row: Row) -> tuple[str, str, str]:
    """Return the three lines of a section's hover text, escaped."""
    reason = row["guard"] or t("not measured")
    return escape_text(row["name"], limit=200), escape_text(reason), escape_text(row["evidence"] or "", limit=300)
