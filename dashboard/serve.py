"""The server: the dashboard's pages, its own addresses beside them, and what every answer is sent with.

Before: a request. After: a page of `dashboard/app.py`, or the answer of one of `ROUTES`; both through the middleware.
"""

from pathlib import Path

from streamlit.starlette import App

from dashboard.chart_routes import ROUTES
from dashboard.middleware import MIDDLEWARE

app = App(Path(__file__).with_name("app.py"), routes=ROUTES, middleware=MIDDLEWARE)
