"""`lag-over-time`: how many months domestic models stood behind on every day, under two match rules, with interval.

Before: a frame with a row per day and rule (`date, match_rule, lag_months, ci90_low, ci90_high, guard`), and perhaps
public claims (`day, low, high, claimant, statement, is_standing`). After: one figure. Days whose lag is guarded have no
line; they are hatched and say why. A claim is a mark at the day it speaks of, its range a bar.
"""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.anatomy import Caption, Sheet, spread_labels, wrap_text
from dashboard.charts.claims_on_lag import draw_claims, get_claims_key
from dashboard.i18n import t
from dashboard.theme import LIGHT, RULES, Look, Surface, escape_text, fade
from dashboard.words import name_rule

RIGHT, RIGHT_NARROW = 152, 88
NARROW = 560
WORD_HEIGHT = 15
MIN_ROOM = 60
"""Pixels that a guarded stretch must have for its reason to be written in it."""


def plot_lag(
    days: pd.DataFrame, caption: Caption, *, claims: pd.DataFrame | None = None, surface: Surface = LIGHT,
    width: int = 780, height: int = 520,
) -> go.Figure:  # fmt: skip
    """Return the figure of the lag in months over time; the first rule in `RULES` carries the interval band.

    Zero is level with the frontier; below it domestic models lead. A rule's line breaks where its lag is guarded.
    """
    key = get_claims_key(surface) if claims is not None and len(claims) else ""
    right = RIGHT_NARROW if width < NARROW else RIGHT
    sheet = Sheet(caption, surface, width, height, left=34 if width < NARROW else 46, right=right, key=key)
    days = days.assign(day=pd.to_datetime(days["date"]).dt.date).sort_values("day")
    end = caption.as_of or (days["day"].max() if len(days) else date.today())
    start = days["day"].min() if len(days) else end - timedelta(days=365)
    bottom, top = _get_range(days, claims)
    sheet.set_time_axis(start, end, caption.as_of)
    sheet.layout["yaxis"]["range"] = [bottom, top]
    sheet.add_line(y=0, color=surface.muted)
    rules = sorted(days["match_rule"].unique(), key=lambda rule: (list(RULES).index(rule.partition(":")[0]), rule))
    lines = {rule: days[days["match_rule"] == rule] for rule in rules}
    for rule in rules[:1]:
        _hatch_guarded(sheet, lines[rule], (bottom, top))
    for rule in reversed(rules):
        _draw_rule(sheet, lines[rule], rule, with_band=rule == rules[0])
    if claims is not None:
        draw_claims(sheet, claims, (start, end), (bottom, top), lines[rules[0]] if rules else days)
    _label_ends(sheet, lines, sheet.plot_height / (top - bottom))
    if -bottom / (top - bottom) * sheet.plot_height > WORD_HEIGHT:
        place = {"xref": "paper", "xanchor": "left", "yanchor": "top", "size": 10.5}
        sheet.add_note(0.004, 0, t("below: domestic leads"), color=surface.muted, **place)
    return sheet.to_figure()


def get_look(rule: str, surface: Surface) -> Look:
    """Return how the line of a match rule is drawn; the point rule takes the surface's ink."""
    look = RULES[rule.partition(":")[0]]
    return replace(look, color=surface.ink) if rule == "point" else look


def _get_range(days: pd.DataFrame, claims: pd.DataFrame | None) -> tuple[float, float]:
    """Return the months' range: from 0, or from below it where domestic leads, to a little above the highest."""
    values = days[["lag_months", "ci90_low", "ci90_high"]].to_numpy(dtype=float).ravel()
    if claims is not None:
        values = np.append(values, claims[["low", "high"]].to_numpy(dtype=float).ravel())
    values = values[~pd.isna(values)]
    high = max(values.max(), 1.0) if len(values) else 12.0
    low = min(values.min(), 0.0) if len(values) else 0.0
    return low * 1.1, high * 1.06


def _draw_rule(sheet: Sheet, line: pd.DataFrame, rule: str, *, with_band: bool) -> None:
    """Draw one rule's line, and its band per unbroken stretch: a fill across a gap would claim what is not known."""
    look = get_look(rule, sheet.surface)
    known = line[["ci90_low", "ci90_high"]].notna().all(axis=1) & with_band
    for stretch in split_stretches(line, known):
        xs = [day.isoformat() for day in stretch["day"]]
        sheet.add_trace(
            x=xs + xs[::-1], y=[*stretch["ci90_high"], *stretch["ci90_low"][::-1]], fill="toself", mode="lines",
            line={"width": 0}, fillcolor=fade(look.color, 0.15), hoverinfo="skip", name=f"{rule} interval",
        )  # fmt: skip
    sheet.add_trace(
        x=[day.isoformat() for day in line["day"]], mode="lines", name=rule, connectgaps=False,
        y=[None if pd.isna(value) else round(value, 3) for value in line["lag_months"]],
        line={"color": look.color, "dash": look.dash, "width": 2.2 if with_band else 1.6},
        hovertemplate=t("%{x|%Y-%m-%d}: %{y:.1f} months") + f"<br>{escape_text(name_rule(rule))}<extra></extra>",
    )  # fmt: skip


def split_stretches(days: pd.DataFrame, mask: pd.Series) -> list[pd.DataFrame]:
    """Return the unbroken runs of rows of `days` where `mask` holds, in order."""
    run = (mask != mask.shift()).cumsum()
    return [rows for _, rows in days[mask].groupby(run[mask])]


def _hatch_guarded(sheet: Sheet, line: pd.DataFrame, limits: tuple[float, float]) -> None:
    """Hatch the days on which the lag is guarded, and write why where there is room."""
    span = max((line["day"].max() - line["day"].min()).days, 1)
    for stretch in split_stretches(line, line["lag_months"].isna()):
        first, last = stretch["day"].iloc[0], stretch["day"].iloc[-1]
        sheet.add_hatch((first.isoformat(), last.isoformat()), limits)
        reasons = [reason for reason in stretch["guard"].dropna().unique() if reason]
        room = (last - first).days / span * sheet.plot_width - 8
        if reasons and room >= MIN_ROOM:
            text = "<br>".join(wrap_text(t("no lag: {reason}", reason=reasons[-1]), room, 10.5))
            place = {"yref": "paper", "yanchor": "top", "xanchor": "center", "bgcolor": sheet.surface.background}
            middle = (first + (last - first) / 2).isoformat()
            sheet.add_note(middle, 0.97, text, color=sheet.surface.muted, size=10.5, **place)


def _label_ends(sheet: Sheet, lines: dict[str, pd.DataFrame], pixels_per_month: float) -> None:
    """Write each rule's last lag and name at the end of its line, unless it is withheld."""
    last = {rule: lines[rule]["lag_months"].iloc[-1] for rule in reversed(lines)}
    ends = {rule: value for rule, value in last.items() if pd.notna(value)}
    distance = 36 if sheet.layout["margin"]["r"] == RIGHT else 72
    heights = spread_labels([value * pixels_per_month for value in ends.values()], distance)
    for (rule, value), height in zip(ends.items(), heights, strict=True):
        name = "<br>".join(wrap_text(name_rule(rule), sheet.layout["margin"]["r"] - 10, 11.2))
        text = f"<b>{t('{months:.1f} months', months=value)}</b><br>{name}"
        place = {"xref": "paper", "xanchor": "left", "xshift": 8, "yanchor": "middle"}
        color = get_look(rule, sheet.surface).color
        sheet.add_note(1, value, text, color=color, yshift=height - value * pixels_per_month, **place)
