"""`video`: arena ratings of video models by release date, both blocs' records as steps, and the wait for a first match.

Before: a frame of models as `plot_records` takes it, and the wait as `frames_video.find_wait` gives it. After: one
figure: that of the records, with a line from the first model to its first domestic match.
"""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.anatomy import Caption
from dashboard.charts.records import Axis, plot_records
from dashboard.i18n import t
from dashboard.theme import LIGHT, Surface, escape_text

Row = dict[str, Any]


def plot_video(
    models: pd.DataFrame, wait: Row | None, caption: Caption, *, surface: Surface = LIGHT, width: int = 1360,
    height: int = 600, sides: tuple[str, str] | None = None,
) -> go.Figure:  # fmt: skip
    """Return the figure of the records, with the wait drawn at the first model's rating where there is one."""
    figure = plot_records(models, Axis("elo"), caption, surface=surface, width=width, height=height, sides=sides)
    if wait and wait["match"]:
        _draw_wait(figure, wait, surface)
    return figure


def _draw_wait(figure: go.Figure, wait: Row, surface: Surface) -> None:
    """Draw a line between the two release dates, level with the first model, and write on it how long it is."""
    start, end = (pd.Timestamp(wait[name]["release_date"]).date() for name in ("first", "match"))
    level = float(wait["first"]["score"])
    text = t("{months:.1f} months", months=wait["months"])
    text = t("at most {months}", months=text) if wait["is_upper_bound"] else text
    figure.add_scatter(
        x=[start.isoformat(), end.isoformat()], y=[level, level], mode="lines+markers", name="wait", hoverinfo="skip",
        line={"color": surface.ink, "width": 1.3, "dash": "dot"},
        marker={"symbol": "line-ns", "size": 11, "color": surface.ink, "line": {"width": 1.3, "color": surface.ink}},
    )  # fmt: skip
    figure.add_annotation(
        x=(start + (end - start) / 2).isoformat(), y=level, text=escape_text(text), showarrow=False, yanchor="top",
        yshift=-4, bgcolor=surface.background, font={"size": 11, "color": surface.ink}, name="wait",
    )  # fmt: skip
