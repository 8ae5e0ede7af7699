"""The addresses of whole files: `/data/<name>`, such as `/data/modelgap-data.zip` or `/data/scores.parquet`.

Before: a request. After: the file of the current snapshot (or of `?snapshot=`), sent from disk, or a sentence that says
what is wrong.
"""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from collectors.errors import WarehouseError
from dashboard.chart_routes import CURRENT, PINNED, make_tag

TYPES = {
    "zip": "application/zip", "csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet",
    "json": "application/json",
}  # fmt: skip


async def answer_download(request: Request) -> Response:
    """Return a file to keep. 404: there is none of that name; 503: no snapshot can be opened."""
    return await run_in_threadpool(_answer, request)


def _answer(request: Request) -> Response:
    # Loaded by the first request: the server should listen before that.
    from dashboard.downloads import NAMES, prepare_downloads
    from warehouse import read

    name, pinned = request.path_params["name"], request.query_params.get("snapshot")
    if name not in NAMES:
        return PlainTextResponse(f"data: no such file; got {name[:80]!r}. There are: {', '.join(NAMES)}.", 404)
    try:
        snapshot = read.open_snapshot(pinned) if pinned else read.open_current()
    except WarehouseError as error:
        return PlainTextResponse(str(error), 404 if pinned else 503)
    tag = make_tag(snapshot.id, name, [])
    headers = {"ETag": tag, "Cache-Control": PINNED if pinned else CURRENT, "Access-Control-Allow-Origin": "*"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    path = prepare_downloads(snapshot).folder / name
    stem, _, ending = name.rpartition(".")
    saved = f"{stem}-{snapshot.as_of}.{ending}"
    return FileResponse(path, headers=headers, media_type=TYPES[ending], filename=saved)


ROUTES = [Route("/data/{name}", answer_download, methods=["GET", "HEAD"])]
