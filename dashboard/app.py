"""The dashboard's entry: one header, three pages, and help where nothing was published yet.

Before: a published snapshot, or none. After: the page that the address names.
"""

import streamlit as st

from dashboard.frames import find_snapshot
from dashboard.i18n import t
from dashboard.language import follow_language
from dashboard.layout import show_without_snapshot
from dashboard.theme import ICON, LOGO

st.set_page_config(page_title="modelgap", page_icon=ICON, layout="wide")
st.logo(LOGO, size="large")
follow_language()
# The pages lie in views/: beside a folder named pages/, Streamlit answers the first deep link with "Page not found".
page = st.navigation(
    [
        st.Page("views/overview.py", title=t("Overview"), default=True),
        st.Page("views/gap_over_time.py", title=t("Gap over time"), url_path="gap-over-time"),
        st.Page("views/data_and_methods.py", title=t("Data and methods"), url_path="data-and-methods"),
    ],
    position="top",
)
snapshot, problem = find_snapshot()
if snapshot is None:
    show_without_snapshot(problem)
else:
    page.run()
