"""The server: the dashboard's pages, its own addresses beside them, and what every answer is sent with.

Before: a request. After: a page of `dashboard/app.py`, or the answer of one of `ROUTES`; both through the middleware.
"""

from pathlib import Path

from starlette.middleware import Middleware
from streamlit.starlette import App

from dashboard import chart_routes, download_routes
from dashboard.login_failure import LoginFailure
from dashboard.middleware import MIDDLEWARE
from dashboard.sockets import PromptSockets

ROUTES = [*chart_routes.ROUTES, *download_routes.ROUTES]
PASSED = [Middleware(PromptSockets), *MIDDLEWARE, Middleware(LoginFailure)]
app = App(Path(__file__).with_name("app.py"), routes=ROUTES, middleware=PASSED)
