"""The dashboard's entry: one header, the pages, and help where nothing was published yet.

Before: a published snapshot, or none. After: the page that the address names.
"""

from pathlib import Path

import streamlit as st

from collectors.errors import WarehouseError
from dashboard.bar import follow_pin, show_lost_pin
from dashboard.frames import find_snapshot
from dashboard.i18n import t
from dashboard.language import follow_language
from dashboard.layout import is_dark, show_unreadable, show_without_snapshot
from dashboard.theme import ICON, LOGO, darken

st.set_page_config(page_title="modelgap", page_icon=ICON, layout="wide")
st.logo(darken(LOGO) if is_dark() else LOGO, size="large")
st.html(Path(__file__).with_name("style.css"))
follow_language()
# The pages lie in views/: beside a folder named pages/, Streamlit answers the first deep link with "Page not found".
page = st.navigation(
    [
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
    ],
    position="top",
)
pinned = follow_pin()
snapshot, problem = find_snapshot()
if snapshot is None and pinned:
    show_lost_pin(problem)
elif snapshot is None:
    show_without_snapshot(problem)
else:
    try:
        page.run()
    except WarehouseError as error:
        show_unreadable(str(error))
