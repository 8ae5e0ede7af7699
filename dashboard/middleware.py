"""What every answer passes on its way out: closed doors, a page shell of our own, headers, compressed scripts.

Before: an ASGI app, Streamlit's with our routes. After: the same app; nothing it sends may load, frame or sniff what it
should not, and its scripts travel compressed.
"""

import base64
import gzip
import hashlib
import re
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import streamlit
from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

WIDTH_COOKIE = "modelgap_width"
EMBEDDABLE, FILES = "/chart/", "/data/"
CLOSED = ("/_stcore/metrics", "/_stcore/upload_file", "/_stcore/agent", "/_stcore/script-health-check")
"""Doors of Streamlit that no page here needs: counters of the process, uploads, its interface for programs."""

_BASE = (
    'window.__streamlit={BACKEND_BASE_URL:new URL("./",location.href).href};'
    f'document.cookie="{WIDTH_COOKIE}="+innerWidth+";path=/;SameSite=Strict"'
)
"""Tells the front end where its server is, and the server how wide the window is, which figures are laid out for.

Left to itself the front end asks below every part of a page's address first, which costs a deep link a failed request,
an error in the console and a tenth of a second."""


_STYLE = Path(__file__).with_name("style.css").read_text(encoding="utf-8")

_PLOTLY = "".join(
    f'<link rel="modulepreload" crossorigin fetchpriority="low" href="./static/js/{path.name}">'
    for path in Path(streamlit.__file__).with_name("static").glob("static/js/PlotlyChart.*.js")
)
"""Nearly every page has a chart, whose script of 4.6 MB the front end asks for last, once the chart has come."""


def _hash(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


_PAGE_RULES = {
    "default-src": "'self'",
    # Streamlit's own inline script follows ours; the hash of each is added where the page is sent.
    "script-src": "'self' 'wasm-unsafe-eval'",
    # Emotion and Plotly write their styles into the document.
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'self'",
}
_CHART_RULES = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; "
    "sandbox allow-scripts allow-downloads allow-popups; frame-ancestors *"
)
"""A chart stands alone: its script is inside it, in an origin of its own, and it can fetch nothing."""

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class ClosedDoors:
    """Answers 404 to what `CLOSED` names, below any page's address too."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on unless its address is closed."""
        if scope["type"] == "http" and any(door in scope["path"] for door in CLOSED):
            await PlainTextResponse("Not found", 404)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


class SecurityHeaders:
    """Adds the headers that tell browsers what a page or a chart may do, and who may frame it."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and its answer back, with the headers that are not set yet."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        is_chart = scope["path"].startswith(EMBEDDABLE)

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Content-Security-Policy", _CHART_RULES if is_chart else write_rules())
                headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin" if is_chart else "same-origin")
                if not is_chart:
                    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
            await send(message)

        await self.app(scope, receive, send_guarded)


class PageShell:
    """Rewrites the one HTML document that Streamlit serves: where its server is, the reader's language, our styles."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; answer it with the rewritten document where Streamlit's came back."""
        if not _wants_page(scope):
            await self.app(scope, receive, send)
            return
        answer = Collected()
        await self.app(_ask_in_full(scope), receive, answer)
        if answer.headers.get("content-type", "").startswith("text/html") and answer.status == 200:
            await build_page(answer.body.decode(), Headers(scope=scope), scope["query_string"])(scope, receive, send)
        else:
            await answer.resend(send)


class CompressedScripts:
    """Sends scripts and styles compressed: each once compressed and kept, as their names change with their content.

    Streamlit leaves this to a proxy; without one Plotly's 4.6 MB would travel as they are.
    """

    def __init__(self, app: ASGIApp):
        self.app = app
        self.kept: dict[str, tuple[list[tuple[bytes, bytes]], bytes]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request for a script from what is kept, or pass it on and keep its answer."""
        if not _wants_compressed(scope):
            await self.app(scope, receive, send)
            return
        if scope["path"] not in self.kept:
            answer = Collected()
            await self.app(_ask_in_full(scope), receive, answer)
            # Streamlit answers what is missing with its page: only what may be cached for ever is kept. A reader who
            # leaves while it is read cuts the answer short.
            may_keep = answer.status == 200 and "immutable" in answer.headers.get("cache-control", "")
            if not (may_keep and answer.is_whole):
                await answer.resend(send)
                return
            body = await to_thread.run_sync(gzip.compress, answer.body, 6)
            self.kept[scope["path"]] = (_describe_compressed(answer.headers, len(body)), body)
        headers, body = self.kept[scope["path"]]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


class Collected:
    """An answer kept back: called as `send`, it gathers status, headers and body."""

    def __init__(self):
        self.status, self.body, self.is_whole = 500, b"", False
        self.headers: MutableHeaders = MutableHeaders()
        self._messages: list[Message] = []

    async def __call__(self, message: MutableMapping[str, Any]) -> None:
        """Take a message of the answer."""
        self._messages.append(message)
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], MutableHeaders(raw=list(message["headers"]))
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")
            self.is_whole = not message.get("more_body", False)

    async def resend(self, send: Send) -> None:
        """Send the answer as it came."""
        for message in self._messages:
            await send(message)


def write_rules(scripts: tuple[str, ...] = ()) -> str:
    """Return a page's content security policy, which lets the inline `scripts` run and no others."""
    rules = dict(_PAGE_RULES)
    rules["script-src"] = " ".join([rules["script-src"], *(_hash(script) for script in scripts)])
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def build_page(document: str, headers: Headers, query: bytes) -> Response:
    """Return Streamlit's document as we send it, in the language that the address or the browser names."""
    asked = re.search(rb"(?:^|&)lang=(\w+)", query)
    language = asked.group(1).decode() if asked else headers.get("accept-language", "en")[:2].lower()
    document = document.replace('<html lang="en">', f'<html lang="{"zh-CN" if language == "zh" else "en"}">', 1)
    document = document.replace("<title>Streamlit</title>", "<title>modelgap</title>", 1)
    document = document.replace("<script>", f"<script>{_BASE}</script><script>", 1)
    document = document.replace("</head>", f"<style>{_STYLE}</style>{_PLOTLY}</head>", 1)
    scripts = tuple(re.findall(r"<script>(.*?)</script>", document, re.DOTALL))
    rules = write_rules(scripts)
    return Response(
        document,
        media_type="text/html",
        headers={"Content-Security-Policy": rules, "Cache-Control": "no-cache", "Vary": "Accept-Language"},
    )


def _wants_page(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] != "GET" or scope["path"].startswith((EMBEDDABLE, FILES)):
        return False
    return "text/html" in Headers(scope=scope).get("accept", "")


def _ask_in_full(scope: Scope) -> Scope:
    """Return the request without its conditions: to those the answer may come without a body, in part or compressed."""
    conditions = (b"if-none-match", b"if-modified-since", b"range", b"accept-encoding")
    return {**scope, "headers": [pair for pair in scope["headers"] if pair[0] not in conditions]}


def _wants_compressed(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD") or "/static/" not in scope["path"]:
        return False
    is_script = scope["path"].endswith((".js", ".css", ".svg", ".json", ".wasm"))
    return is_script and "gzip" in Headers(scope=scope).get("accept-encoding", "")


def _describe_compressed(headers: MutableHeaders, length: int) -> list[tuple[bytes, bytes]]:
    headers = MutableHeaders(raw=[pair for pair in headers.raw if pair[0] not in (b"accept-ranges", b"etag")])
    headers["Content-Encoding"], headers["Content-Length"], headers["Vary"] = "gzip", str(length), "Accept-Encoding"
    return headers.raw


MIDDLEWARE = [
    Middleware(SecurityHeaders),
    Middleware(ClosedDoors),
    Middleware(PageShell),
    Middleware(CompressedScripts),
]
"""From the outside in."""
