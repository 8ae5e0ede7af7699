"""Public claims as marks on the lag over time: what was said, at the day that it speaks of.

Before: a `Sheet` and a frame of claims (`day, low, high, claimant, statement, is_standing`), months as claimed. After:
marks, bars for claimed ranges, and the claimants' names where there is room.
"""

import re
from dataclasses import dataclass
from datetime import date

import pandas as pd

from dashboard.charts.anatomy import Sheet
from dashboard.charts.labels import Label, place_labels
from dashboard.i18n import format_day, t
from dashboard.theme import Surface, escape_text

SIZE = 10.5
Row = dict[str, object]


def get_claims_key(surface: Surface) -> str:
    """Return the line that explains the marks of claims."""
    marks = (("■", t("public claim on the lag of the day")), ("□", t("on another lag: a single model, an average")))
    parts = [f'<span style="color:{surface.ink}">{glyph}</span> {text}' for glyph, text in marks]
    return f'<span style="color:{surface.muted}">{"   ".join(parts)}</span>'


def draw_claims(
    sheet: Sheet, claims: pd.DataFrame, span: tuple[date, date], limits: tuple[float, float], line: pd.DataFrame
) -> None:
    """Draw the claims whose day lies in `span`; `limits` are the axis' months, `line` the days that names keep off."""
    shown = claims[(claims["day"] >= span[0]) & (claims["day"] <= span[1])].reset_index(drop=True)
    if not len(shown):
        return
    middle = shown[["low", "high"]].mean(axis=1)
    for row in shown.to_dict("records"):
        if row["low"] != row["high"]:
            day = row["day"].isoformat()
            sheet.add_trace(
                x=[day, day], y=[row["low"], row["high"]], mode="lines", hoverinfo="skip", name="claimed range",
                line={"color": sheet.surface.muted, "width": 1.4},
            )  # fmt: skip
    fills = [sheet.surface.muted if is_standing else sheet.surface.background for is_standing in shown["is_standing"]]
    sheet.add_trace(
        x=[day.isoformat() for day in shown["day"]], y=middle.tolist(), mode="markers", name="claims",
        marker={"symbol": "square", "size": 7, "color": fills, "line": {"width": 1.4, "color": sheet.surface.muted}},
        customdata=[_describe(row) for row in shown.to_dict("records")],
        hovertemplate="<b>%{customdata[0]}</b><br>%{customdata[1]}<br>%{customdata[2]}<extra></extra>",
    )  # fmt: skip
    _name_claims(sheet, shown.assign(middle=middle), _View(span, limits, sheet), line)


def say_range(row: Row) -> str:
    """Return how many months were claimed."""
    if row["low"] == row["high"]:
        return t("{months:g} months", months=row["low"])
    return t("{low:g} to {high:g} months", low=row["low"], high=row["high"])


def _describe(row: Row) -> tuple[str, str, str]:
    """Return the three lines of a claim's hover text, escaped."""
    when = t("{range}, on {date}", range=say_range(row), date=format_day(row["day"]))
    return escape_text(row["claimant"]), when, escape_text(row["statement"], limit=160)


def _name_claims(sheet: Sheet, shown: pd.DataFrame, view: "_View", line: pd.DataFrame) -> None:
    """Write the claimants' names beside their marks where none covers another, a bar or the line."""
    rows = shown.to_dict("records")
    labels = [
        Label(*view.get_pixels(row["day"], row["middle"]), _shorten(row["claimant"]), row["middle"]) for row in rows
    ]
    taken = [(label.x - 5, label.y - 5, label.x + 5, label.y + 5) for label in labels]
    for row in rows:
        (x, low), (_, high) = (view.get_pixels(row["day"], row[bound]) for bound in ("low", "high"))
        taken.append((x - 2, low, x + 2, high))
    known = line[line["lag_months"].notna()].iloc[::5]
    for day, months in zip(known["day"], known["lag_months"], strict=True):
        x, y = view.get_pixels(day, months)
        taken.append((x - 3, y - 4, x + 3, y + 4))
    for index, place in place_labels(labels, sheet.plot_width, sheet.plot_height, SIZE, taken).items():
        sheet.add_note(
            rows[index]["day"].isoformat(), rows[index]["middle"], escape_text(labels[index].text), size=SIZE,
            color=sheet.surface.muted, name="claim", **vars(place),
        )  # fmt: skip


def _shorten(claimant: object) -> str:
    """Return whose claim it is without what stands in brackets or after a comma."""
    return re.split(r" \(|,|（|，", str(claimant), maxsplit=1)[0][:32]


@dataclass(frozen=True)
class _View:
    """What the plot shows: its dates, its months, and the sheet whose size in pixels it has."""

    span: tuple[date, date]
    limits: tuple[float, float]
    sheet: Sheet

    def get_pixels(self, day: date, months: float) -> tuple[float, float]:
        """Return where a point lies, in pixels from the lower left corner."""
        across = max((self.span[1] - self.span[0]).days, 1)
        up = (months - self.limits[0]) / (self.limits[1] - self.limits[0])
        return (day - self.span[0]).days / across * self.sheet.plot_width, up * self.sheet.plot_height
