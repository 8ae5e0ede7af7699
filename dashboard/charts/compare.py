"""`compare`: two models or cohorts, benchmark by benchmark, the differences with their intervals around a zero line.

Before: a frame with a row per benchmark (`name, domain, unit, a, b, difference, ci90_low, ci90_high, evidence,
is_like_for_like`), first minus second side in shown points. After: one figure. Only percentage points have the axis;
ratings are written out, as they share no unit with it.
"""

from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.anatomy import Caption, Sheet
from dashboard.i18n import t
from dashboard.theme import BLOCS, LIGHT, Look, Surface, escape_text, fade
from dashboard.words import name_unit

LEFT, RIGHT = 250, 118
LEFT_NARROW, RIGHT_NARROW = 118, 62
NARROW = 560
ROW_HEIGHT = 34
FRAME_HEIGHT = 190
Row = dict[str, object]


@dataclass(frozen=True)
class Side:
    """One of the two models or cohorts: what it is called and how it is drawn."""

    name: str
    look: Look


def choose_looks(bloc_a: str, bloc_b: str) -> tuple[Look, Look]:
    """Return how two models are drawn: as their blocs, or in two looks apart where the bloc is the same."""
    if bloc_a != bloc_b:
        return BLOCS[bloc_a], BLOCS[bloc_b]
    return BLOCS[bloc_a], Look("#009E73", "dash", "square")


def plot_compare(
    rows: pd.DataFrame, sides: tuple[Side, Side], caption: Caption, *, surface: Surface = LIGHT, width: int = 1360,
    height: int | None = None,
) -> go.Figure:  # fmt: skip
    """Return the figure of the differences, grouped by domain: right of zero the first side is ahead.

    Hollow where no interval is known; faded where the two figures have different reporters, so that harness and model
    are mixed up.
    """
    rows = rows.sort_values(["domain", "difference"], ascending=[True, False], kind="stable").reset_index(drop=True)
    rows["height"] = range(len(rows) - 1, -1, -1)
    is_narrow = width < NARROW
    height = height or FRAME_HEIGHT + (90 if is_narrow else 0) + ROW_HEIGHT * max(len(rows), 3)
    margins = {"left": LEFT_NARROW, "right": RIGHT_NARROW} if is_narrow else {"left": LEFT, "right": RIGHT}
    sheet = Sheet(caption, surface, width, height, key=_get_key(rows, sides, surface), **margins)
    on_axis = rows[rows["unit"] == "fraction"]
    _set_axes(sheet, rows, on_axis)
    _title_sides(sheet, sides)
    _draw_differences(sheet, on_axis, sides)
    for row in rows.to_dict("records"):
        _name_row(sheet, row)
        _write_scores(sheet, row)
        if row["unit"] != "fraction":
            _write_difference(sheet, row)
    return sheet.to_figure()


def _get_key(rows: pd.DataFrame, sides: tuple[Side, Side], surface: Surface) -> str:
    glyphs = {"circle": "●", "diamond": "◆", "square": "■", "line-ew": "–"}
    parts = [
        f'<span style="color:{side.look.color}">{glyphs[side.look.marker]}</span> '
        + t("{name} ahead", name=escape_text(side.name, limit=40))
        for side in sides
    ]
    if rows["ci90_low"].isna().any():
        parts.append(t("hollow: no interval known"))
    if not rows["is_like_for_like"].all():
        parts.append(t("faded: figures of different reporters, not like for like"))
    return f'<span style="color:{surface.muted}">{"   ".join(parts)}</span>'


def _set_axes(sheet: Sheet, rows: pd.DataFrame, on_axis: pd.DataFrame) -> None:
    values = on_axis[["difference", "ci90_low", "ci90_high"]].to_numpy(dtype=float).ravel()
    values = values[~pd.isna(values)]
    reach = max(abs(values).max() * 1.1, 1.0) if len(values) else 10.0
    low = -reach if (values < 0).any() else -reach * 0.15
    high = reach if (values > 0).any() or not len(values) else reach * 0.15
    n_ticks = 9 if sheet.plot_width > 400 else 4
    sheet.layout["xaxis"] |= {"range": [low, high], "nticks": n_ticks, "tickformat": "+.0f"}
    sheet.layout["yaxis"] |= {"range": [-0.6, max(len(rows) - 0.4, 1)], "showticklabels": False, "showgrid": False}
    sheet.add_line(x=0, color=sheet.surface.muted)
    domains = rows["domain"].tolist()
    for height, (upper, lower) in enumerate(zip(reversed(domains[:-1]), reversed(domains[1:]), strict=True)):
        ink = sheet.surface.hatch if upper != lower else sheet.surface.grid
        sheet.add_line(y=height + 0.5, color=ink)


def _title_sides(sheet: Sheet, sides: tuple[Side, Side]) -> None:
    """Write above the plot what the axis measures, and over the column of scores whose they are."""
    place = {"yref": "paper", "xref": "paper", "yanchor": "bottom", "size": 11}
    sheet.add_note(0, 1, t("difference, percentage points"), color=sheet.surface.muted, xanchor="left", **place)
    right = sheet.layout["margin"]["r"]
    if right != RIGHT:
        return
    names = " / ".join(
        f'<span style="color:{side.look.color}">{escape_text(side.name, limit=11)}</span>' for side in sides
    )
    sheet.add_note(1, 1, names, color=sheet.surface.muted, xanchor="right", xshift=right - 2, **(place | {"size": 10}))


def _draw_differences(sheet: Sheet, rows: pd.DataFrame, sides: tuple[Side, Side]) -> None:
    ahead = [sides[0 if difference >= 0 else 1].look for difference in rows["difference"]]
    symbols, inks = [], []
    for row, look in zip(rows.to_dict("records"), ahead, strict=True):
        known = pd.notna(row["ci90_low"]) and pd.notna(row["ci90_high"])
        symbols.append(look.marker if known else f"{look.marker}-open")
        inks.append(fade(look.color, 1 if row["is_like_for_like"] else 0.4))
        if known:
            sheet.add_trace(
                x=[row["ci90_low"], row["ci90_high"]], y=[row["height"]] * 2, mode="lines", name="interval",
                line={"color": fade(look.color, 0.45), "width": 3}, hoverinfo="skip",
            )  # fmt: skip
    sheet.add_trace(
        x=rows["difference"].tolist(), y=rows["height"].tolist(), mode="markers", name="difference",
        marker={"size": 9, "symbol": symbols, "color": inks, "line": {"width": 1.4, "color": inks}},
        customdata=[_hover(row, sides) for row in rows.to_dict("records")],
        hovertemplate="<b>%{customdata[0]}</b><br>%{customdata[1]}<br>%{customdata[2]}<extra></extra>",
    )  # fmt: skip


def _hover(row: Row, sides: tuple[Side, Side]) -> tuple[str, str, str]:
    scores = " · ".join(f"{escape_text(side.name)} {row[x]:.1f}" for side, x in zip(sides, "ab", strict=True))
    return (
        escape_text(row["name"]),
        f"{scores} · {_say_difference(row)}",
        escape_text(row.get("detail") or row["evidence"], limit=160),
    )


def _say_difference(row: Row) -> str:
    text = t("{difference:+.1f} {unit}", difference=row["difference"], unit=name_unit(row["unit"]))
    if pd.notna(row["ci90_low"]) and pd.notna(row["ci90_high"]):
        text += t(" ({low:.1f} to {high:.1f})", low=row["ci90_low"], high=row["ci90_high"])
    return text


def _name_row(sheet: Sheet, row: Row) -> None:
    """Write a benchmark's name and, smaller, its domain and evidence, left of its row."""
    left = sheet.layout["margin"]["l"]
    small = t("{domain} · {evidence}", domain=row["domain"], evidence=row["evidence"])
    small = escape_text(small if left == LEFT else row["domain"], limit=46 if left == LEFT else 20)
    text = f"<b>{escape_text(row['name'], limit=34 if left == LEFT else 15)}</b>"
    text += f'<br><span style="font-size:10px;color:{sheet.surface.muted}">{small}</span>'
    place = {"xref": "paper", "xanchor": "left", "xshift": -left, "yanchor": "middle"}
    sheet.add_note(0, row["height"], text, color=sheet.surface.ink, **place)


def _write_scores(sheet: Sheet, row: Row) -> None:
    """Write both scores right of the row: a difference says nothing of the level."""
    digits = 1 if row["unit"] == "fraction" else 0
    text = f"{row['a']:.{digits}f} / {row['b']:.{digits}f}"
    right = sheet.layout["margin"]["r"]
    place = {"xref": "paper", "xanchor": "right", "xshift": right - 2, "yanchor": "middle"}
    sheet.add_note(1, row["height"], text, color=sheet.surface.muted, size=11 if right == RIGHT else 9.5, **place)


def _write_difference(sheet: Sheet, row: Row) -> None:
    place = {"xref": "x", "xanchor": "left", "yanchor": "middle", "bgcolor": sheet.surface.background}
    sheet.add_note(0, row["height"], _say_difference(row), color=sheet.surface.muted, size=10.5, xshift=6, **place)
