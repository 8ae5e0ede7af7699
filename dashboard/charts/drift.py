"""`drift`: an endpoint against itself, task by task over time; a line breaks where the protocol changes.

Before: a frame with a row per run and task of one endpoint (`task, task_name, protocol, at, score, stderr`). After:
one figure. Scores of two protocols do not compare, so nothing joins them.
"""

from datetime import timedelta

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.anatomy import Caption, Sheet, spread_labels
from dashboard.i18n import t
from dashboard.theme import LIGHT, Surface, escape_text, fade

RIGHT, RIGHT_NARROW = 220, 96
NARROW = 560
Z90 = 1.6448536269514722
INKS = ("#1f2328", "#0072B2", "#009E73", "#D55E00", "#666666")
DASHES = ("solid", "dash", "dot", "dashdot")
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross")


def plot_drift(
    scores: pd.DataFrame, caption: Caption, *, surface: Surface = LIGHT, width: int = 1360, height: int = 460
) -> go.Figure:
    """Return the figure of an endpoint's scores over time with 90% intervals, broken where the protocol changes."""
    margins = {"left": 38, "right": RIGHT_NARROW} if width < NARROW else {"right": RIGHT}
    sheet = Sheet(caption, surface, width, height, key=_get_key(surface), **margins)
    scores = scores.assign(at=pd.to_datetime(scores["at"]), shown=scores["score"] * 100).sort_values("at")
    _set_axes(sheet, scores)
    ends = {}
    for place, (task, own) in enumerate(scores.groupby("task", sort=True)):
        look = INKS[place % len(INKS)], DASHES[place % len(DASHES)], SYMBOLS[place % len(SYMBOLS)]
        pieces = split_protocols(own)
        for piece in pieces:
            _draw_piece(sheet, piece, look)
        for before in pieces[:-1]:
            sheet.add_note(
                before["at"].iloc[-1].isoformat(), before["shown"].iloc[-1], "╱╱", color=look[0], size=11, xshift=11,
            )  # fmt: skip
        ends[task] = (own["shown"].iloc[-1], own["task_name"].iloc[-1], look[0])
    _label_ends(sheet, ends)
    return sheet.to_figure()


def split_protocols(scores: pd.DataFrame) -> list[pd.DataFrame]:
    """Return a task's scores in the order of time, cut wherever the protocol is another than before."""
    piece = (scores["protocol"] != scores["protocol"].shift()).cumsum()
    return [rows for _, rows in scores.groupby(piece)]


def _get_key(surface: Surface) -> str:
    parts = [t("bar: 90% interval"), t("╱╱ the protocol changed: scores before and after do not compare")]
    return f'<span style="color:{surface.muted}">{"   ".join(parts)}</span>'


def _set_axes(sheet: Sheet, scores: pd.DataFrame) -> None:
    first, last = scores["at"].min(), scores["at"].max()
    air = max((last - first) * 0.04, timedelta(hours=6))
    sheet.layout["xaxis"] |= {
        "type": "date", "range": [(first - air).isoformat(), (last + air).isoformat()],
        "nticks": 8 if sheet.plot_width > 400 else 2,
        "tickformat": _get_format(last - first),
    }  # fmt: skip
    sheet.layout["yaxis"] |= {"range": [-2, 102], "ticksuffix": "%"}


def _get_format(span: timedelta) -> str:
    """Return how ticks are written, so that no two are alike: by month, by day, or by the hour."""
    if span > timedelta(days=180):
        return "%Y-%m"
    return "%Y-%m-%d" if span > timedelta(days=6) else "%m-%d %H:%M"


def _draw_piece(sheet: Sheet, piece: pd.DataFrame, look: tuple[str, str, str]) -> None:
    """Draw the scores of one protocol, joined, each with its interval where its standard error is known."""
    ink, dash, symbol = look
    xs = [at.isoformat() for at in piece["at"]]
    bars_x, bars_y = [], []
    for x, row in zip(xs, piece.to_dict("records"), strict=True):
        if pd.notna(row["stderr"]):
            half = Z90 * row["stderr"] * 100
            bars_x += [x, x, None]
            bars_y += [row["shown"] - half, row["shown"] + half, None]
    sheet.add_trace(
        x=bars_x, y=bars_y, mode="lines", name="interval", hoverinfo="skip", line={"color": fade(ink, 0.4), "width": 3},
    )  # fmt: skip
    sheet.add_trace(
        x=xs, y=piece["shown"].tolist(), mode="lines+markers", name="score",
        line={"color": ink, "dash": dash, "width": 1.5}, marker={"symbol": symbol, "size": 7, "color": ink},
        customdata=[_describe(row) for row in piece.to_dict("records")],
        hovertemplate="<b>%{customdata[0]}</b><br>%{customdata[1]} · %{x|%Y-%m-%d %H:%M}<br>%{customdata[2]}"
        "<extra></extra>",
    )  # fmt: skip


def _describe(row: dict) -> tuple[str, str, str]:
    """Return the lines of a score's hover text, escaped."""
    protocol = t("protocol {protocol}", protocol=row["protocol"])
    return escape_text(row["task_name"]), f"{row['shown']:.1f}%", escape_text(protocol)


def _label_ends(sheet: Sheet, ends: dict[str, tuple[float, str, str]]) -> None:
    scale, limit = sheet.plot_height / 104, 36 if sheet.layout["margin"]["r"] == RIGHT else 15
    natural = [(shown + 2) * scale for shown, _, _ in ends.values()]
    for (shown, name, ink), at, height in zip(ends.values(), natural, spread_all(natural, 15), strict=True):
        place = {"xref": "paper", "xanchor": "left", "xshift": 8, "yanchor": "middle", "yshift": height - at}
        text = t("{score:.0f}% {name}", score=shown, name=name)
        sheet.add_note(
            1,
            shown,
            escape_text(text, limit=limit),
            color=ink,
            size=11,
            **place,
        )


def spread_all(positions: list[float], distance: float) -> list[float]:
    """Return positions at least `distance` apart: one pass of `spread_labels` moves neighbours, so it is repeated."""
    moved = list(positions)
    for _ in moved:
        moved = spread_labels(moved, distance)
    return moved
