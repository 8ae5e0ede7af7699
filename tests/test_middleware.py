"""What every answer of the server passes: headers, closed doors, the page shell, compressed scripts."""

import gzip
import re
from pathlib import Path

import pytest
import streamlit
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from dashboard.middleware import MIDDLEWARE, CompressedScripts

SCRIPT = "console.log('x');" * 400
PAGE = '<html lang="en"><head><title>Streamlit</title><script>window.a = 1</script></head></html>'
BROWSER = {"Accept": "text/html", "Accept-Encoding": "gzip"}
asked: list[str] = []


def send_script(request):
    asked.append(request.url.path)
    if "missing" in request.url.path:
        return HTMLResponse(PAGE, headers={"Cache-Control": "no-cache"})
    headers = {"Cache-Control": "public, immutable, max-age=1", "ETag": "x"}
    return Response(SCRIPT, media_type="text/javascript", headers=headers)


def send_page(request):
    asked.append(request.headers.get("if-none-match"))
    return HTMLResponse(PAGE, headers={"ETag": "x"})


@pytest.fixture
def client():
    asked.clear()
    routes = [
        Route("/static/js/{name}", send_script),
        Route("/chart/{name}", lambda request: HTMLResponse("<p>chart</p>")),
        Route("/_stcore/health", lambda request: PlainTextResponse("ok")),
        Route("/_stcore/metrics", lambda request: PlainTextResponse("secret")),
        Route("/{path:path}", send_page, methods=["GET", "POST", "PUT"]),
    ]
    return TestClient(Starlette(routes=routes, middleware=MIDDLEWARE))


def read_policy(answer):
    return dict(rule.split(" ", 1) for rule in answer.headers["content-security-policy"].split("; ") if " " in rule)


def test_a_page_may_load_from_here_only_and_run_no_script_but_its_own(client):
    policy = read_policy(client.get("/", headers=BROWSER))
    assert policy["default-src"] == "'self'" and policy["img-src"] == "'self' data: blob:"
    assert policy["frame-ancestors"] == "'self'" and policy["object-src"] == "'none'"
    assert "unsafe-inline" not in policy["script-src"] and "'unsafe-eval'" not in policy["script-src"]
    assert policy["script-src"].count("'sha256-") == 2


@pytest.mark.parametrize("path", ["/", "/chart/lag.svg", "/_stcore/health", "/static/js/a.js"])
def test_every_answer_has_the_headers(client, path):
    headers = client.get(path, headers=BROWSER).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "content-security-policy" in headers and "permissions-policy" in headers


def test_a_chart_may_be_embedded_and_can_reach_nothing(client):
    answer = client.get("/chart/lag.html", headers=BROWSER)
    policy = read_policy(answer)
    assert policy["frame-ancestors"] == "*" and policy["default-src"] == "'none'"
    assert "sandbox" in policy and "allow-same-origin" not in policy["sandbox"]
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.text == "<p>chart</p>"


@pytest.mark.parametrize(
    "path", ["/_stcore/metrics", "/_stcore/upload_file/a/b", "/_stcore/agent/mcp", "/x/_stcore/metrics"]
)
def test_doors_that_no_page_needs_are_closed(client, path):
    for ask in (client.get, client.post, client.put):
        answer = ask(path)
        assert answer.status_code == 404 and "secret" not in answer.text


def test_the_shell_says_where_the_server_is_before_any_other_script(client):
    answer = client.get("/gap-over-time", headers=BROWSER | {"If-None-Match": "x"})
    scripts = re.findall(r"<script>(.*?)</script>", answer.text)
    assert "BACKEND_BASE_URL" in scripts[0] and scripts[1] == "window.a = 1"
    assert "<title>modelgap</title>" in answer.text
    assert asked == [None], "a conditional answer would have no body to rewrite"


def test_the_shell_brings_the_styles_that_the_theme_cannot_say(client):
    head = client.get("/", headers=BROWSER).text.partition("</head>")[0]
    assert ".st-key-choice-lang {position: fixed" in head


def test_the_shell_asks_for_plotly_before_a_chart_has_come(client):
    head = client.get("/", headers=BROWSER).text.partition("</head>")[0]
    (name,) = re.findall(r'<link rel="modulepreload" [^>]*href="\./static/js/(PlotlyChart\.[^"/]+\.js)">', head)
    assert (Path(streamlit.__file__).parent / "static" / "static" / "js" / name).exists()


@pytest.mark.parametrize(
    ("path", "accepted", "language"),
    [
        ("/", "en-GB", "en"),
        ("/", "zh-CN,zh;q=0.9", "zh-CN"),
        ("/?lang=zh", "en", "zh-CN"),
        ("/?x=1&lang=en", "zh", "en"),
    ],
)
def test_the_shell_is_in_the_readers_language(client, path, accepted, language):
    page = client.get(path, headers=BROWSER | {"Accept-Language": accepted}).text
    assert f'<html lang="{language}">' in page


def test_scripts_travel_compressed_and_are_compressed_once(client):
    for _ in range(3):
        answer = client.get("/static/js/a.js", headers={"Accept-Encoding": "gzip"})
        assert answer.headers["content-encoding"] == "gzip" and answer.text == SCRIPT
        assert int(answer.headers["content-length"]) < len(SCRIPT) / 4
        assert "immutable" in answer.headers["cache-control"]
    assert asked == ["/static/js/a.js"]


def test_whoever_cannot_read_gzip_gets_a_script_as_it_is(client):
    answer = client.get("/static/js/a.js", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in answer.headers and answer.text == SCRIPT


def test_what_is_missing_is_not_kept(client):
    for name in ("missing-1.js", "missing-2.js", "missing-1.js"):
        assert client.get(f"/static/js/{name}", headers={"Accept-Encoding": "gzip"}).text == PAGE
    assert len(asked) == 3


def test_the_compressed_body_is_what_was_asked_for(client):
    with client.stream("GET", "/static/js/a.js", headers={"Accept-Encoding": "gzip"}) as answer:
        assert gzip.decompress(b"".join(answer.iter_raw())).decode() == SCRIPT


@pytest.mark.anyio
async def test_a_script_cut_short_by_a_reader_who_left_is_not_kept_for_the_next():
    async def cut(scope, receive, send):
        headers = [(b"cache-control", b"immutable"), (b"content-type", b"text/javascript")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})

    kept = CompressedScripts(cut)
    scope = {"type": "http", "method": "GET", "path": "/static/js/a.js", "headers": [(b"accept-encoding", b"gzip")]}
    sent = []

    async def send(message):
        sent.append(message)

    await kept(scope, None, send)
    assert kept.kept == {} and sent[-1]["body"] == b"half"


@pytest.fixture
def anyio_backend():
    return "asyncio"
