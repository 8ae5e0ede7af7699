"""`landscape`: how many models and services others counted, by date; beside it, what the registry here holds by year.

Before: a frame of counts (`series, name, day, n, is_lower_bound`) and one of registered models (`bloc, year, n`).
After: one figure of two panels. Counts of different things are never joined, summed or chained: only the points of
one series, which count the same thing, share a line.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from math import log10

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.anatomy import Caption, Sheet, spread_labels
from dashboard.charts.labels import Label, place_labels
from dashboard.i18n import t
from dashboard.theme import BLOCS, LIGHT, Surface, escape_text, fade
from dashboard.words import name_bloc

NARROW = 560
TICKS = [10, 20, 50, 100, 200, 500, 1000, 2000]
NAME_SIZE = 10.5
_SHAPES = ("circle", "square", "diamond", "cross", "x", "triangle-down", "star")
SYMBOLS = (*_SHAPES, *(f"{shape}-open" for shape in _SHAPES))


@dataclass(frozen=True)
class Panels:
    """Where the two panels lie, each from left to right and from below upwards, in shares of the plot."""

    counts_x: tuple[float, float]
    counts_y: tuple[float, float]
    own_x: tuple[float, float]
    own_y: tuple[float, float]


BESIDE = Panels((0.0, 0.64), (0.0, 1.0), (0.72, 1.0), (0.0, 1.0))
STACKED = Panels((0.0, 1.0), (0.42, 1.0), (0.0, 1.0), (0.0, 0.3))
"""On a phone one stands above the other."""


def plot_landscape(
    counts: pd.DataFrame, registered: pd.DataFrame, caption: Caption, *, surface: Surface = LIGHT, width: int = 1360,
    height: int = 600, sides: tuple[str, str] | None = None,
) -> go.Figure:  # fmt: skip
    """Return the figure: others' counts on a logarithmic axis, lower bounds as arrows; own models by bloc and year.

    `sides` are the names of the two cohorts where they are not the blocs as a whole.
    """
    panels, margins = (STACKED, (34, 60)) if width < NARROW else (BESIDE, (46, 74))
    sheet = Sheet(caption, surface, width, height, left=margins[0], right=margins[1], key=_get_key(surface))
    counts = counts.assign(date=pd.to_datetime(counts["day"]).dt.date).sort_values("date")
    end = caption.as_of or counts["date"].max()
    start = min([*counts["date"], end]) - timedelta(days=60)
    sheet.set_time_axis(start, end + timedelta(days=45), None)
    sheet.layout["xaxis"] |= {"domain": list(panels.counts_x), "anchor": "y"}
    _set_counts_axis(sheet, counts, panels)
    _title_registered(sheet, registered, end, panels)
    for place, (_, points) in enumerate(counts.groupby("series", sort=False)):
        _draw_series(sheet, points, SYMBOLS[place % len(SYMBOLS)])
    _label_series(sheet, counts, (start, end + timedelta(days=45)), panels)
    _draw_registered(sheet, registered, panels, sides)
    return sheet.to_figure()


def _get_key(surface: Surface) -> str:
    parts = [t("each shape counts something else"), t("dotted: the same count again"), t("▲ at least so many")]
    return f'<span style="color:{surface.muted}">{"   ".join(parts)}</span>'


def _set_counts_axis(sheet: Sheet, counts: pd.DataFrame, panels: Panels) -> None:
    low, high = (log10(counts["n"].min()), log10(counts["n"].max())) if len(counts) else (1.0, 3.0)
    ticks = [tick for tick in TICKS if low - 0.2 <= log10(tick) <= high + 0.2]
    sheet.layout["yaxis"] |= {
        "type": "log", "range": [low - 0.12, high + 0.16], "tickvals": ticks, "ticktext": [str(tick) for tick in ticks],
        "domain": list(panels.counts_y),
    }  # fmt: skip
    place = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom", "size": 11}
    sheet.add_note(0, 1, t("counted by others, log scale"), color=sheet.surface.muted, **place)


def _draw_series(sheet: Sheet, points: pd.DataFrame, symbol: str) -> None:
    """Draw the counts of one series; a lower bound is an arrow upwards whatever the series."""
    ink = sheet.surface.ink
    symbols = ["triangle-up-open" if bound else symbol for bound in points["is_lower_bound"]]
    sheet.add_trace(
        x=[day.isoformat() for day in points["date"]], y=points["n"].tolist(), mode="markers+lines", name="count",
        marker={"symbol": symbols, "size": 9, "color": fade(ink, 0.75), "line": {"width": 1.3, "color": ink}},
        line={"dash": "dot", "width": 1, "color": fade(sheet.surface.muted, 0.6)},
        customdata=[_hover(row) for row in points.to_dict("records")],
        hovertemplate="<b>%{customdata[0]}</b><br>%{customdata[1]}<br>%{customdata[2]}<extra></extra>",
    )  # fmt: skip


def _hover(row: dict[str, object]) -> tuple[str, str, str]:
    number = t("at least {n}", n=row["n"]) if row["is_lower_bound"] else str(row["n"])
    return number, escape_text(row["name"], limit=110), escape_text(row["day"])


def _label_series(sheet: Sheet, counts: pd.DataFrame, span: tuple[date, date], panels: Panels) -> None:
    """Write what each series counts at its newest point, where there is room, the newest first."""
    (start, end), width = span, sheet.plot_width * panels.counts_x[1]
    height = sheet.plot_height * (panels.counts_y[1] - panels.counts_y[0])
    bottom, top = sheet.layout["yaxis"]["range"]
    rows = counts.groupby("series", sort=False).tail(1).to_dict("records")

    def find(row: dict) -> tuple[float, float]:
        x = (row["date"] - start).days / (end - start).days * width
        return x, (log10(row["n"]) - bottom) / (top - bottom) * height

    points = [find(row) for row in counts.to_dict("records")]
    obstacles = [(x - 6, y - 6, x + 6, y + 6) for x, y in points]
    labels = [Label(*find(row), _say(row), row["n"]) for row in rows]
    for index, place in place_labels(labels, width, height, NAME_SIZE, obstacles).items():
        row = rows[index]
        # By the share of the panel's height: an annotation on a logarithmic axis would be placed by the logarithm.
        share = (log10(row["n"]) - bottom) / (top - bottom)
        y = panels.counts_y[0] + share * (panels.counts_y[1] - panels.counts_y[0])
        sheet.add_note(
            row["date"].isoformat(), y, escape_text(_say(row), limit=46), yref="paper", color=sheet.surface.ink,
            size=NAME_SIZE, name="count", **vars(place),
        )  # fmt: skip


def _say(row: dict) -> str:
    number = t("≥{n}", n=row["n"]) if row["is_lower_bound"] else str(row["n"])
    return t("{number} {what}", number=number, what=row["label"])


def _title_registered(sheet: Sheet, registered: pd.DataFrame, end: date, panels: Panels) -> None:
    """Write above the panel what it counts, and that its last year is not over."""
    title = t("models registered here, by year of release")
    if end.year in set(registered["year"]):
        title = t("{title}; {year} so far", title=title, year=end.year)
    place = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom", "size": 11}
    sheet.add_note(panels.own_x[0], panels.own_y[1], title, color=sheet.surface.muted, **place)


def _draw_registered(sheet: Sheet, registered: pd.DataFrame, panels: Panels, sides: tuple[str, str] | None) -> None:
    """Draw the registry's own models by year of release, a line a bloc or cohort."""
    names = dict(zip(("domestic", "frontier"), sides or (), strict=False))
    years = [str(year) for year in sorted(registered["year"].unique())]
    sheet.layout["xaxis2"] = {
        name: value for name, value in sheet.layout["xaxis"].items() if name not in ("range", "tickformat", "type")
    } | {
        "domain": list(panels.own_x), "anchor": "y2", "type": "category", "tickvals": years,
    }  # fmt: skip
    kept = ("zeroline", "tickangle", "fixedrange", "tickfont", "gridcolor")
    top = max(registered["n"].max() * 1.08, 5) if len(registered) else 10
    own_axis = {name: sheet.layout["yaxis"][name] for name in kept}
    sheet.layout["yaxis2"] = own_axis | {"anchor": "x2", "range": [0, top], "nticks": 6, "domain": list(panels.own_y)}
    lines = {bloc: rows.sort_values("year") for bloc, rows in registered.groupby("bloc")}
    height = sheet.plot_height * (panels.own_y[1] - panels.own_y[0])
    ends = [rows["n"].iloc[-1] / top * height for rows in lines.values()]
    for (bloc, rows), natural, label_at in zip(lines.items(), ends, spread_labels(ends, 30), strict=True):
        look = BLOCS[bloc]
        xs = rows["year"].astype(str).tolist()
        sheet.add_trace(
            x=xs, y=rows["n"].tolist(), xaxis="x2", yaxis="y2", mode="lines+markers", name=names.get(bloc, bloc),
            line={"color": look.color, "dash": look.dash, "width": 2},
            marker={"symbol": look.marker, "size": 8, "color": look.color},
            hovertemplate=t("%{x}: %{y} models") + "<extra></extra>",
        )  # fmt: skip
        text = f"<b>{escape_text(names.get(bloc) or name_bloc(bloc), limit=13)}</b><br>{rows['n'].iloc[-1]}"
        place = {"xref": "paper", "yref": "y2", "xanchor": "left", "xshift": 6, "yanchor": "middle", "size": 11}
        shift = label_at - natural
        sheet.add_note(panels.own_x[1], rows["n"].iloc[-1], text, color=look.color, yshift=shift, **place)
