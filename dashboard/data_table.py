"""The table behind a figure, for readers who cannot see it or want its numbers: what its marks say.

Before: a figure. After: a row for each mark that says something when pointed at, in plain text.
"""

import html
import re
from collections.abc import Callable, Iterator

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard.i18n import t
from dashboard.words import name_trace

DASH = "–"
"""What stands in a table where nothing is known."""
_TAGS = re.compile(r"<[^>]*>")
Row = dict[str, object]


def offer_table(slug: str, find_figure: Callable[[], go.Figure]) -> None:
    """Put a button under a figure that opens its table; the table is made and sent only when it is asked for."""
    table = st.popover(t("Data table"), key=f"table-{slug}", type="tertiary", on_change="rerun")
    if table.open:
        table.dataframe(
            tabulate_figure(find_figure()), hide_index=True, placeholder=DASH, alt=t("The figure's data as a table")
        )


def tabulate_figure(figure: go.Figure) -> pd.DataFrame:
    """Return a row for each mark of a figure that answers to the pointer; bands, hatches and rules have none."""
    rows = [row for trace in figure.data for row in _list_rows(trace, figure.layout)]
    return pd.DataFrame(rows).dropna(axis="columns", how="all").drop_duplicates() if rows else pd.DataFrame()


def _list_rows(trace: go.Scatter | go.Bar, layout: go.Layout) -> Iterator[Row]:
    is_area = getattr(trace, "fill", None) not in (None, "none")
    if trace.hoverinfo == "skip" or trace.x is None or is_area:
        return
    said = trace.customdata if trace.customdata is not None else [()] * len(trace.x)
    across, up = _is_scale(layout, "x", trace.xaxis), _is_scale(layout, "y", trace.yaxis)
    # What is withheld has a mark for the pointer, at no value.
    across = across and trace.name != "withheld"
    for x, y, words in zip(trace.x, trace.y, said, strict=True):
        if y is not None:
            texts = [_say(word) for word in ([words] if isinstance(words, str) else words)]
            yield (
                {t("Series"): name_trace(trace.name or "")}
                | _name_texts(texts)
                | {t("Horizontal axis"): _say(x) if across else None, t("Vertical axis"): _say(y) if up else None}
            )


def _is_scale(layout: go.Layout, letter: str, name: str | None) -> bool:
    """Return whether an axis measures something: one whose places are named, or not labelled, is a list of rows."""
    axis = layout[f"{letter}axis{(name or letter)[1:]}"]
    return axis.showticklabels is not False and (not axis.ticktext or axis.type == "log")


def _name_texts(texts: list[str]) -> Row:
    return dict(zip((t("Name"), t("Value"), t("Details")), texts, strict=False))


def _say(value: object) -> object:
    """Return a text of a figure as plain text again; other values as they are."""
    return html.unescape(_TAGS.sub(" ", value)).strip() if isinstance(value, str) else value
