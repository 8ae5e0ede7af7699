"""The charts' own addresses: `/chart/<slug>.<format>?<choices>`, for embedding and for programs.

Before: a request. After: the file that `modelgap export` writes, or a sentence that says what is wrong. Choices are the
same as in a page's address; `lang` and `snapshot` too. With `download=yes` browsers save the file, and do not show it.
"""

import hashlib

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from collectors.errors import ModelgapError, UsageError, WarehouseError
from dashboard.i18n import SOURCE

MAX_QUERY = 600
PINNED, CURRENT = "public, max-age=31536000, immutable", "no-cache"


async def answer_chart(request: Request) -> Response:
    """Return a chart's file. 400: asked wrongly; 404: no such chart; 503: no snapshot can be opened."""
    if len(request.url.query) > MAX_QUERY:
        return PlainTextResponse("chart: the query is too long. Give the choices alone.", 400)
    return await run_in_threadpool(_answer, request)


def _answer(request: Request) -> Response:
    # Loaded by the first request: charts take two seconds to load, and the server should listen before that.
    from dashboard.export import export_chart, find_format, name_file
    from warehouse import read

    slug, _, form = request.path_params["name"].rpartition(".")
    choices = dict(request.query_params)
    language, pinned = choices.pop("lang", SOURCE), choices.pop("snapshot", None)
    shown = "attachment" if choices.pop("download", "") else "inline"
    try:
        snapshot = read.open_snapshot(pinned) if pinned else read.open_current()
    except WarehouseError as error:
        return PlainTextResponse(str(error), 404 if pinned else 503)
    tag = make_tag(snapshot.id, str(request.url.path), sorted(request.query_params.items()))
    headers = {"ETag": tag, "Cache-Control": PINNED if pinned else CURRENT, "Access-Control-Allow-Origin": "*"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    try:
        content = export_chart(snapshot, slug, form, choices, language)
        headers["Content-Disposition"] = f'{shown}; filename="{name_file(snapshot, slug, form, language, choices)}"'
        return Response(content, media_type=find_format(form).media_type, headers=headers)
    except UsageError as error:
        return PlainTextResponse(str(error), 404 if "does not exist" in str(error) else 400)
    except ModelgapError as error:
        return PlainTextResponse(str(error), 400)


def make_tag(snapshot: str, path: str, query: list[tuple[str, str]]) -> str:
    """Return the name of an answer's content: it follows from snapshot and address, so nothing need be drawn for it."""
    return f'"{hashlib.sha256(repr((snapshot, path, query)).encode()).hexdigest()[:32]}"'


ROUTES = [Route("/chart/{name}", answer_chart, methods=["GET", "HEAD"])]
