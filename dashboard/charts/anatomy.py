"""What every figure carries: title, subtitle, plot, two-line footer, in one type and one spacing.

Before: a caption in plain words. After: an empty figure with the caption set and its margins reserved, which a chart
module fills. Everything is laid out for a `width` in pixels; a wider place only adds air.
"""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import plotly.graph_objects as go

from dashboard.i18n import t
from dashboard.theme import FONT, LIGHT, Surface, escape_text, measure_text

TITLE_SIZE, SUBTITLE_SIZE, LABEL_SIZE, FOOTER_SIZE = 17, 12.5, 12, 10.5
LINE = 1.35
PAD = 4
"""Pixels above the title; to the left there is none: the title stands flush with the page's text."""
TICKS = 26
"""Pixels below the plot that the tick labels take."""

CONFIG = {"displayModeBar": False, "responsive": True, "showTips": False, "doubleClick": "reset"}
"""How a figure behaves on a page."""


@dataclass(frozen=True)
class Caption:
    """What a figure says about itself; plain text, escaped when it is set."""

    title: str
    subtitle: str
    sources: str
    definition: str
    as_of: date | None
    snapshot: str
    """The snapshot's id; figures show its last part, the start of the file's SHA-256."""

    def get_footer(self) -> tuple[str, str]:
        """Return the two lines below a figure: whose figures; what they mean, as of when, from which snapshot."""
        as_of = t("as of {date}", date=self.as_of.isoformat()) if self.as_of else None
        parts = [self.definition, as_of, t("snapshot {snapshot}", snapshot=self.snapshot.rpartition("-")[2])]
        return t("Source: {sources}", sources=self.sources), " · ".join(part for part in parts if part)


def new_figure(
    caption: Caption, *, surface: Surface = LIGHT, width: int = 1000, height: int = 520, left: int = 46,
    right: int = 24, key: str = "",
) -> go.Figure:  # fmt: skip
    """Return a figure of `height` pixels with its caption set and only a light horizontal grid to draw on.

    `key` is one ready-made line between subtitle and plot that explains marks which no direct label can.
    """
    inner = width
    title = [f"<b>{line}</b>" for line in wrap_text(caption.title, inner, TITLE_SIZE * 1.04)]
    subtitle = wrap_text(caption.subtitle, inner, SUBTITLE_SIZE) + ([key] if key else [])
    footer = [line for part in caption.get_footer() for line in wrap_text(part, inner, FOOTER_SIZE)]
    top = PAD + _lines_height(title, TITLE_SIZE) + _lines_height(subtitle, SUBTITLE_SIZE) + 12
    bottom = TICKS + 10 + _lines_height(footer, FOOTER_SIZE)
    figure = go.Figure()
    figure.update_layout(
        height=height,
        margin={"l": left, "r": right, "t": round(top), "b": round(bottom), "autoexpand": False},
        font={"family": FONT, "size": LABEL_SIZE, "color": surface.ink},
        paper_bgcolor=surface.background,
        plot_bgcolor=surface.background,
        showlegend=False,
        hovermode="closest",
        hoverlabel={"bgcolor": surface.background, "bordercolor": surface.hatch, "align": "left"},
        dragmode="pan",
    )
    figure.update_xaxes(
        showgrid=False, zeroline=False, linecolor=surface.hatch, ticks="outside", ticklen=4, tickcolor=surface.hatch,
        tickangle=0, tickfont={"color": surface.muted}, fixedrange=True,
    )  # fmt: skip
    figure.update_yaxes(
        gridcolor=surface.grid, zeroline=False, tickfont={"color": surface.muted}, fixedrange=True, tickangle=0
    )
    _set_text(figure, title, TITLE_SIZE, surface.ink, left, top=top)
    offset = top - _lines_height(title, TITLE_SIZE)
    _set_text(figure, subtitle, SUBTITLE_SIZE, surface.muted, left, top=offset)
    _set_text(figure, footer, FOOTER_SIZE, surface.muted, left, top=-(TICKS + 10), name="footer")
    return figure


def set_time_axis(figure: go.Figure, start: date, end: date, as_of: date | None, surface: Surface = LIGHT) -> None:
    """Give `figure` a time axis from `start` to `end` with the as-of date marked."""
    # Dates are text from here on: a figure of datetimes costs more to encode and shows hours on zoom.
    figure.update_xaxes(type="date", range=[start.isoformat(), end.isoformat()], tickformat="%Y-%m", nticks=9)
    if as_of:
        figure.add_vline(x=as_of.isoformat(), line={"color": surface.hatch, "width": 1})


def add_note(figure: go.Figure, x: object, y: object, text: str, *, color: str, **place: object) -> None:
    """Write ready-made `text` at a point of the plot, without arrow; `place` goes to Plotly's annotation."""
    settings = {"showarrow": False, "font": {"size": LABEL_SIZE, "color": color}, "align": "left"} | place
    figure.add_annotation(x=x, y=y, text=text, **settings)


def add_hatch(
    figure: go.Figure,
    x: tuple[object, object],
    y: tuple[float, float],
    surface: Surface,
    *,
    text: str = "",
    **more: object,
) -> None:
    """Hatch a rectangle of the plot, from `x[0]` to `x[1]` and `y[0]` to `y[1]`; `text` is its ready-made hover."""
    pattern = {"shape": "/", "fgcolor": surface.hatch, "bgcolor": surface.background, "size": 6, "solidity": 0.2}
    figure.add_scatter(
        x=[x[0], x[0], x[1], x[1]], y=[y[0], y[1], y[1], y[0]], fill="toself", mode="lines", line_width=0,
        fillcolor="rgba(0,0,0,0)", fillpattern=pattern, name="guarded", hoveron="fills", text=text,
        hoverinfo="text" if text else "skip", **more,
    )  # fmt: skip


def wrap_text(text: str, width: float, size: float) -> list[str]:
    """Return `text` as escaped lines that fit `width` pixels at font `size`, broken at spaces."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and measure_text(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return [escape_text(line, limit=400) for line in lines]


def spread_labels(positions: list[float], distance: float) -> list[float]:
    """Return `positions` moved apart to at least `distance`, in the same order of height and about where they were."""
    order = sorted(range(len(positions)), key=positions.__getitem__)
    moved = list(positions)
    for low, high in pairwise(order):
        short = distance - (moved[high] - moved[low])
        if short > 0:
            moved[low] -= short / 2
            moved[high] += short / 2
    return moved


def _lines_height(lines: list[str], size: float) -> float:
    return len(lines) * size * LINE + (4 if lines else 0)


def _set_text(
    figure: go.Figure, lines: list[str], size: float, color: str, left: int, *, top: float, name: str | None = None
) -> None:
    """Write lines flush with the figure's left edge, the first one `top` pixels above the plot's edge."""
    if not lines:
        return
    figure.add_annotation(
        x=0, xref="paper", xanchor="left", xshift=-left, y=1 if top > 0 else 0, yref="paper", yanchor="top",
        yshift=top - PAD if top > 0 else top, text="<br>".join(lines), align="left", showarrow=False,
        font={"size": size, "color": color}, name=name, borderpad=0,
    )  # fmt: skip
