"""The dashboard's entry: one header, the pages, and help where nothing was published yet.

Before: a published snapshot, or none. After: the page that the address names.
"""

import streamlit as st

from collectors.errors import WarehouseError
from dashboard.bar import follow_pin, show_lost_pin
from dashboard.frames import find_snapshot
from dashboard.language import follow_language
from dashboard.layout import is_dark, show_title, show_unreadable, show_without_snapshot
from dashboard.navigation import list_pages
from dashboard.theme import ICON, LOGO, darken

st.set_page_config(page_title="modelgap", page_icon=ICON, layout="wide")
st.logo(darken(LOGO) if is_dark() else LOGO, size="large")
follow_language()
page = st.navigation(list_pages(), position="top")
show_title(page.title, is_seen=bool(page.url_path))
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
