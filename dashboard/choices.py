"""What the reader chose, kept in the address: a copied link shows the same view.

Before: a choice's name and its options by id. After: the chosen id, in the query string unless it is the default, and
kept from page to page. Streamlit's own `bind="query-params"` would put labels there, which change with the language.
"""

from collections.abc import Callable, Mapping

import streamlit as st

Widget = Callable[..., str | None]


def choose(widget: Widget, name: str, label: str, options: Mapping[str, str], default: str, **more: object) -> str:
    """Return the id the reader chose among `options` (id to label) with `widget`, e.g. `st.selectbox`.

    The query string is `name=id`. An id that is not among the options counts as `default`.
    """
    key = f"choice-{name}"
    st.session_state[key] = _find_choice(key, name, options, default)
    chosen = widget(label, list(options), format_func=lambda option: options[option], key=key, **more) or default
    _remember(name, chosen, default)
    return chosen


def _find_choice(key: str, name: str, options: Mapping[str, str], default: str) -> str:
    """Return what stands: the address where it changed, else the widget, else what was chosen on another page."""
    kept, written = (st.session_state.setdefault(store, {}) for store in ("choices_kept", "choices_written"))
    asked = st.query_params.get(name)
    is_drawn = key in st.session_state
    if asked is not None and asked != written.get(name):
        choice = asked
    elif is_drawn:
        choice = st.session_state[key]
    else:
        choice = kept.get(name)
    return choice if choice in options else default


def _remember(name: str, chosen: str, default: str) -> None:
    """Keep the choice for other pages, and write it into the address."""
    st.session_state["choices_kept"][name] = chosen
    st.session_state["choices_written"][name] = chosen
    if chosen != default:
        if st.query_params.get(name) != chosen:
            st.query_params[name] = chosen
    elif name in st.query_params:
        del st.query_params[name]
