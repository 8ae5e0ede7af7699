"""The server: the dashboard's pages, its own addresses beside them, and what every answer is sent with.

Before: a request. After: a page of `dashboard/app.py`, or the answer of one of `ROUTES`; both through the middleware.
"""

from pathlib import Path

from starlette.routing import BaseRoute
from streamlit.starlette import App

from dashboard.middleware import MIDDLEWARE

ROUTES: list[BaseRoute] = []
"""Addresses of our own, e.g. `/chart/<slug>.<format>`; what lies below `/chart/` may be embedded elsewhere."""

app = App(Path(__file__).with_name("app.py"), routes=ROUTES, middleware=MIDDLEWARE)
