"""What the reader chose, kept in the address: a copied link shows the same view.

Before: a choice's name and its options by id. After: the chosen id, in the query string unless it is the default, and
kept from page to page. Streamlit's own `bind="query-params"` would put labels there, which change with the language.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.i18n import format_day

Widget = Callable[..., str | None]


def choose(
    widget: Widget | None, name: str, label: str, options: Mapping[str, str], default: str, **more: object
) -> str:
    """Return the id the reader chose among `options` (id to label) with `widget`, e.g. `st.selectbox`.

    The query string is `name=id`. An id that is not among the options counts as `default`. Without a widget what
    stands is returned and kept all the same; so it is of a day or a switch that is not shown.
    """
    key = get_key(name)
    asked = get_kept(name)
    st.session_state[key] = chosen = asked if asked in options else default
    if widget is not None:
        chosen = widget(label, list(options), format_func=lambda option: options[option], key=key, **more) or default
    keep(name, None if chosen == default else chosen)
    return chosen


def choose_day(name: str, label: str, newest: date, first: date, *, is_shown: bool = True) -> date:
    """Return the day the reader chose from `first` to `newest`, which is the default and moves with the evidence.

    On offer are the ends of the months, the newest first; any other day can be typed. The query string is
    `name=2025-06-30`. What is no day counts as the default, one out of reach as the nearest.
    """
    key = get_key(name)
    st.session_state[key] = day = find_day(name, newest, first)
    st.session_state[f"default-{name}"] = newest
    if is_shown:
        days = sorted({newest, day, *list_month_ends(first, newest)}, reverse=True)
        # Streamlit's own date field forgets a typed day that is confirmed with Enter, and has English months only.
        st.selectbox(label, days, format_func=_show_day, key=key, accept_new_options=True)
        day = min(max(_read_day(st.session_state[key]) or newest, first), newest)
    keep_day(name, day, newest, in_widget=False)
    return day


def list_month_ends(first: date, newest: date) -> list[date]:
    """Return the last days of the months between two days, both of them included."""
    return list(pd.date_range(first, newest, freq="ME").date)


def find_day(name: str, newest: date, first: date) -> date:
    """Return the day that stands, before its widget is drawn; where it was the default, the default of now."""
    asked = _read_day(get_kept(name))
    if asked is None or asked == st.session_state.get(f"default-{name}"):
        asked = newest
    return min(max(asked, first), newest)


def keep_day(name: str, day: date, newest: date, *, in_widget: bool = True) -> None:
    """Keep a chosen day; with `in_widget` as if it had been chosen there, for a second control of the same day."""
    if in_widget:
        st.session_state[get_key(name)] = day
    keep(name, None if day == newest else day.isoformat())


def choose_switch(name: str, label: str, on: str = "yes", *, is_shown: bool = True) -> bool:
    """Return whether the reader switched something on, which the query string says as `name=on`."""
    key = get_key(name)
    st.session_state[key] = is_on = get_kept(name) in (on, True)
    if is_shown:
        is_on = st.toggle(label, key=key)
    keep(name, on if is_on else None)
    return is_on


def get_key(name: str) -> str:
    """Return the key of the widget that a choice is made with."""
    return f"choice-{name}"


def get_kept(name: str) -> Any:
    """Return what stands: the address where it changed, else the widget, else what was chosen on another page."""
    kept = _get_all_kept().get(name)
    asked = st.query_params.get(name)
    if asked is not None and asked != kept:
        return asked
    return st.session_state.get(get_key(name), kept)


def keep(name: str, chosen: str | None) -> None:
    """Keep a choice for other pages, and write it into the address; None, the default, is not written."""
    _get_all_kept()[name] = chosen
    if chosen is not None:
        if st.query_params.get(name) != chosen:
            st.query_params[name] = chosen
    elif name in st.query_params:
        del st.query_params[name]


def carry(names: Iterable[str]) -> None:
    """Keep choices that no widget of this page makes: a link copied here carries them, and the next page has them."""
    for name in names:
        asked = st.query_params.get(name)
        keep(name, _get_all_kept().get(name) if asked is None else asked)


def _get_all_kept() -> dict[str, str | None]:
    """Return what was kept of every choice, which is what the address was last given of it."""
    return st.session_state.setdefault("choices_kept", {})


def _show_day(day: date | str) -> str:
    return format_day(day) if isinstance(day, date) else day


def _read_day(value: date | str | None) -> date | None:
    if isinstance(value, date) or value is None:
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
