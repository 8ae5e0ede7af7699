"""What pages share: how a figure is put on a page, and what stands where there is nothing to show.

Before: finished figures and plain words. After: Streamlit elements. Names that we did not write go through `st.text`
or a figure, never through markdown: an image in markdown would be fetched.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import TypeVar

import plotly.graph_objects as go
import plotly.io
import streamlit as st

from collectors.errors import ModelgapError
from dashboard.data_table import DASH, offer_table
from dashboard.i18n import get_language, t
from dashboard.keeping import is_answered
from dashboard.middleware import WIDTH_COOKIE
from dashboard.theme import darken
from dashboard.words import say
from warehouse import read

PHONE, NARROW = 358, 640
"""A phone's figure, and the window below which it is drawn, in pixels."""
Answer = TypeVar("Answer")
_MARKUP = re.compile(r"[\\`*_{}\[\]()<>#!|~$:&]")
_ADDRESS = re.compile(r"://|www(?=\.)|@", re.IGNORECASE)
"""With what follows these make a link in markdown, even escaped: a word joiner, which shows as nothing, parts them."""
FIGURES = "views/data_and_methods.py"
CONFIG = {"displayModeBar": False, "responsive": True, "showTips": False}


def show_chart(
    slug: str,
    identity: tuple[str, ...],
    draw: Callable[[], go.Figure],
    alt: str,
    offer: Callable[[], None] | None = None,
) -> None:
    """Put a figure on the page under its stable `slug`, with `alt` for those who do not see it.

    `draw` makes it; it is asked once per `identity`, which names snapshot and choices, and kept for all readers.
    `offer` puts what else there is to a chart beside the button of its table, e.g. its downloads.
    """
    identity = (slug, get_language(), str(is_narrow()), *identity)
    _put_figure(f"chart-{slug}", identity, is_dark(), alt, draw)
    with st.container(horizontal=True, gap="small"):
        offer_table(slug, lambda: _keep_figure(identity, draw))
        if offer:
            offer()


@st.cache_resource(max_entries=128, show_spinner=False)
def _put_figure(key: str, identity: tuple[str, ...], in_dark: bool, alt: str, _draw: Callable[[], go.Figure]) -> None:
    """Put a figure on the page; from the second time on Streamlit sends the message that it kept of the first.

    Validating a figure and writing it as JSON takes as long as all else that a page does in a rerun.
    """
    figure = _keep_figure(identity, _draw)
    if in_dark:
        figure = plotly.io.from_json(darken(figure.to_json()))
    st.plotly_chart(figure, width="stretch", theme=None, key=key, config=CONFIG, alt=alt)


@st.cache_resource(max_entries=128, show_spinner=False)
def _keep_figure(identity: tuple[str, ...], _draw: Callable[[], go.Figure]) -> go.Figure:
    return _draw()


def answer_or_explain(ask: Callable[..., Answer], *question: object) -> Answer | None:
    """Return what `ask` answers, with a spinner while it is worked out; None where it cannot, having said why.

    The first of `question` is the snapshot.
    """
    try:
        with nullcontext() if is_answered(ask, *question) else st.spinner(t("Working it out …")):
            return ask(*question)
    except ModelgapError as error:
        show_nothing(t("This question has no answer here."), t("Take a wider cohort, other evidence or another day."))
        st.text(say(read.get_message(error)))
        return None


def fit_width(width: int) -> int:
    """Return the width in pixels to lay a figure out for: what a laptop of 1280 leaves it, or a phone's."""
    return PHONE if is_narrow() else width


def is_narrow() -> bool:
    """Return whether the reader's window is as narrow as a phone; the page's own script says so when it loads."""
    # Reading the cookies costs a millisecond each time, and they stand for as long as the session does.
    if "is_narrow" not in st.session_state:
        width = st.context.cookies.get(WIDTH_COOKIE, "")
        st.session_state["is_narrow"] = width.isdigit() and int(width) < NARROW
    return st.session_state["is_narrow"]


def is_dark() -> bool:
    """Return whether the reader's theme is dark."""
    return st.context.theme.type == "dark"


def show_title(title: str, *, is_seen: bool) -> None:
    """Show a page's name above it; where a sentence heads the page, to those alone who do not see it."""
    with nullcontext() if is_seen else st.container(key="title-unseen"):
        st.title(title, anchor=False)


def _spell(text: str) -> str:
    """Return markdown that shows `text` letter by letter."""
    return _MARKUP.sub(r"\\\g<0>", _ADDRESS.sub("\\g<0>\u2060", " ".join(text.split())))


def show_heading(text: str, *, is_small: bool = False) -> None:
    """Show a sentence as the page's heading, letter by letter: a name in it cannot become markup."""
    (st.subheader if is_small else st.header)(_spell(text), anchor=False)


def link_figures(models: Mapping[str, str], lead: str) -> None:
    """Offer, in one line after `lead`, the figures behind models (id to name): who measured them, when, and where."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="figures-behind"):
        st.text(lead, width="content")
        for model, name in models.items():
            query = {"part": "figures", "model": model}
            st.page_link(FIGURES, label=_spell(name), query_params=query)


def show_changes(changes: Mapping[str, list[str]], limit: int = 6) -> None:
    """List what is new side by side, kind by kind, and say where nothing is."""
    for column, (kind, news) in zip(st.columns(len(changes), gap="medium"), changes.items(), strict=True):
        with column, st.container(gap="xxsmall"):
            st.markdown(f"**{kind}**")
            for line in news[:limit]:
                st.text(line)
            if len(news) > limit:
                st.caption(t("and {n} more", n=len(news) - limit))
            if not news:
                st.caption(t("none"))


def show_table(frame: object, *, alt: str, **options: object) -> None:
    """Show rows as a table: without the index, and with a dash where nothing is known, which else reads `None`."""
    st.dataframe(frame, hide_index=True, placeholder=DASH, alt=alt, **options)


def show_without_snapshot(problem: str) -> None:
    """Say that nothing was published yet, what brings it about, and the `problem` as it was met."""
    st.header(t("There is no published snapshot to show"))
    st.markdown(
        t(
            "The dashboard shows a published snapshot of the warehouse, and none can be opened here. Make one with\n\n"
            "- `make pipeline` in a checkout: loads the published figures, collects, builds and publishes;\n"
            "- `modelgap build` where runs have landed already.\n\n"
            "Then reload this page."
        )
    )
    st.text(problem)


def show_unreadable(problem: str) -> None:
    """Say that a page found its snapshot damaged, or built by another version, and how to come by a new one."""
    show_nothing(
        t("This page cannot be shown from this snapshot."),
        t("It is damaged, or of another version. `modelgap build` makes a new one; a pinned link may be too old."),
    )
    st.text(problem)


def show_nothing(what: str, remedy: str) -> None:
    """Say in the place of a figure that there is nothing to draw, and how to come by something."""
    with st.container(border=True):
        st.text(what)
        st.caption(remedy)
