"""`lag-over-time`: how many months domestic models stood behind on every day, under two match rules, with interval.

Before: a frame with a row per day and rule (`date, match_rule, lag_months, ci90_low, ci90_high, guard`). After: one
figure. Days whose lag is guarded have no line; they are hatched and say why.
"""

from datetime import date, timedelta

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.anatomy import Caption, add_hatch, add_note, new_figure, set_time_axis, spread_labels, wrap_text
from dashboard.i18n import t
from dashboard.theme import LIGHT, RULES, Look, Surface, escape_text, fade
from dashboard.words import name_rule

RIGHT = 152
MIN_ROOM = 60
"""Pixels that a guarded stretch must have for its reason to be written in it."""


def plot_lag(
    days: pd.DataFrame, caption: Caption, *, surface: Surface = LIGHT, width: int = 780, height: int = 520
) -> go.Figure:
    """Return the figure of the lag in months over time; the first rule in `RULES` carries the interval band.

    Zero is level with the frontier; below it domestic models lead. A rule's line breaks where its lag is guarded.
    """
    figure = new_figure(caption, surface=surface, width=width, height=height, right=RIGHT)
    days = days.assign(day=pd.to_datetime(days["date"]).dt.date).sort_values("day")
    end = caption.as_of or (days["day"].max() if len(days) else date.today())
    start = days["day"].min() if len(days) else end - timedelta(days=365)
    bottom, top = _get_range(days)
    set_time_axis(figure, start, end, caption.as_of, surface)
    figure.update_yaxes(range=[bottom, top])
    figure.add_hline(y=0, line={"color": surface.muted, "width": 1})
    rules = sorted(days["match_rule"].unique(), key=lambda rule: (list(RULES).index(rule.partition(":")[0]), rule))
    if rules:
        _hatch_guarded(figure, days[days["match_rule"] == rules[0]], (bottom, top), width - RIGHT - 46, surface)
    ends = {}
    for rule in reversed(rules):
        line = days[days["match_rule"] == rule]
        _draw_rule(figure, line, rule, surface, with_band=rule == rules[0])
        if pd.notna(line["lag_months"].iloc[-1]):
            ends[rule] = line["lag_months"].iloc[-1]
    pixels = height - figure.layout.margin.t - figure.layout.margin.b
    _label_ends(figure, ends, pixels / (top - bottom), surface)
    if bottom < 0:
        place = {"xref": "paper", "xanchor": "left", "yanchor": "top", "font": {"size": 10.5}}
        add_note(figure, 0.004, 0, t("below: domestic leads"), color=surface.muted, **place)
    return figure


def get_look(rule: str) -> Look:
    """Return how the line of a match rule is drawn."""
    return RULES[rule.partition(":")[0]]


def _get_range(days: pd.DataFrame) -> tuple[float, float]:
    """Return the months' range: from 0, or from below it where domestic leads, to a little above the highest."""
    values = days[["lag_months", "ci90_low", "ci90_high"]].to_numpy(dtype=float).ravel()
    values = values[~pd.isna(values)]
    high = max(values.max(), 1.0) if len(values) else 12.0
    low = min(values.min(), 0.0) if len(values) else 0.0
    return low * 1.1, high * 1.06


def _draw_rule(figure: go.Figure, line: pd.DataFrame, rule: str, surface: Surface, *, with_band: bool) -> None:
    """Draw one rule's line, and its band per unbroken stretch: a fill across a gap would claim what is not known."""
    look = get_look(rule)
    color = surface.ink if rule == "point" else look.color
    if with_band:
        known = line[["ci90_low", "ci90_high"]].notna().all(axis=1)
        for stretch in split_stretches(line, known):
            xs = [day.isoformat() for day in stretch["day"]]
            figure.add_scatter(
                x=xs + xs[::-1], y=[*stretch["ci90_high"], *stretch["ci90_low"][::-1]], fill="toself", mode="lines",
                line_width=0, fillcolor=fade(color, 0.15), hoverinfo="skip", name=f"{rule} interval",
            )  # fmt: skip
    figure.add_scatter(
        x=[day.isoformat() for day in line["day"]], mode="lines", name=rule, connectgaps=False,
        y=[None if pd.isna(value) else round(value, 3) for value in line["lag_months"]],
        line={"color": color, "dash": look.dash, "width": 2.2 if with_band else 1.6},
        hovertemplate=t("%{x|%Y-%m-%d}: %{y:.1f} months") + f"<br>{escape_text(name_rule(rule))}<extra></extra>",
    )  # fmt: skip


def split_stretches(days: pd.DataFrame, mask: pd.Series) -> list[pd.DataFrame]:
    """Return the unbroken runs of rows of `days` where `mask` holds, in order."""
    run = (mask != mask.shift()).cumsum()
    return [rows for _, rows in days[mask].groupby(run[mask])]


def _hatch_guarded(
    figure: go.Figure, line: pd.DataFrame, limits: tuple[float, float], width: float, surface: Surface
) -> None:
    """Hatch the days on which the lag is guarded and write why, where the stretch is wide enough of `width` pixels."""
    span = max((line["day"].max() - line["day"].min()).days, 1)
    for stretch in split_stretches(line, line["lag_months"].isna()):
        first, last = stretch["day"].iloc[0], stretch["day"].iloc[-1]
        add_hatch(figure, (first.isoformat(), last.isoformat()), limits, surface)
        reasons = [reason for reason in stretch["guard"].dropna().unique() if reason]
        room = (last - first).days / span * width - 8
        if reasons and room >= MIN_ROOM:
            text = "<br>".join(wrap_text(t("no lag: {reason}", reason=reasons[-1]), room, 10.5))
            place = {"yref": "paper", "yanchor": "top", "xanchor": "center", "bgcolor": surface.background}
            middle = first + (last - first) / 2
            add_note(figure, middle.isoformat(), 0.97, text, color=surface.muted, font={"size": 10.5}, **place)


def _label_ends(figure: go.Figure, ends: dict[str, float], pixels_per_month: float, surface: Surface) -> None:
    """Write each rule's last lag and name at the end of its line."""
    heights = spread_labels([value * pixels_per_month for value in ends.values()], 36)
    for (rule, value), height in zip(ends.items(), heights, strict=True):
        text = f"<b>{t('{months:.1f} months', months=value)}</b><br>{escape_text(name_rule(rule))}"
        color = surface.ink if rule == "point" else get_look(rule).color
        place = {"xref": "paper", "xanchor": "left", "xshift": 8, "yanchor": "middle"}
        add_note(figure, 1, value, text, color=color, yshift=height - value * pixels_per_month, **place)
