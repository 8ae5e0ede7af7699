"""`claims`: what public claims said in months, what was measured, and the standing lag behind them.

Before: a frame of claims (`number, claimant, statement, day, claimed_low, claimed_high, value, ci90_low, ci90_high,
is_lower_bound, verdict`) and one of days (`date, lag_months, ci90_low, ci90_high`). After: one figure.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.anatomy import Caption, Sheet, spread_labels
from dashboard.charts.lag_over_time import split_stretches
from dashboard.i18n import t
from dashboard.theme import LIGHT, Surface, escape_text, fade

NARROW = 560
MIN_DISTANCE = 17
"""Pixels between two claims: those of one day stand beside each other."""
GREEN = "#009E73"


@dataclass(frozen=True)
class Mark:
    """How a verdict is drawn: Plotly's symbol, a glyph for the key, and whether it takes the surface's ink."""

    symbol: str
    glyph: str
    color: str | None


MARKS = {
    "supported": Mark("circle", "●", GREEN),
    "contradicted": Mark("x", "✖", None),
    "undetermined": Mark("circle-open", "○", None),
}


def plot_claims(
    claims: pd.DataFrame, days: pd.DataFrame, caption: Caption, *, surface: Surface = LIGHT, width: int = 1360,
    height: int = 560,
) -> go.Figure:  # fmt: skip
    """Return the figure: for each claim a bar over the range it claimed and a mark at what was measured.

    The line is the standing lag on the index or on a domain's scale, for orientation: a claim is judged on the quantity
    it speaks of.
    """
    margins = {"left": 28, "right": 4} if width < NARROW else {"right": 20}
    sheet = Sheet(caption, surface, width, height, key=_get_key(surface), **margins)
    claims = claims.assign(date=pd.to_datetime(claims["day"]).dt.date)
    days = days.assign(day=pd.to_datetime(days["date"]).dt.date).sort_values("day")
    start, end = _get_span(claims, days, caption.as_of)
    sheet.set_time_axis(start, end, caption.as_of)
    bottom, top = _get_range(claims, days)
    sheet.layout["yaxis"]["range"] = [bottom, top]
    sheet.add_line(y=0, color=surface.muted)
    place = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom", "size": 11}
    sheet.add_note(0, 1, t("months"), color=surface.muted, **place)
    _draw_lag(sheet, days)
    pixels = [(day - start).days / max((end - start).days, 1) * sheet.plot_width for day in claims["date"]]
    spread = [x / sheet.plot_width * (end - start).days for x in spread_all(pixels, MIN_DISTANCE, sheet.plot_width)]
    claims = claims.assign(x=[(start + timedelta(days=days_in)).isoformat() for days_in in spread])
    _draw_claimed(sheet, claims, top)
    for verdict, mark in MARKS.items():
        _draw_measured(sheet, claims[claims["verdict"] == verdict], mark)
    for row in claims.to_dict("records"):
        _write_number(sheet, row, top)
    return sheet.to_figure()


def spread_all(positions: list[float], distance: float, width: float) -> list[float]:
    """Return positions at least `distance` apart and inside `width`: one pass moves neighbours, so it is repeated."""
    moved = list(positions)
    distance = min(distance, (width - 16) / max(len(moved) - 1, 1))
    for _ in range(2 * len(moved)):
        moved = [min(max(x, 8.0), width - 8.0) for x in spread_labels(moved, distance)]
    return moved


def _get_key(surface: Surface) -> str:
    names = {
        "supported": t("measured, claim supported"),
        "contradicted": t("contradicted"),
        "undetermined": t("undetermined"),
    }
    parts = [
        f'<span style="color:{mark.color or surface.ink}">{mark.glyph}</span> {names[verdict]}'
        for verdict, mark in MARKS.items()
    ]
    parts += [t("grey bar: what was claimed"), t("line: standing lag")]
    return f'<span style="color:{surface.muted}">{"   ".join(parts)}</span>'


def _get_span(claims: pd.DataFrame, days: pd.DataFrame, as_of: date | None) -> tuple[date, date]:
    known = [*claims["date"], *days["day"]]
    end = as_of or max(known, default=date.today())
    return min(known, default=end - timedelta(days=365)), end


def _get_range(claims: pd.DataFrame, days: pd.DataFrame) -> tuple[float, float]:
    """Return the months' range: 0 included, with room above for the claims' numbers."""
    columns = ["claimed_low", "claimed_high", "value", "ci90_low", "ci90_high"]
    values = [*claims[columns].to_numpy(dtype=float).ravel(), *days["lag_months"].to_numpy(dtype=float)]
    known = [value for value in values if not pd.isna(value)]
    low, high = min([0.0, *known]), max([12.0, *known])
    return low * 1.05 - (0.5 if low < 0 else 0.0), high * 1.09


def _draw_lag(sheet: Sheet, days: pd.DataFrame) -> None:
    ink = fade(sheet.surface.muted, 0.8)
    for stretch in split_stretches(days, days[["ci90_low", "ci90_high"]].notna().all(axis=1)):
        xs = [day.isoformat() for day in stretch["day"]]
        sheet.add_trace(
            x=xs + xs[::-1], y=[*stretch["ci90_high"], *stretch["ci90_low"][::-1]], fill="toself", mode="lines",
            line={"width": 0}, fillcolor=fade(sheet.surface.muted, 0.12), hoverinfo="skip", name="lag interval",
        )  # fmt: skip
    sheet.add_trace(
        x=[day.isoformat() for day in days["day"]], mode="lines", name="lag", connectgaps=False,
        y=[None if pd.isna(value) else round(value, 3) for value in days["lag_months"]],
        line={"color": ink, "width": 1.2}, hoverinfo="skip",
    )  # fmt: skip


def _draw_claimed(sheet: Sheet, claims: pd.DataFrame, top: float) -> None:
    """Draw what was claimed: a bar over a range, a short one for a single number, one to the edge where it is open."""
    xs, ys = [], []
    for row in claims.to_dict("records"):
        low = 0.0 if pd.isna(row["claimed_low"]) else row["claimed_low"]
        high = top if pd.isna(row["claimed_high"]) else row["claimed_high"]
        xs += [row["x"], row["x"], None]
        ys += [low, high, None] if high > low else [low - top * 0.006, high + top * 0.006, None]
    sheet.add_trace(
        x=xs, y=ys, mode="lines", name="claimed", hoverinfo="skip",
        line={"color": fade(sheet.surface.muted, 0.4), "width": 9 if sheet.plot_width > NARROW else 5},
    )  # fmt: skip


def _draw_measured(sheet: Sheet, claims: pd.DataFrame, mark: Mark) -> None:
    color = mark.color or sheet.surface.ink
    rows = claims.to_dict("records")
    xs, ys = [], []
    for row in rows:
        if pd.notna(row["ci90_low"]) and pd.notna(row["ci90_high"]):
            xs += [row["x"], row["x"], None]
            ys += [row["ci90_low"], row["ci90_high"], None]
    sheet.add_trace(
        x=xs, y=ys, mode="lines", name="interval", hoverinfo="skip", line={"color": color, "width": 1.3},
    )  # fmt: skip
    sheet.add_trace(
        x=[row["x"] for row in rows], y=[row["value"] for row in rows], mode="markers", name="measured",
        marker={"symbol": mark.symbol, "size": 9, "color": color, "line": {"width": 1.5, "color": color}},
        customdata=[_hover(row) for row in rows],
        hovertemplate="<b>%{customdata[0]}</b><br>%{customdata[1]}<br>%{customdata[2]}<extra></extra>",
    )  # fmt: skip


def _hover(row: dict[str, object]) -> tuple[str, str, str]:
    value = t("measured {value:.1f} months", value=row["value"])
    if row["is_lower_bound"]:
        value = t("{value} so far", value=value)
    head = t("{number}. {who}, {date}", number=row["number"], who=row["claimant"], date=row["date"])
    return escape_text(head), escape_text(row["statement"], limit=110), value


def _write_number(sheet: Sheet, row: dict[str, object], top: float) -> None:
    """Write the claim's number, which the table repeats, above its bar and mark."""
    known = [row[name] for name in ("claimed_high", "claimed_low", "value", "ci90_high") if pd.notna(row[name])]
    place = {"xanchor": "center", "yanchor": "bottom", "size": 10, "yshift": 5}
    sheet.add_note(row["x"], min(max(known), top * 0.97), str(row["number"]), color=sheet.surface.muted, **place)
