"""Show one item and two models' answers to it as letters, whatever they contain.

Before: a row of `dashboard.frames_compare.list_differing`. After: Streamlit elements that render no markup: an image
in markdown would be fetched, and a link followed.
"""

import unicodedata
from typing import Any

import streamlit as st

from dashboard.i18n import t

LIMIT = 4000
"""Characters of a text that are shown: the rest is counted, not sent."""


def show_item(row: dict[str, Any], name_a: str, name_b: str) -> None:
    """Put an item on the page: the question, what counts as right, and both answers with their marks."""
    st.text(t("Question"))
    _show_text(row["question"])
    st.text(t("Expected"))
    _show_text(row["target"])
    for column, name, side in zip(st.columns(2, gap="medium"), (name_a, name_b), "ab", strict=True):
        with column:
            st.text(t("{name}: mark {mark:g}", name=name, mark=row[f"mark_{side}"]))
            _show_text(row[f"answer_{side}"])


def _show_text(text: str | None) -> None:
    if not text:
        st.text(t("(nothing)"))
        return
    st.code(make_inert(text), language=None, wrap_lines=True)


def make_inert(text: str) -> str:
    """Return text that shows as it was written: cut at `LIMIT`, control and direction characters spelled out.

    A right-to-left override would let an answer read otherwise than it is.
    """
    shown = "".join(c if c in "\n\t" or unicodedata.category(c)[0] != "C" else f"\\u{ord(c):04x}" for c in text[:LIMIT])
    return shown + t("\n… {n} more characters", n=len(text) - LIMIT) if len(text) > LIMIT else shown
