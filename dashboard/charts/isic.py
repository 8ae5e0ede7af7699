"""`isic`: sections A–V of industry, the gap where something measures one, hatched where nothing does.

Before: a frame with a row a section (`section, name, unit, state, instruments, gap_points, gap_ci90_low, gap_ci90_high,
lag_months, lag_ci90_low, lag_ci90_high, guard`). After: one figure, in the order of the classification. An exam is a
proxy for the work of a section, and the figure says so.
"""

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.anatomy import Caption, Sheet, wrap_text
from dashboard.i18n import t
from dashboard.theme import BLOCS, LIGHT, Surface, escape_text, fade
from dashboard.words import name_unit

LEFT, LEFT_NARROW = 560, 196
NARROW = 560
ROW, CHROME = 27, 150
Row = dict[str, object]


def plot_isic(
    sections: pd.DataFrame, caption: Caption, *, surface: Surface = LIGHT, width: int = 1360, height: int | None = None
) -> go.Figure:
    """Return the figure of the lag in months by section, with the gap in points written beside it."""
    is_narrow = width < NARROW
    left = LEFT_NARROW if is_narrow else LEFT
    row_height = ROW + (8 if is_narrow else 0)
    height = height or CHROME + (60 if is_narrow else 0) + row_height * max(len(sections), 2)
    sheet = Sheet(caption, surface, width, height, left=left, right=12, key=_get_key(surface))
    low, high = _get_limits(sections)
    sheet.layout["xaxis"] |= {"range": [low, high], "title": None, "nticks": 8}
    sheet.layout["yaxis"] |= {"range": [-len(sections) + 0.4, 0.6], "showticklabels": False, "showgrid": False}
    sheet.add_line(x=0, color=surface.muted)
    for place, row in enumerate(sections.to_dict("records")):
        _name_section(sheet, row, -place, is_narrow=is_narrow)
        if pd.isna(row["lag_months"]):
            _draw_blank(sheet, row, -place, (low, high))
        else:
            _draw_lag(sheet, row, -place)
        if place:
            sheet.add_line(y=-place + 0.5, color=surface.grid)
    place = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom", "size": 11}
    sheet.add_note(0, 1, t("lag, months"), color=surface.muted, **place)
    return sheet.to_figure()


def _get_limits(sections: pd.DataFrame) -> tuple[float, float]:
    """Return the months' range: zero and a year at least, and every interval."""
    values = sections[["lag_months", "lag_ci90_low", "lag_ci90_high"]].to_numpy(dtype=float).ravel()
    values = values[~pd.isna(values)]
    low, high = (min(values.min(), 0.0), max(values.max(), 12.0)) if len(values) else (0.0, 12.0)
    return low - 0.4, high * 1.35


def _get_key(surface: Surface) -> str:
    """Return the line that explains the marks."""
    frontier, domestic = BLOCS["frontier"].color, BLOCS["domestic"].color
    parts = [
        f'<span style="color:{frontier}">◆</span> {t("frontier leads")}',
        f'<span style="color:{domestic}">●</span> {t("domestic leads")}',
        t("hatched: no number, and why"),
    ]
    return f'<span style="color:{surface.muted}">{"   ".join(parts)}</span>'


def _name_section(sheet: Sheet, row: Row, y: int, *, is_narrow: bool) -> None:
    """Write a section's letter, its name, and what measures it."""
    left = sheet.layout["margin"]["l"]
    flush = {"xref": "paper", "xanchor": "left", "yanchor": "middle"}
    letter = f"<b>{escape_text(row['section'])}</b>"
    sheet.add_note(0, y, letter, color=sheet.surface.ink, xshift=-left, **flush)
    lines = wrap_text(_shorten(row["name"], 52 if not is_narrow else 40), left - 26 if is_narrow else 330, 11)
    name = "<br>".join(lines[:2])
    sheet.add_note(0, y, name, color=sheet.surface.ink, size=10 if is_narrow else 11.5, xshift=20 - left, **flush)
    if not is_narrow:
        text = escape_text(row["instruments"] or "–", limit=34)
        sheet.add_note(0, y, text, color=sheet.surface.muted, size=10.5, xshift=380 - left, **flush)


def _shorten(name: object, limit: int) -> str:
    """Return a section's name without what follows the first semicolon, cut at a word where it is still too long."""
    text = str(name).partition(";")[0]
    if len(text) <= limit:
        return text
    return text[:limit].rpartition(" ")[0].rstrip(",") + "…" if " " in text[:limit] else text[: limit - 1] + "…"


def _draw_blank(sheet: Sheet, row: Row, y: int, limits: tuple[float, float]) -> None:
    """Hatch a section without a number and write why: closer where nothing at all measures it."""
    reason = escape_text(row["guard"] or t("not measured"), limit=min(60, round(sheet.plot_width / 5.2)))
    detail = escape_text(row.get("guard_detail") or row["guard"] or "", limit=200)
    sheet.add_hatch(limits, (y - 0.38, y + 0.38), text=detail)
    place = {"xref": "paper", "xanchor": "center", "yanchor": "middle", "bgcolor": sheet.surface.background}
    color = sheet.surface.muted if row["state"] != "none" else sheet.surface.ink
    sheet.add_note(0.5, y, reason, color=color, size=10.5, name=str(row["state"]), **place)


def _draw_lag(sheet: Sheet, row: Row, y: int) -> None:
    """Draw a section's lag with its interval, and write its gap in points at the right."""
    look = BLOCS["frontier" if row["lag_months"] >= 0 else "domestic"]
    known = pd.notna(row["lag_ci90_low"]) and pd.notna(row["lag_ci90_high"])
    if known:
        sheet.add_trace(
            x=[row["lag_ci90_low"], row["lag_ci90_high"]], y=[y, y], mode="lines", hoverinfo="skip", name="interval",
            line={"color": fade(look.color, 0.45), "width": 3},
        )  # fmt: skip
    sheet.add_trace(
        x=[row["lag_months"]], y=[y], mode="markers", name="lag_months",
        marker={"size": 9, "color": look.color, "symbol": look.marker if known else f"{look.marker}-open"},
        hovertemplate="%{x:.1f} " + t("months") + "<extra></extra>",
    )  # fmt: skip
    months = t("{months:.1f} months", months=row["lag_months"])
    points = t("{points:.1f} {unit}", points=row["gap_points"], unit=name_unit(row["unit"]))
    place = {"xref": "paper", "xanchor": "right", "yanchor": "middle"}
    sheet.add_note(1, y, f"<b>{months}</b>, {points}", color=sheet.surface.ink, size=10.5, **place)
