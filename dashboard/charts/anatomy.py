"""What every figure carries: title, subtitle, plot, two-line footer, in one type and one spacing.

Before: a caption in plain words. After: a `Sheet` with the caption set and its margins reserved, which a chart module
fills and turns into a Plotly figure. Everything is laid out for a width in pixels; a wider place only adds air.
"""

import re
from dataclasses import dataclass
from datetime import date
from itertools import chain, pairwise
from typing import Any

import plotly.graph_objects as go

from dashboard.i18n import format_day, t
from dashboard.theme import FONT, TEXT_INKS, Surface, escape_text, measure_text

TITLE_SIZE, SUBTITLE_SIZE, LABEL_SIZE, FOOTER_SIZE = 17, 12.5, 12, 10.5
LINE = 1.35
PAD = 4
"""Pixels above the title; to the left there is none: the title stands flush with the page's text."""
TICKS = 26
"""Pixels below the plot that the tick labels take."""
_HAN = "\u2e80-\u2fdf\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_OPENING, _CLOSING = "（《“‘「『【", "，。；：、？！）》”’」』】％"
_WORDS = re.compile(
    f"[{_OPENING}]*(?:[{_HAN}]|[^\\s{_HAN}{_OPENING}{_CLOSING}]+)[{_CLOSING}]*\\s*|[{_OPENING}{_CLOSING}]+\\s*"
)
"""What may not be broken: a word, or a Chinese character, with the marks that must not be parted from it."""
_SEAMS = re.compile(r"(?<=[?&])(?=[\w-]+=)")
"""Where an address that is longer than a line may be broken: before each of its `name=value`."""

_TAG = re.compile(r"<[^>]*>")


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
        as_of = t("as of {date}", date=format_day(self.as_of)) if self.as_of else None
        parts = [self.definition, as_of, t("snapshot {snapshot}", snapshot=self.snapshot.rpartition("-")[2])]
        return t("Source: {sources}", sources=self.sources), " · ".join(part for part in parts if part)


class Sheet:
    """A figure in the making: plain mappings, which Plotly checks once, at the end.

    Adding to a Plotly figure piece by piece checks all of it again each time: 60 notes would take 200 ms.
    """

    def __init__(
        self, caption: Caption, surface: Surface, width: int, height: int, *, left: int = 46, right: int = 24,
        key: str = "",
    ):  # fmt: skip
        """Set the caption and reserve its room; `key` is a ready-made line that explains marks no label can."""
        self.surface = surface
        self.traces: list[dict[str, Any]] = []
        self.shapes: list[dict[str, Any]] = []
        self.notes: list[dict[str, Any]] = []
        title = [f"<b>{line}</b>" for line in wrap_text(caption.title, width, TITLE_SIZE * 1.04)]
        subtitle = wrap_text(caption.subtitle, width, SUBTITLE_SIZE) + wrap_key(key, width)
        footer = [line for part in caption.get_footer() for line in wrap_text(part, width, FOOTER_SIZE)]
        top = round(PAD + _get_height(title, TITLE_SIZE) + _get_height(subtitle, SUBTITLE_SIZE) + 12)
        bottom = round(TICKS + 10 + _get_height(footer, FOOTER_SIZE))
        self.plot_width, self.plot_height = width - left - right, height - top - bottom
        self.layout = self._lay_out(height, {"l": left, "r": right, "t": top, "b": bottom, "autoexpand": False})
        self._set_text(title, TITLE_SIZE, surface.ink, 1, top - PAD)
        self._set_text(subtitle, SUBTITLE_SIZE, surface.muted, 1, top - PAD - _get_height(title, TITLE_SIZE))
        self._set_text(footer, FOOTER_SIZE, surface.muted, 0, -(TICKS + 10))

    def to_figure(self) -> go.Figure:
        """Return the finished figure."""
        return go.Figure(
            {"data": self.traces, "layout": self.layout | {"shapes": self.shapes, "annotations": self.notes}}
        )

    def add_trace(self, **trace: object) -> None:
        """Draw a series; `trace` is Plotly's scatter."""
        self.traces.append({"type": "scatter"} | trace)

    def add_line(self, *, color: str, x: object = None, y: object = None, width: float = 1, **more: object) -> None:
        """Draw a straight line across the plot at `x` or at `y`, below the data."""
        ends = {"x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "paper", "xref": "x"}
        if x is None:
            ends = {"x0": 0, "x1": 1, "y0": y, "y1": y, "xref": "paper", "yref": "y"}
        line = {"color": color, "width": width, "dash": more.pop("dash", "solid")}
        self.shapes.append({"type": "line", "layer": "below", "line": line} | ends | more)

    def add_note(
        self, x: object, y: object, text: str, *, color: str, size: float = LABEL_SIZE, **place: object
    ) -> None:
        """Write ready-made `text` at a point of the plot; `place` goes to Plotly's annotation."""
        note = {
            "x": x,
            "y": y,
            "text": text,
            "showarrow": False,
            "align": "left",
            "font": {"size": size, "color": TEXT_INKS.get(color, color)},
        }
        self.notes.append({"xref": "x", "yref": "y", "borderpad": 0} | note | place)

    def add_hatch(self, x: tuple[Any, Any], y: tuple[float, float], *, text: str = "", **more: object) -> None:
        """Hatch a rectangle of the plot; `text` is its ready-made hover."""
        inks = {"fgcolor": self.surface.hatch, "bgcolor": self.surface.background}
        self.add_trace(
            x=[x[0], x[0], x[1], x[1]], y=[y[0], y[1], y[1], y[0]], fill="toself", mode="lines", line={"width": 0},
            fillcolor="rgba(0,0,0,0)", fillpattern={"shape": "/", "size": 6, "solidity": 0.2} | inks, name="guarded",
            hoveron="fills", text=text, hoverinfo="text" if text else "skip", **more,
        )  # fmt: skip

    def set_time_axis(self, start: date, end: date, as_of: date | None) -> None:
        """Run the horizontal axis from `start` to `end`, with the as-of date marked."""
        # Dates are text from here on: datetimes cost more to encode.
        days = [start.isoformat(), end.isoformat()]
        self.layout["xaxis"] |= {
            "type": "date",
            "range": days,
            "tickformat": "%Y-%m",
            "nticks": max(3, min(9, round(self.plot_width / 64))),
        }
        if as_of:
            self.add_line(x=as_of.isoformat(), color=self.surface.hatch)

    def _lay_out(self, height: int, margin: dict[str, Any]) -> dict[str, Any]:
        surface = self.surface
        axis = {"zeroline": False, "tickangle": 0, "fixedrange": True, "tickfont": {"color": surface.muted}}
        ticks = {"ticks": "outside", "ticklen": 4, "tickcolor": surface.hatch, "linecolor": surface.hatch}
        return {
            "height": height, "margin": margin, "showlegend": False, "hovermode": "closest", "dragmode": False,
            "paper_bgcolor": surface.background, "plot_bgcolor": surface.background,
            "font": {"family": FONT, "size": LABEL_SIZE, "color": surface.ink},
            "hoverlabel": {"bgcolor": surface.background, "bordercolor": surface.hatch, "align": "left"},
            "xaxis": axis | ticks | {"showgrid": False}, "yaxis": axis | {"gridcolor": surface.grid},
        }  # fmt: skip

    def _set_text(self, lines: list[str], size: float, color: str, edge: int, shift: float) -> None:
        """Write lines flush left in the figure, `shift` pixels above the plot's upper (1) or lower (0) edge."""
        if lines:
            flush = {"xref": "paper", "xanchor": "left", "xshift": -self.layout["margin"]["l"]}
            place = {"yref": "paper", "yanchor": "top", "yshift": shift} | flush
            self.add_note(0, edge, "<br>".join(lines), color=color, size=size, **place)


def wrap_text(text: str, width: float, size: float) -> list[str]:
    """Return `text` as escaped lines that fit `width` pixels at font `size`.

    Broken at spaces and between Chinese characters, and within an address that is longer than a line.
    """
    # Digits and capitals run wider than measured: a little is kept back.
    lines, width = [], width * 0.97
    words = _WORDS.findall(" ".join(text.split()))
    whole = ([word] if measure_text(word, size) <= width else _SEAMS.split(word) for word in words)
    for word in chain.from_iterable(whole):
        if lines and measure_text(lines[-1] + word.rstrip(), size) <= width:
            lines[-1] += word
        else:
            lines.append(word)
    return [escape_text(line, limit=400) for line in lines]


def wrap_key(key: str, width: float) -> list[str]:
    """Return a ready-made key as lines that fit `width` pixels, broken where its parts stand three spaces apart."""
    lines: list[str] = []
    for part in filter(None, key.split("   ")):
        longer = f"{lines[-1]}   {part}" if lines else part
        if lines and measure_text(_TAG.sub("", longer), SUBTITLE_SIZE) <= width:
            lines[-1] = longer
        else:
            lines.append(part)
    return lines


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


def _get_height(lines: list[str], size: float) -> float:
    return len(lines) * size * LINE + (4 if lines else 0)
