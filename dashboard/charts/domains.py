"""`domains`: one row a domain, the gap in points and the lag in months with their intervals; guarded rows last.

Before: a frame with a row per domain (`name, unit, gap_points, gap_ci90_low, gap_ci90_high, lag_months, lag_ci90_low,
lag_ci90_high, guard, guard_detail, evidence`). After: one figure of two panels that share their rows.
"""

from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.anatomy import Caption, Sheet
from dashboard.i18n import t
from dashboard.theme import BLOCS, LIGHT, Surface, escape_text, fade
from dashboard.words import name_unit

LEFT, LEFT_NARROW = 186, 112
NARROW = 560
Row = dict[str, object]


@dataclass(frozen=True)
class Panel:
    """One of the two columns of values: its frame columns, its Plotly axis, and where it lies from 0 to 1."""

    value: str
    low: str
    high: str
    axis: str
    span: tuple[float, float]

    @property
    def layout_name(self) -> str:
        """What Plotly's layout calls the axis."""
        return self.axis.replace("x", "xaxis")


GAP = Panel("gap_points", "gap_ci90_low", "gap_ci90_high", "x", (0.0, 0.47))
LAG = Panel("lag_months", "lag_ci90_low", "lag_ci90_high", "x2", (0.55, 1.0))


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
        _set_axis(sheet, shown, panel, title)
        _draw_values(sheet, shown[shown[panel.value].notna()], panel)
    for row in rows.to_dict("records"):
        _name_row(sheet, row)
        if pd.notna(row["gap_points"]) and row["unit"] != unit:
            _write_gap(sheet, row)
        _explain_blank(sheet, row)
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


def _set_axis(sheet: Sheet, rows: pd.DataFrame, panel: Panel, title: str) -> None:
    """Give a panel its axis, zero included (left of it domestic leads), and its title above."""
    values = rows[[panel.value, panel.low, panel.high]].to_numpy(dtype=float).ravel()
    values = values[~pd.isna(values)]
    low, high = (min(values.min(), 0.0), max(values.max(), 0.0)) if len(values) else (0.0, 1.0)
    air = max((high - low) * 0.08, 0.1)
    limits = [low - (air if low < 0 else air / 3), high + air]
    sheet.layout[panel.layout_name] = sheet.layout["xaxis"] | {
        "domain": panel.span, "range": limits, "anchor": "y", "nticks": 6 if sheet.plot_width > 260 else 3,
    }  # fmt: skip
    sheet.add_line(x=0, color=sheet.surface.muted, xref=panel.axis)
    place = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom", "size": 11}
    sheet.add_note(panel.span[0], 1, title, color=sheet.surface.muted, **place)


def _draw_values(sheet: Sheet, rows: pd.DataFrame, panel: Panel) -> None:
    """Draw one panel's dots in the colour and marker of the bloc that leads, with their thin bars."""
    looks = [BLOCS["frontier" if value >= 0 else "domestic"] for value in rows[panel.value]]
    symbols = []
    for row, look in zip(rows.to_dict("records"), looks, strict=True):
        known = pd.notna(row[panel.low]) and pd.notna(row[panel.high])
        symbols.append(look.marker if known else f"{look.marker}-open")
        if known:
            sheet.add_trace(
                x=[row[panel.low], row[panel.high]], y=[row["height"]] * 2, xaxis=panel.axis, mode="lines",
                line={"color": fade(look.color, 0.45), "width": 3}, hoverinfo="skip", name="interval",
            )  # fmt: skip
    colors = [look.color for look in looks]
    sheet.add_trace(
        x=rows[panel.value].tolist(), y=rows["height"].tolist(), xaxis=panel.axis, mode="markers", name=panel.value,
        marker={"size": 9, "color": colors, "symbol": symbols, "line": {"width": 1.3, "color": colors}},
        customdata=[_describe(row, panel) for row in rows.to_dict("records")],
        hovertemplate="<b>%{customdata[0]}</b><br>%{customdata[1]}<br>%{customdata[2]}<extra></extra>",
    )  # fmt: skip


def _describe(row: Row, panel: Panel) -> tuple[str, str, str]:
    """Return the three lines of a dot's hover text, escaped."""
    unit = t("months") if panel is LAG else name_unit(row["unit"])
    text = t("{value:.1f} {unit}", value=row[panel.value], unit=unit)
    if pd.notna(row[panel.low]) and pd.notna(row[panel.high]):
        text += t(" (90% interval {low:.1f} to {high:.1f})", low=row[panel.low], high=row[panel.high])
    return escape_text(row["name"]), text, escape_text(row.get("evidence") or "", limit=120)


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


def _explain_blank(sheet: Sheet, row: Row) -> None:
    """Hatch each cell of a row that has no figure, and write why, once for both."""
    blank = [panel for panel in (GAP, LAG) if pd.isna(row[panel.value])]
    reason = row.get("guard") or t("not measured")
    detail = escape_text(row.get("guard_detail") or reason, limit=300)
    for panel in blank:
        limits = sheet.layout[panel.layout_name]["range"]
        sheet.add_hatch(limits, (row["height"] - 0.36, row["height"] + 0.36), text=detail, xaxis=panel.axis)
    if blank:
        middle = (blank[0].span[0] + blank[-1].span[1]) / 2
        place = {"xref": "paper", "xanchor": "center", "yanchor": "middle", "bgcolor": sheet.surface.background}
        room = sheet.plot_width * (1 if len(blank) > 1 else 0.45)
        short = escape_text(reason, limit=min(64, round(room / 5.2)))
        sheet.add_note(middle, row["height"], short, color=sheet.surface.muted, size=10, **place)
