"""What a reader sees where the login's provider does not answer: which it is, and the way back.

Before: Streamlit's bare refusal of `/auth/login`. After: a page of our own in the reader's language; why exactly stands
in the server's log.
"""

import html

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.i18n import t, use_language
from dashboard.middleware import Collected

_PAGE = """<!DOCTYPE html><html lang="{lang}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>modelgap</title><body style="font-family:sans-serif;max-width:36rem;margin:4rem auto;padding:0 1rem">
<h1 style="font-size:1.4rem">{what}</h1><p>{remedy}</p><p><a href="..">{back}</a></p>"""


class LoginFailure:
    """Answers a login that failed before it reached its provider with a page that says so."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; where it is a login that was refused, answer in its place."""
        if scope["type"] != "http" or not scope["path"].endswith("/auth/login"):
            await self.app(scope, receive, send)
            return
        answer = Collected()
        await self.app(scope, receive, answer)
        if answer.status < 400:
            await answer.resend(send)
        else:
            await HTMLResponse(write_page(Headers(scope=scope).get("accept-language", "en")), 502)(scope, receive, send)


def write_page(accepted: str) -> str:
    """Return the page in the first language that a browser accepts."""
    language = "zh" if accepted.lower().startswith("zh") else "en"
    with use_language(language):
        words = {
            "what": t("The login cannot be reached"),
            "remedy": t("The identity provider does not answer. Try again later; the other pages are open as ever."),
            "back": t("Back to the dashboard"),
        }
    escaped = {name: html.escape(text) for name, text in words.items()}
    return _PAGE.format(lang={"en": "en", "zh": "zh-CN"}[language], **escaped)
