"""`domains`: one row a domain, the gap in points and the lag in months with their intervals; guarded rows last.

Before: a frame with a row per domain (`name, unit, gap_points, gap_ci90_low, gap_ci90_high, lag_months, lag_ci90_low,
lag_ci90_high, guard, evidence`). After: one figure of two panels that share their rows.
"""

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.anatomy import Caption, add_hatch, add_note, new_figure
from dashboard.i18n import t
from dashboard.theme import BLOCS, LIGHT, Surface, escape_text, fade

LEFT = 186
PANELS = {"gap": (0.0, 0.47), "lag": (0.55, 1.0)}


def plot_domains(
    domains: pd.DataFrame, caption: Caption, *, surface: Surface = LIGHT, width: int = 560, height: int = 520
) -> go.Figure:
    """Return the figure of each domain's gap and lag, longest lag first; what is guarded says why in its own row."""
    figure = new_figure(caption, surface=surface, width=width, height=height, left=LEFT, right=14)
    rows = sort_domains(domains)
    heights = list(range(len(rows) - 1, -1, -1))
    _set_axes(figure, rows, surface)
    _draw_values(figure, rows, heights, "lag", "x2", surface)
    if rows["unit"].dropna().nunique() > 1:
        _write_gaps(figure, rows, heights, surface)
    else:
        _draw_values(figure, rows, heights, "gap", "x", surface)
    for height, row in zip(heights, rows.to_dict("records"), strict=True):
        _name_row(figure, height, row, surface)
        _explain_blank(figure, height, row, surface)
    titles = {"gap": t("gap, points"), "lag": t("lag, months")}
    for panel, (start, _) in PANELS.items():
        place = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom", "yshift": 1}
        add_note(figure, start, 1, titles[panel], color=surface.muted, font={"size": 11}, **place)
    return figure


def sort_domains(domains: pd.DataFrame) -> pd.DataFrame:
    """Return the rows by lag, longest first, then those with a gap only, then those with neither."""
    missing = domains["lag_months"].isna().astype(int) + domains["gap_points"].isna().astype(int)
    rows = domains.assign(missing=missing)
    return rows.sort_values(["missing", "lag_months", "gap_points"], ascending=[True, False, False], kind="stable")


def _set_axes(figure: go.Figure, rows: pd.DataFrame, surface: Surface) -> None:
    """Lay the two panels side by side, each with its zero line and a light rule between rows."""
    base = figure.layout.xaxis.to_plotly_json()
    for name, anchor, panel in (("xaxis", "y", "gap"), ("xaxis2", "y", "lag")):
        low, high = _get_range(rows, panel)
        setting = {"domain": PANELS[panel], "range": [low, high], "anchor": anchor, "nticks": 5, "side": "bottom"}
        figure.update_layout({name: base | setting})
    figure.update_yaxes(range=[-0.6, max(len(rows) - 0.4, 1)], showticklabels=False, showgrid=False)
    zero = {"type": "line", "x0": 0, "x1": 0, "y0": 0, "y1": 1, "yref": "paper", "layer": "below"}
    for axis in ("x", "x2"):
        figure.add_shape(xref=axis, line={"color": surface.muted, "width": 1}, **zero)
    for height in range(len(rows) - 1):
        figure.add_shape(
            type="line", xref="paper", x0=0, x1=1, y0=height + 0.5, y1=height + 0.5, layer="below",
            line={"color": surface.grid, "width": 1},
        )  # fmt: skip


def _get_range(rows: pd.DataFrame, panel: str) -> tuple[float, float]:
    """Return a panel's range, zero included: negative means that domestic leads."""
    names = [f"{panel}_{'points' if panel == 'gap' else 'months'}", f"{panel}_ci90_low", f"{panel}_ci90_high"]
    values = rows[names].to_numpy(dtype=float).ravel()
    values = values[~pd.isna(values)]
    low, high = (min(values.min(), 0.0), max(values.max(), 0.0)) if len(values) else (0.0, 1.0)
    air = max((high - low) * 0.08, 0.1)
    return low - (air if low < 0 else air / 4), high + air


def _draw_values(
    figure: go.Figure, rows: pd.DataFrame, heights: list[int], panel: str, axis: str, surface: Surface
) -> None:
    """Draw one panel's dots in the colour and marker of the bloc that leads, with their thin bars."""
    unit = "points" if panel == "gap" else "months"
    shown = rows.assign(height=heights)[rows[f"{panel}_{unit}"].notna()]
    values = shown[f"{panel}_{unit}"]
    looks = [BLOCS["frontier" if value >= 0 else "domestic"] for value in values]
    has_bar = shown[[f"{panel}_ci90_low", f"{panel}_ci90_high"]].notna().all(axis=1)
    for row, look in zip(shown.to_dict("records"), looks, strict=True):
        low, high = row[f"{panel}_ci90_low"], row[f"{panel}_ci90_high"]
        if pd.notna(low) and pd.notna(high):
            figure.add_shape(
                type="line", xref=axis, x0=low, x1=high, y0=row["height"], y1=row["height"],
                line={"color": fade(look.color, 0.45), "width": 3},
            )  # fmt: skip
    colors = [look.color for look in looks]
    symbols = [look.marker + ("" if known else "-open") for look, known in zip(looks, has_bar, strict=True)]
    figure.add_scatter(
        x=values.tolist(), y=shown["height"].tolist(), xaxis=axis, mode="markers", name=panel,
        marker={"size": 9, "color": colors, "symbol": symbols, "line": {"width": 1.3, "color": colors}},
        customdata=[_describe(row, panel, unit) for row in shown.to_dict("records")],
        hovertemplate="<b>%{customdata[0]}</b><br>%{customdata[1]}<br>%{customdata[2]}<extra></extra>",
    )  # fmt: skip


def _write_gaps(figure: go.Figure, rows: pd.DataFrame, heights: list[int], surface: Surface) -> None:
    """Write the gaps as text: percent points and rating points have no axis in common."""
    figure.update_layout(xaxis={"showticklabels": False, "ticks": "", "showline": False})
    figure.layout.shapes = [shape for shape in figure.layout.shapes if shape.xref != "x"]
    for height, row in zip(heights, rows.to_dict("records"), strict=True):
        if pd.notna(row["gap_points"]):
            text = f"<b>{row['gap_points']:.1f}</b> {t('rating') if row['unit'] == 'elo' else ''}"
            if pd.notna(row["gap_ci90_low"]):
                text += f" ({row['gap_ci90_low']:.1f} – {row['gap_ci90_high']:.1f})"
            place = {"xref": "paper", "xanchor": "left", "yanchor": "middle"}
            add_note(figure, 0, height, text, color=surface.ink, font={"size": 11}, **place)


def _describe(row: dict[str, object], panel: str, unit: str) -> tuple[str, str, str]:
    """Return the three lines of a dot's hover text, escaped."""
    text = t("{value:.1f} {unit}", value=row[f"{panel}_{unit}"], unit=t(unit))
    low, high = row[f"{panel}_ci90_low"], row[f"{panel}_ci90_high"]
    if pd.notna(low) and pd.notna(high):
        text += t(" (90% interval {low:.1f} to {high:.1f})", low=low, high=high)
    return escape_text(row["name"]), text, escape_text(row.get("evidence") or "", limit=120)


def _name_row(figure: go.Figure, height: int, row: dict[str, object], surface: Surface) -> None:
    """Write a domain's name and, smaller, the evidence it rests on, left of its row."""
    text = f"<b>{escape_text(row['name'], limit=26)}</b>"
    if row.get("evidence"):
        text += (
            f'<br><span style="font-size:10px;color:{surface.muted}">{escape_text(row["evidence"], limit=38)}</span>'
        )
    place = {"xref": "paper", "xanchor": "left", "xshift": -LEFT, "yanchor": "middle"}
    add_note(figure, 0, height, text, color=surface.ink, **place)


def _explain_blank(figure: go.Figure, height: int, row: dict[str, object], surface: Surface) -> None:
    """Hatch a panel's cell that has no figure, and write why."""
    for panel, axis, unit in (("gap", "x", "points"), ("lag", "x2", "months")):
        if pd.notna(row[f"{panel}_{unit}"]):
            continue
        name = "xaxis" if axis == "x" else "xaxis2"
        low, high = figure.layout[name].range
        text = escape_text(row.get("guard") or t("not measured"), limit=200)
        add_hatch(figure, (low, high), (height - 0.38, height + 0.38), surface, text=text, xaxis=axis)
        reason = escape_text(row.get("guard") or t("not measured"), limit=38)
        place = {"xref": axis, "xanchor": "center", "yanchor": "middle", "bgcolor": surface.background, "borderpad": 1}
        add_note(figure, (low + high) / 2, height, reason, color=surface.muted, font={"size": 10}, **place)
