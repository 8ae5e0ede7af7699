"""What `size` and `price` share: the best score for at most so much, by bloc and year, on a logarithmic axis.

Before: a frame of models (`name, bloc, cost, score, origin, day`) and one of record curves (`bloc, year, is_latest,
name, cost, score`, a row a step). After: one figure. Between two steps a curve is flat: nothing cheaper does better.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import log10

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.anatomy import Caption, Sheet, spread_labels
from dashboard.charts.labels import Label, get_step_boxes, place_labels
from dashboard.charts.records import Axis
from dashboard.i18n import t
from dashboard.theme import BLOCS, HOLLOW_ORIGINS, Surface, escape_text, fade, get_marker

RIGHT, RIGHT_NARROW = 138, 74
NARROW = 560
NAME_SIZE = 10.5
TICKS = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3000, 10000]
BLOCS_SHOWN = ("domestic", "frontier")


@dataclass(frozen=True)
class CostAxis:
    """What the horizontal axis measures: its title, which says that it is logarithmic, and how a cost is written."""

    title: str
    format: Callable[[float], str]


@dataclass(frozen=True)
class _View:
    """The plot's limits, costs as their logarithm, scores as shown; and its size in pixels."""

    left: float
    right: float
    bottom: float
    top: float
    width: float
    height: float

    def get_pixels(self, cost: float, shown: float) -> tuple[float, float]:
        """Return where a point lies, in pixels from the lower left corner."""
        x = (log10(cost) - self.left) / (self.right - self.left) * self.width
        return x, (shown - self.bottom) / (self.top - self.bottom) * self.height


def plot_cost(
    models: pd.DataFrame, curves: pd.DataFrame, cost: CostAxis, axis: Axis, caption: Caption, *, surface: Surface,
    width: int, height: int,
) -> go.Figure:  # fmt: skip
    """Return the figure of every model of known cost, and each bloc's record curve at the end of each year.

    The newest curve carries the weight and the names; those of earlier years are thin. A cost of 0 has no logarithm,
    so such a model is left out.
    """
    models, curves = (frame[frame["cost"] > 0].assign(shown=frame["score"] * axis.factor) for frame in (models, curves))
    margins = {"left": 34, "right": RIGHT_NARROW} if width < NARROW else {"right": RIGHT}
    sheet = Sheet(caption, surface, width, height, key=_get_key(models, surface), **margins)
    view = _get_view(models, sheet)
    _set_axes(sheet, view, cost, axis)
    for bloc in reversed(BLOCS_SHOWN):
        _draw_models(sheet, models[models["bloc"] == bloc], bloc, cost, axis)
    latest = {}
    for (bloc, is_latest, _), steps in curves.groupby(["bloc", "is_latest", "year"], sort=True):
        steps = steps.sort_values("cost")
        _draw_curve(sheet, steps, bloc, view, is_latest=is_latest)
        if is_latest:
            latest[bloc] = steps
    _label_ends(sheet, latest, axis, view)
    _label_years(sheet, curves[~curves["is_latest"].astype(bool)], view)
    _label_models(sheet, latest, view)
    return sheet.to_figure()


def _get_key(models: pd.DataFrame, surface: Surface) -> str:
    glyphs = {"frontier": ("◆", t("frontier")), "domestic": ("●", t("domestic"))}
    parts = [f'<span style="color:{BLOCS[bloc].color}">{glyph}</span> {name}' for bloc, (glyph, name) in glyphs.items()]
    if models["origin"].isin(HOLLOW_ORIGINS).any():
        parts.append(t("hollow: as its vendor published it"))
    parts += [t("line: the best for at most so much"), t("thin: at the end of earlier years")]
    return f'<span style="color:{surface.muted}">{"   ".join(parts)}</span>'


def _get_view(models: pd.DataFrame, sheet: Sheet) -> _View:
    if not len(models):
        return _View(0.0, 1.0, 0.0, 1.0, sheet.plot_width, sheet.plot_height)
    low, high = models["shown"].min(), models["shown"].max()
    air = max((high - low) * 0.06, 0.5)
    left, right = log10(models["cost"].min()), log10(models["cost"].max())
    return _View(left - 0.12, right + 0.12, low - air, high + air, sheet.plot_width, sheet.plot_height)


def _set_axes(sheet: Sheet, view: _View, cost: CostAxis, axis: Axis) -> None:
    ticks = [tick for tick in TICKS if view.left <= log10(tick) <= view.right]
    ticks = ticks[:: 1 if sheet.plot_width / max(len(ticks), 1) > 45 else 2]
    sheet.layout["xaxis"] |= {
        "type": "log", "range": [view.left, view.right], "tickvals": ticks,
        "ticktext": [cost.format(tick) for tick in ticks],
    }  # fmt: skip
    suffix = "%" if axis.unit == "fraction" else ""
    sheet.layout["yaxis"] |= {"range": [view.bottom, view.top], "ticksuffix": suffix}
    place = {"xref": "paper", "yref": "paper", "xanchor": "right", "yanchor": "bottom", "size": 10.5}
    sheet.add_note(0.997, 0.005, cost.title, color=sheet.surface.muted, **place)


def _draw_models(sheet: Sheet, models: pd.DataFrame, bloc: str, cost: CostAxis, axis: Axis) -> None:
    look = BLOCS[bloc]
    ink = fade(look.color, 0.45)
    hollow = [get_marker(bloc, origin).endswith("-open") for origin in models["origin"]]
    fills = [sheet.surface.background if empty else ink for empty in hollow]
    sheet.add_trace(
        x=models["cost"].tolist(), y=models["shown"].tolist(), mode="markers", name=bloc,
        marker={"symbol": look.marker, "size": 6, "color": fills, "line": {"width": 1.2, "color": ink}},
        customdata=[
            (escape_text(row["name"]), axis.format(row["score"]), cost.format(row["cost"]), escape_text(row["day"]))
            for row in models.to_dict("records")
        ],
        hovertemplate="<b>%{customdata[0]}</b><br>%{customdata[1]} · %{customdata[2]}<br>"
        + t("released {date}", date="%{customdata[3]}") + "<extra></extra>",
    )  # fmt: skip


def _draw_curve(sheet: Sheet, steps: pd.DataFrame, bloc: str, view: _View, *, is_latest: bool) -> None:
    """Draw one record curve as steps up to the right edge."""
    look = BLOCS[bloc]
    sheet.add_trace(
        x=[*steps["cost"], 10**view.right], y=[*steps["shown"], steps["shown"].iloc[-1]], mode="lines",
        hoverinfo="skip", name=f"{bloc} {steps['year'].iloc[0]}",
        line={
            "shape": "hv", "color": look.color if is_latest else fade(look.color, 0.4), "dash": look.dash,
            "width": 2.2 if is_latest else 1,
        },
    )  # fmt: skip


def _label_ends(sheet: Sheet, latest: dict[str, pd.DataFrame], axis: Axis, view: _View) -> None:
    """Write each bloc's name, year and best score at the end of its newest curve."""
    names = {"frontier": t("Frontier"), "domestic": t("Domestic")}
    ends = {bloc: steps.iloc[-1] for bloc, steps in latest.items()}
    natural = [view.get_pixels(1, end["shown"])[1] for end in ends.values()]
    for (bloc, end), height, at in zip(ends.items(), spread_labels(natural, 36), natural, strict=True):
        has_room = sheet.layout["margin"]["r"] == RIGHT
        name = t("{bloc}, {year}", bloc=names[bloc], year=end["year"]) if has_room else names[bloc]
        text = f"<b>{escape_text(name)}</b><br>{axis.format(end['score'])}"
        place = {"xref": "paper", "xanchor": "left", "xshift": 8, "yanchor": "middle", "yshift": height - at}
        sheet.add_note(1, end["shown"], text, color=BLOCS[bloc].color, **place)


def _label_years(sheet: Sheet, curves: pd.DataFrame, view: _View) -> None:
    """Write the year on each earlier curve, inside the plot at its right end."""
    for bloc, own in curves.groupby("bloc"):
        best = own.groupby("year")["shown"].max()
        natural = [view.get_pixels(1, score)[1] for score in best]
        for (year, score), height, at in zip(best.items(), spread_labels(natural, 11), natural, strict=True):
            place = {"xref": "paper", "xanchor": "right", "yanchor": "bottom", "yshift": height - at, "size": 9.5}
            x = 0.998 if bloc == "frontier" else 0.96
            sheet.add_note(x, score, escape_text(year), color=BLOCS[bloc].color, **place)


def _label_models(sheet: Sheet, latest: dict[str, pd.DataFrame], view: _View) -> None:
    """Write names on the models of the newest curves where there is room, the best first."""
    rows, labels, obstacles = [], [], []
    for steps in latest.values():
        points = [view.get_pixels(*point) for point in zip(steps["cost"], steps["shown"], strict=True)]
        obstacles += get_step_boxes(points, view.width)
        rows += steps.to_dict("records")
        labels += [Label(*point, str(name)[:40], point[1]) for point, name in zip(points, steps["name"], strict=True)]
    for index, place in place_labels(labels, view.width, view.height, NAME_SIZE, obstacles).items():
        row = rows[index]
        # By the share of the width: an annotation on a logarithmic axis would be placed by the logarithm.
        x = view.get_pixels(row["cost"], row["shown"])[0] / view.width
        sheet.add_note(
            x, row["shown"], escape_text(row["name"], limit=40), xref="paper", color=sheet.surface.ink, size=NAME_SIZE,
            name="record", **vars(place),
        )  # fmt: skip
