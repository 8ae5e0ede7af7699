"""`outcomes`: how the calls of our newest runs ended, stacked; a failure of the endpoint is never a wrong answer.

Before: a frame with a row per run and outcome (`run, name, status, outcome, n`), newest run first. After: one figure.
"""

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.anatomy import Caption, Sheet
from dashboard.i18n import t
from dashboard.theme import LIGHT, Surface, escape_text, fade

LEFT, RIGHT = 340, 240
LEFT_NARROW, RIGHT_NARROW = 150, 76
NARROW = 560
ROW_HEIGHT, FRAME_HEIGHT = 26, 160
FAILED = ("timeout", "network", "http_error")
SHAPES = {
    "ok": "", "refused": "/", "truncated": "\\", "empty": "-", "malformed": "x", "timeout": "|", "network": "+",
    "http_error": ".",
}  # fmt: skip
"""Each outcome's hatching, which says it without colour."""


def plot_outcomes(
    outcomes: pd.DataFrame, names: dict[str, str], caption: Caption, *, surface: Surface = LIGHT, width: int = 1360,
    height: int | None = None,
) -> go.Figure:  # fmt: skip
    """Return the figure: a bar a run, its parts the shares of its calls; `names` say what each outcome is called."""
    runs = outcomes.drop_duplicates("run")
    height = height or FRAME_HEIGHT + ROW_HEIGHT * max(len(runs), 2)
    margins = (LEFT_NARROW, RIGHT_NARROW) if width < NARROW else (LEFT, RIGHT)
    sheet = Sheet(caption, surface, width, height, left=margins[0], right=margins[1])
    rows = {run: len(runs) - 1 - place for place, run in enumerate(runs["run"])}
    totals = outcomes.groupby("run")["n"].sum()
    sheet.layout |= {"barmode": "stack", "bargap": 0.35}
    sheet.layout["xaxis"] |= {"range": [0, 100], "ticksuffix": "%", "nticks": 6 if width > NARROW else 3}
    sheet.layout["yaxis"] |= {"range": [-0.6, max(len(runs) - 0.4, 1)], "showticklabels": False, "showgrid": False}
    for outcome, shape in SHAPES.items():
        part = outcomes[outcomes["outcome"] == outcome]
        if len(part):
            _draw_part(sheet, part, rows, totals, names[outcome], _choose_ink(outcome, surface), shape)
    for row in runs.to_dict("records"):
        part = outcomes[(outcomes["run"] == row["run"]) & (outcomes["outcome"] != "ok")]
        counts = zip(part["outcome"], part["n"], strict=True)
        said = [t("{n} {outcome}", n=n, outcome=names[outcome]) for outcome, n in counts]
        _name_run(sheet, row, rows[row["run"]], totals[row["run"]], said)
    return sheet.to_figure()


def _choose_ink(outcome: str, surface: Surface) -> str:
    """Return an outcome's colour: answered light, unanswered middling, failed dark."""
    if outcome == "ok":
        return fade(surface.muted, 0.3)
    return surface.ink if outcome in FAILED else fade(surface.muted, 0.75)


def _draw_part(
    sheet: Sheet, part: pd.DataFrame, rows: dict[str, int], totals: pd.Series, name: str, ink: str, shape: str
) -> None:
    """Draw one outcome's part of every run's bar; a run without it has a part of no length, so that all parts align."""
    counts = dict(zip(part["run"], part["n"], strict=True))
    names = dict(zip(part["run"], part["name"], strict=True))
    pattern = {"shape": shape, "fillmode": "overlay", "fgcolor": sheet.surface.background, "size": 5, "solidity": 0.3}
    sheet.add_trace(
        type="bar", orientation="h", name=name, y=list(rows.values()),
        x=[100 * counts.get(run, 0) / totals[run] for run in rows],
        marker={"color": ink, "pattern": pattern if shape else {"shape": ""}},
        customdata=[(escape_text(names.get(run, "")), counts.get(run, 0)) for run in rows],
        hovertemplate=f"<b>%{{customdata[0]}}</b><br>{escape_text(name)}: %{{customdata[1]}} (%{{x:.1f}}%)"
        "<extra></extra>",
    )  # fmt: skip


def _name_run(sheet: Sheet, row: dict[str, str], height: int, total: int, said: list[str]) -> None:
    """Write the run's name left of its bar; right of it its calls, how they failed, and whether it is complete."""
    place = {"xref": "paper", "yanchor": "middle", "size": 11}
    left = sheet.layout["margin"]["l"]
    name = escape_text(row["name"], limit=54 if left == LEFT else 24)
    sheet.add_note(0, height, name, color=sheet.surface.ink, xanchor="left", xshift=-left, **place)
    parts = [t("{n:,} calls", n=int(total)), *said]
    if row["status"] != "complete":
        parts.insert(0, t("incomplete"))
    text = escape_text(t(", ").join(parts), limit=44 if left == LEFT else 13)
    sheet.add_note(1, height, text, color=sheet.surface.muted, xanchor="left", xshift=8, **place)
