"""The two columns of values that a row a thing may have: the gap in points, and the lag in months, with intervals.

Before: a sheet, and rows with `name, unit, gap_points, gap_ci90_low, gap_ci90_high, lag_months, lag_ci90_low,
lag_ci90_high, guard, guard_detail, evidence` and the `height` that each stands at. After: dots and thin bars on two
axes that share their rows; what is guarded is hatched.
"""

from dataclasses import dataclass

import pandas as pd

from dashboard.charts.anatomy import Sheet
from dashboard.i18n import t
from dashboard.theme import BLOCS, escape_text, fade
from dashboard.words import name_unit

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


def set_axis(sheet: Sheet, rows: pd.DataFrame, panel: Panel, title: str) -> None:
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


def draw_values(sheet: Sheet, rows: pd.DataFrame, panel: Panel) -> None:
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


def explain_blank(sheet: Sheet, row: Row) -> None:
    """Hatch each cell of a row that has no figure, and write why, once for both."""
    blank = [panel for panel in (GAP, LAG) if pd.isna(row[panel.value])]
    reason = row.get("guard") or t("not measured")
    known = row.get("guard_detail")  # NaN where a frame has the column for others' sake
    detail = escape_text(known if isinstance(known, str) else reason, limit=300)
    for panel in blank:
        limits = sheet.layout[panel.layout_name]["range"]
        sheet.add_hatch(limits, (row["height"] - 0.36, row["height"] + 0.36), text=detail, xaxis=panel.axis)
    if blank:
        middle = (blank[0].span[0] + blank[-1].span[1]) / 2
        place = {"xref": "paper", "xanchor": "center", "yanchor": "middle", "bgcolor": sheet.surface.background}
        room = sheet.plot_width * (1 if len(blank) > 1 else 0.45)
        short = escape_text(reason, limit=min(64, round(room / 5.2)))
        ink = sheet.surface.ink if row.get("state") == "none" else sheet.surface.muted
        sheet.add_note(middle, row["height"], short, color=ink, size=10, name=row.get("state"), **place)


def _describe(row: Row, panel: Panel) -> tuple[str, str, str]:
    """Return the three lines of a dot's hover text, escaped."""
    unit = t("months") if panel is LAG else name_unit(row["unit"])
    text = t("{value:.1f} {unit}", value=row[panel.value], unit=unit)
    if pd.notna(row[panel.low]) and pd.notna(row[panel.high]):
        text += t(" (90% interval {low:.1f} to {high:.1f})", low=row[panel.low], high=row[panel.high])
    return escape_text(row["name"], limit=200), text, escape_text(row.get("evidence") or "", limit=300)
