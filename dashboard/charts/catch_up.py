"""`catch-up`: each frontier record a row from its release to its first domestic match, or open-ended to the as-of date.

Before: a frame with a row a frontier record (`name, released, match, matched, months`; no match: open). After: one
figure, the newest record on top. What is not yet matched is hatched to the as-of date and never averaged away.
"""

from datetime import date, timedelta

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.anatomy import Caption, Sheet
from dashboard.i18n import format_day, t
from dashboard.theme import BLOCS, LIGHT, Surface, escape_text, measure_text

NAME_SIZE, VALUE_SIZE = 11.5, 11
ROW = 24
CHROME = 170
"""Pixels of a figure that are no rows: caption, axis and footer."""
NARROW = 560
Row = dict[str, object]


def plot_catch_up(
    waits: pd.DataFrame, caption: Caption, *, surface: Surface = LIGHT, width: int = 1360, height: int | None = None
) -> go.Figure:
    """Return the figure of the waits; rows are as high as they need unless a `height` is given."""
    rows = waits.sort_values("released", ascending=False).reset_index(drop=True)
    end = caption.as_of or date.today()
    is_narrow = width < NARROW
    left = _measure_left(rows, is_narrow)
    right = 62 if is_narrow else 250
    height = height or CHROME + (60 if is_narrow else 0) + ROW * max(len(rows), 3)
    sheet = Sheet(caption, surface, width, height, left=left, right=right, key=_get_key(surface))
    start = min([*rows["released"], *rows["matched"].dropna(), end - timedelta(days=365)]) - timedelta(days=20)
    sheet.set_time_axis(start, end, caption.as_of)
    sheet.layout["yaxis"] |= {"range": [-len(rows) + 0.4, 0.6], "showticklabels": False, "showgrid": False}
    for place, row in enumerate(rows.to_dict("records")):
        _draw_row(sheet, row, -place, end, is_narrow=is_narrow)
    _draw_ends(sheet, rows)
    return sheet.to_figure()


def _measure_left(rows: pd.DataFrame, is_narrow: bool) -> int:
    """Return the room that the longest name needs."""
    longest = max((measure_text(_cut(name, is_narrow), NAME_SIZE) for name in rows["name"]), default=60)
    return round(longest + 16)


def _cut(name: object, is_narrow: bool) -> str:
    return escape_text(name, limit=18 if is_narrow else 34)


def _get_key(surface: Surface) -> str:
    """Return the line that explains the marks."""
    marks = (
        (BLOCS["frontier"].color, "◆", t("frontier record released")),
        (BLOCS["domestic"].color, "●", t("first domestic match")),
        (surface.muted, "▸", t("not yet")),
    )
    parts = [f'<span style="color:{color}">{glyph}</span> {text}' for color, glyph, text in marks]
    return f'<span style="color:{surface.muted}">{"   ".join(parts)}</span>'


def _draw_row(sheet: Sheet, row: Row, y: int, end: date, *, is_narrow: bool) -> None:
    """Draw one record's name, its wait as a line, and at the right how long it was and what ended it."""
    is_open = pd.isna(row["matched"])
    last = end if is_open else row["matched"]
    line = {"color": sheet.surface.muted, "width": 2, "dash": "4px,3px" if is_open else "solid"}
    sheet.add_trace(
        x=[row["released"].isoformat(), last.isoformat()], y=[y, y], mode="lines", line=line, hoverinfo="skip",
        name="open" if is_open else "wait",
    )  # fmt: skip
    months = t("{months:.1f} months", months=row["months"])
    if is_narrow:
        text = f"<b>{'≥ ' if is_open else ''}{row['months']:.1f}</b>"
    elif is_open:
        text = t("<b>not yet</b>, {months} so far", months=months)
    else:
        text = f"<b>{months}</b>  {escape_text(row['match'], limit=26)}"
    flush = {"xref": "paper", "xanchor": "left", "yanchor": "middle"}
    sheet.add_note(1, y, text, color=sheet.surface.ink, size=VALUE_SIZE, xshift=10, **flush)
    left = sheet.layout["margin"]["l"]
    name = _cut(row["name"], is_narrow)
    sheet.add_note(0, y, name, color=sheet.surface.ink, size=NAME_SIZE, xshift=-left, **flush)


def _draw_ends(sheet: Sheet, rows: pd.DataFrame) -> None:
    """Draw both ends of every wait; what is open ends in an arrowhead at the as-of date."""
    heights = [-place for place in range(len(rows))]
    hover = "<b>%{customdata[0]}</b><br>%{customdata[1]}<extra></extra>"
    for bloc, day, name in (("frontier", "released", "name"), ("domestic", "matched", "match")):
        look = BLOCS[bloc]
        shown = [(row, y) for row, y in zip(rows.to_dict("records"), heights, strict=True) if not pd.isna(row[day])]
        sheet.add_trace(
            x=[row[day].isoformat() for row, _ in shown], y=[y for _, y in shown], mode="markers", name=bloc,
            marker={"symbol": look.marker, "size": 9, "color": look.color},
            customdata=[
                (escape_text(row[name]), t("released {date}", date=format_day(row[day]))) for row, _ in shown
            ],
            hovertemplate=hover,
        )  # fmt: skip
    end = sheet.layout["xaxis"]["range"][1]
    still = [y for row, y in zip(rows.to_dict("records"), heights, strict=True) if pd.isna(row["matched"])]
    sheet.add_trace(
        x=[end] * len(still), y=still, mode="markers", name="not yet", hoverinfo="skip", cliponaxis=False,
        marker={"symbol": "triangle-right", "size": 9, "color": sheet.surface.muted},
    )  # fmt: skip
