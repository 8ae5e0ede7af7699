"""The pages that the dashboard has, in their order, with their addresses and their names in the reader's language.

Before: a language. After: pages that `st.navigation` takes. The files lie in views/: beside a folder named pages/,
Streamlit answers the first deep link with "Page not found".
"""

from copy import copy
from functools import cache

import streamlit as st

from dashboard.i18n import get_language, t


def list_pages() -> list[st.Page]:
    """Return the pages, named in the language that `t` answers in; a run gets its own, as running a page marks it."""
    return [copy(page) for page in _make_pages(get_language())]


@cache
def _make_pages(_language: str) -> list[st.Page]:
    """Return the pages of a language, made once: Streamlit looks each file up on the disk."""
    return [
        st.Page("views/overview.py", title=t("Overview"), default=True),
        st.Page("views/gap_over_time.py", title=t("Gap over time"), url_path="gap-over-time"),
        st.Page("views/lag.py", title=t("Lag"), url_path="lag"),
        st.Page("views/domains.py", title=t("Domains and industries"), url_path="domains"),
        st.Page("views/efficiency.py", title=t("Efficiency"), url_path="efficiency"),
        st.Page("views/compare.py", title=t("Compare"), url_path="compare"),
        st.Page("views/claims.py", title=t("Claims"), url_path="claims"),
        st.Page("views/landscape.py", title=t("Landscape"), url_path="landscape"),
        st.Page("views/video.py", title=t("Video"), url_path="video"),
        st.Page("views/endpoints_and_runs.py", title=t("Endpoints and runs"), url_path="endpoints-and-runs"),
        st.Page("views/data_and_methods.py", title=t("Data and methods"), url_path="data-and-methods"),
    ]
