"""`domains`: one row a domain, the gap in points and the lag in months with their intervals; guarded rows last.

Before: a frame with a row per domain (`name, unit, gap_points, gap_ci90_low, gap_ci90_high, lag_months, lag_ci90_low,
lag_ci90_high, guard, guard_detail, evidence`). After: one figure of two panels that share their rows.
"""

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.anatomy import Caption, Sheet
from dashboard.charts.gap_and_lag import GAP, LAG, draw_values, explain_blank, set_axis
from dashboard.i18n import t
from dashboard.theme import BLOCS, LIGHT, Surface, escape_text
from dashboard.words import name_unit

LEFT, LEFT_NARROW = 186, 112
NARROW = 520
Row = dict[str, object]


def plot_domains(
    domains: pd.DataFrame, caption: Caption, *, surface: Surface = LIGHT, width: int = 560, height: int = 520
) -> go.Figure:
    """Return the figure of each domain's gap and lag, longest lag first; what is guarded says why in its own row.

    Gaps share an axis where they share a unit, the index's if there is one; the others are written out.
    """
    is_narrow = width < NARROW
    left = LEFT_NARROW if is_narrow else LEFT
    sheet = Sheet(caption, surface, width, height, left=left, right=14, key=_get_key(surface))
    rows = sort_domains(domains)
    rows["height"] = range(len(rows) - 1, -1, -1)
    unit = _find_unit(rows)
    on_axis = rows[rows["unit"] == unit]
    _set_rows(sheet, len(rows))
    for panel, shown, title in (
        (GAP, on_axis, t("gap, {unit}", unit=name_unit(unit)) if unit else t("gap")),
        (LAG, rows, t("lag, months")),
    ):
        set_axis(sheet, shown, panel, title)
        draw_values(sheet, shown[shown[panel.value].notna()], panel)
    for row in rows.to_dict("records"):
        _name_row(sheet, row)
        if pd.notna(row["gap_points"]) and row["unit"] != unit:
            _write_gap(sheet, row)
        explain_blank(sheet, row)
    return sheet.to_figure()


def sort_domains(domains: pd.DataFrame) -> pd.DataFrame:
    """Return the rows by lag, longest first, then those with a gap only, then those with neither."""
    missing = domains["lag_months"].isna().astype(int) + domains["gap_points"].isna().astype(int)
    rows = domains.assign(missing=missing)
    return rows.sort_values(["missing", "lag_months", "gap_points"], ascending=[True, False, False], kind="stable")


def _find_unit(rows: pd.DataFrame) -> str | None:
    """Return the unit that the gaps' axis is in: the index's where any gap is in it, else the commonest."""
    units = rows.loc[rows["gap_points"].notna(), "unit"].value_counts()
    return "index" if "index" in units else next(iter(units.index), None)


def _get_key(surface: Surface) -> str:
    """Return the line that explains the marks."""
    marks = (("frontier", "◆", t("frontier leads")), ("domestic", "●", t("domestic leads")))
    parts = [f'<span style="color:{BLOCS[bloc].color}">{glyph}</span> {text}' for bloc, glyph, text in marks]
    parts.append(t("hollow: no interval known"))
    return f'<span style="color:{surface.muted}">{"   ".join(parts)}</span>'


def _set_rows(sheet: Sheet, n_rows: int) -> None:
    sheet.layout["yaxis"] |= {"range": [-0.6, max(n_rows - 0.4, 1)], "showticklabels": False, "showgrid": False}
    for height in range(n_rows - 1):
        sheet.add_line(y=height + 0.5, color=sheet.surface.grid)


def _name_row(sheet: Sheet, row: Row) -> None:
    """Write a domain's name and, smaller, the evidence it rests on, left of its row."""
    left = sheet.layout["margin"]["l"]
    text = f"<b>{escape_text(row['name'], limit=26 if left == LEFT else 15)}</b>"
    if row.get("evidence"):
        small = escape_text(row["evidence"], limit=36 if left == LEFT else 21)
        text += f'<br><span style="font-size:10px;color:{sheet.surface.muted}">{small}</span>'
    place = {"xref": "paper", "xanchor": "left", "xshift": -left, "yanchor": "middle"}
    sheet.add_note(0, row["height"], text, color=sheet.surface.ink, **place)


def _write_gap(sheet: Sheet, row: Row) -> None:
    """Write a gap as text: percent points and rating points have no axis in common."""
    text = t("{points:.1f} {unit}", points=row["gap_points"], unit=name_unit(row["unit"]))
    has_room = sheet.layout["margin"]["l"] == LEFT
    if has_room and pd.notna(row["gap_ci90_low"]) and pd.notna(row["gap_ci90_high"]):
        text += t(" ({low:.1f} to {high:.1f})", low=row["gap_ci90_low"], high=row["gap_ci90_high"])
    place = {"xref": "paper", "xanchor": "left", "yanchor": "middle", "bgcolor": sheet.surface.background}
    sheet.add_note(0.002, row["height"], text, color=sheet.surface.muted, size=10.5, **place)
