"""`records-<scale>`: both blocs' records as steps, every model a point, names on the models that set a record.

Before: a frame of models (`model, name, bloc, release_date, score, ci90_low, ci90_high, origin`), of which those with
`is_record` set their bloc's record. After: one figure. A record holds until it is beaten: never a slope between two.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.anatomy import Caption, Sheet, spread_labels, wrap_text
from dashboard.charts.labels import Label, get_step_boxes, place_labels
from dashboard.i18n import t
from dashboard.theme import BLOCS, HOLLOW_ORIGINS, LIGHT, Surface, escape_text, fade, get_marker
from dashboard.words import name_origin

RECORD_BLOCS = ("frontier", "domestic")
NAME_SIZE = 11
RIGHT, RIGHT_NARROW = 132, 70
NARROW = 560


@dataclass(frozen=True)
class Axis:
    """The scale that scores are read on: its unit, and the score that guessing earns where that is known."""

    unit: Literal["fraction", "elo", "index"]
    chance_floor: float | None = None

    @property
    def factor(self) -> float:
        """What a score is multiplied by to be shown: fractions are shown in percent."""
        return 100.0 if self.unit == "fraction" else 1.0

    def format(self, score: float) -> str:
        """Return `score`, as stored, in the words of this scale."""
        digits = 0 if self.unit == "elo" else 1
        return f"{score * self.factor:.{digits}f}{'%' if self.unit == 'fraction' else ''}"


@dataclass(frozen=True)
class _View:
    """What the plot shows: its dates, its scores as shown, and its size in pixels."""

    start: date
    end: date
    bottom: float
    top: float
    width: float
    height: float

    def get_pixels(self, day: date, shown: float) -> tuple[float, float]:
        """Return where a point lies, in pixels from the lower left corner."""
        x = (day - self.start).days / max((self.end - self.start).days, 1) * self.width
        return x, (shown - self.bottom) / (self.top - self.bottom) * self.height


def plot_records(
    models: pd.DataFrame, axis: Axis, caption: Caption, *, surface: Surface = LIGHT, width: int = 1360,
    height: int = 640, sides: tuple[str, str] | None = None,
) -> go.Figure:  # fmt: skip
    """Return the figure of every model at its release date, and each bloc's record up to the as-of date.

    `sides` name the domestic and the frontier cohort where those are not the blocs as a whole.

    Models without a release date are left out, but for the baseline, whose score is a light line across. Names stand
    on record models where there is room for them.
    """
    dated = models[models["release_date"].notna() & models["score"].notna() & (models["bloc"] != "baseline")]
    dated = dated.assign(shown=dated["score"] * axis.factor, day=pd.to_datetime(dated["release_date"]).dt.date)
    margins = {"left": 34, "right": RIGHT_NARROW} if width < NARROW else {"right": RIGHT}
    sheet = Sheet(caption, surface, width, height, key=_get_key(dated, surface, sides), **margins)
    view = _get_view(dated, axis, caption.as_of, sheet)
    sheet.set_time_axis(view.start, view.end, caption.as_of)
    sheet.layout["yaxis"] |= {"range": [view.bottom, view.top], "ticksuffix": "%" if axis.unit == "fraction" else ""}
    _draw_floor(sheet, models, axis, view)
    for bloc in ("other", *reversed(RECORD_BLOCS)):
        _draw_models(sheet, dated[dated["bloc"] == bloc], bloc, axis)
    records = {bloc: found for bloc in RECORD_BLOCS if len(found := _get_records(dated, bloc))}
    for bloc, steps in records.items():
        _draw_steps(sheet, steps, bloc, axis, view.end)
    _label_ends(sheet, records, axis, view, sides)
    _label_models(sheet, records, view)
    return sheet.to_figure()


def _get_records(models: pd.DataFrame, bloc: str) -> pd.DataFrame:
    """Return the models that set the record of `bloc`, in the order of their release."""
    return models[(models["bloc"] == bloc) & models["is_record"].astype(bool)].sort_values("day")


def _get_key(models: pd.DataFrame, surface: Surface, sides: tuple[str, str] | None) -> str:
    """Return the line that explains the marks that are on the figure."""
    domestic, frontier = (escape_text(side) for side in sides) if sides else (t("domestic"), t("frontier"))
    glyphs = {"frontier": ("◆", frontier), "domestic": ("●", domestic), "other": ("■", t("other"))}
    shown = [bloc for bloc in glyphs if (models["bloc"] == bloc).any()]
    parts = [f'<span style="color:{BLOCS[bloc].color}">{glyphs[bloc][0]}</span> {glyphs[bloc][1]}' for bloc in shown]
    if models["origin"].isin(HOLLOW_ORIGINS).any():
        parts.append(t("hollow: as its vendor published it"))
    if models["is_record"].any():
        parts.append(t("line: the bloc's record"))
    return f'<span style="color:{surface.muted}">{"   ".join(parts)}</span>'


def _get_view(models: pd.DataFrame, axis: Axis, as_of: date | None, sheet: Sheet) -> _View:
    end = as_of or (models["day"].max() if len(models) else date.today())
    start = models["day"].min() - timedelta(days=45) if len(models) else end - timedelta(days=365)
    return _View(start, end, *_get_range(models, axis), sheet.plot_width, sheet.plot_height)


def _get_range(models: pd.DataFrame, axis: Axis) -> tuple[float, float]:
    """Return the shown scores' range: from the chance floor where there is one, with a little air above."""
    if not len(models):
        return (0.0, 100.0) if axis.unit == "fraction" else (0.0, 1.0)
    low, high = models["shown"].min(), models["shown"].max()
    air = max((high - low) * 0.08, 1.0)
    if axis.unit != "fraction":
        return low - air, high + air
    floor = (axis.chance_floor or 0.0) * 100
    return min(floor, low) - (2.0 if floor or low <= 0 else 0.0), min(high + air, 102.0)


def _draw_floor(sheet: Sheet, models: pd.DataFrame, axis: Axis, view: _View) -> None:
    """Draw the score that guessing earns, and our baselines' scores, as light lines with their names on."""
    lines = []
    if axis.chance_floor is not None:
        lines.append(
            (axis.chance_floor, t("chance, {score}", score=axis.format(axis.chance_floor)), sheet.surface.hatch)
        )
    for row in models[(models["bloc"] == "baseline") & models["score"].notna()].to_dict("records"):
        name = escape_text(row["name"], limit=40)
        text = t("{name} (baseline, simulated), {score}", name=name, score=axis.format(row["score"]))
        lines.append((row["score"], text, BLOCS["baseline"].color))
    shown = [line for line in lines if view.bottom <= line[0] * axis.factor <= view.top]
    levels = [view.get_pixels(view.end, score * axis.factor)[1] for score, _, _ in shown]
    for (score, text, color), level, height in zip(shown, levels, spread_labels(levels, 15), strict=True):
        sheet.add_line(y=score * axis.factor, color=color, dash="dot")
        place = {
            "xref": "paper",
            "xanchor": "right",
            "yanchor": "bottom",
            "yshift": max(height, 0) - level,
            "size": 10.5,
        }
        sheet.add_note(0.996, score * axis.factor, text, color=sheet.surface.muted, **place)


def _draw_models(sheet: Sheet, models: pd.DataFrame, bloc: str, axis: Axis) -> None:
    """Draw each model of `bloc` as a point: hollow where its vendor published the score; records in full colour."""
    look = BLOCS[bloc]
    records = models["is_record"].astype(bool) if bloc in RECORD_BLOCS else pd.Series(False, index=models.index)
    hollow = [get_marker(bloc, origin).endswith("-open") for origin in models["origin"]]
    inks = [fade(look.color, 1 if is_record else 0.45) for is_record in records]
    fills = [sheet.surface.background if empty else ink for empty, ink in zip(hollow, inks, strict=True)]
    sheet.add_trace(
        x=[day.isoformat() for day in models["day"]], y=models["shown"].tolist(), mode="markers", name=bloc,
        marker={
            "symbol": look.marker, "size": [8 if r else 6 for r in records], "color": fills,
            "line": {"width": 1.3, "color": inks},
        },
        customdata=[_describe(row, axis) for row in models.to_dict("records")],
        hovertemplate="<b>%{customdata[0]}</b><br>%{customdata[1]}<br>%{customdata[2]}<extra></extra>",
    )  # fmt: skip


def _describe(row: dict[str, object], axis: Axis) -> tuple[str, str, str]:
    """Return the three lines of a point's hover text, escaped."""
    score = axis.format(row["score"])
    if pd.notna(row.get("ci90_low")) and pd.notna(row.get("ci90_high")):
        low, high = axis.format(row["ci90_low"]), axis.format(row["ci90_high"])
        score = t("{score} (90% interval {low} to {high})", score=score, low=low, high=high)
    on_index = axis.unit == "index"
    evidence = t("{n} benchmarks", n=row.get("n_benchmarks")) if on_index else name_origin(row["origin"])
    released = t("released {date} · {evidence}", date=row["day"].isoformat(), evidence=evidence)
    return escape_text(row["name"]), score, escape_text(released)


def _draw_steps(sheet: Sheet, records: pd.DataFrame, bloc: str, axis: Axis, end: date) -> None:
    """Draw the record of `bloc` as steps up to `end`, with its 90% interval as a band where it is known."""
    look = BLOCS[bloc]
    days = [day.isoformat() for day in records["day"]] + [end.isoformat()]
    bounds = (records[name] * axis.factor for name in ("ci90_low", "ci90_high"))
    band_x, band_y = [], []
    for (first, last), low, high in zip(pairwise(days), *bounds, strict=True):
        if pd.notna(low) and pd.notna(high):
            # None ends a rectangle: a band joined over a record without interval would claim one for it.
            band_x += [first, last, last, first, None]
            band_y += [low, low, high, high, None]
    sheet.add_trace(
        x=band_x, y=band_y, fill="toself", fillcolor=fade(look.color, 0.16), line={"width": 0}, mode="lines",
        hoverinfo="skip", name=f"{bloc} interval",
    )  # fmt: skip
    sheet.add_trace(
        x=days, y=[*records["shown"], records["shown"].iloc[-1]], mode="lines", hoverinfo="skip", name=bloc,
        line={"shape": "hv", "color": look.color, "dash": look.dash, "width": 2.2},
    )  # fmt: skip


def _label_ends(
    sheet: Sheet, records: dict[str, pd.DataFrame], axis: Axis, view: _View, sides: tuple[str, str] | None
) -> None:
    """Write each bloc's name and record at the end of its line, moved apart where they would touch."""
    domestic, frontier = sides or (t("Domestic"), t("Frontier"))
    lines = {
        bloc: wrap_text(name, sheet.layout["margin"]["r"] - 10, 12.5)
        for bloc, name in (("domestic", domestic), ("frontier", frontier))
    }
    names = {bloc: "<br>".join(wrapped) for bloc, wrapped in lines.items()}
    distance = 20 + 16 * max(len(wrapped) for wrapped in lines.values())
    last = {bloc: steps["shown"].iloc[-1] for bloc, steps in records.items()}
    at = [view.get_pixels(view.end, value)[1] for value in last.values()]
    for (bloc, value), height, natural in zip(last.items(), spread_labels(at, distance), at, strict=True):
        text = f"<b>{names[bloc]}</b><br>{axis.format(value / axis.factor)}"
        place = {"xref": "paper", "xanchor": "left", "xshift": 8, "yanchor": "middle", "yshift": height - natural}
        sheet.add_note(1, value, text, color=BLOCS[bloc].color, **place)


def _label_models(sheet: Sheet, records: dict[str, pd.DataFrame], view: _View) -> None:
    """Write names on record models where there is room, the latest first."""
    rows, labels, obstacles = [], [], []
    for steps in records.values():
        points = [view.get_pixels(*point) for point in zip(steps["day"], steps["shown"], strict=True)]
        obstacles += get_step_boxes(points, view.width)
        rows += steps.to_dict("records")
        labels += [Label(*point, str(name)[:40], point[0]) for point, name in zip(points, steps["name"], strict=True)]
    for index, place in place_labels(labels, view.width, view.height, NAME_SIZE, obstacles).items():
        row = rows[index]
        sheet.add_note(
            row["day"].isoformat(), row["shown"], escape_text(row["name"], limit=40), color=sheet.surface.ink,
            size=NAME_SIZE, name="record", **vars(place),
        )  # fmt: skip
