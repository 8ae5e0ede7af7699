"""An OpenAI-compatible chat server on loopback whose answers come from a plain function.

Before: HTTP requests. After: the baseline's replies, each as one JSON document or as server-sent events. Nothing here
pretends to be a language model: the model's name begins with `baseline/`, its `system_fingerprint` is `embedded`.
"""

import json
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import unquote

from collectors.embedded.calculator import answer_by_rules
from collectors.embedded.chance import answer_by_chance
from collectors.embedded.chat import BadRequestError, complete, cut, read_limits, read_prompt, stream_chunks
from collectors.errors import UsageError

MAX_BODY_BYTES = 8 << 20
IDLE_TIMEOUT_S = 60
"""A kept-alive connection without a request for this long is closed."""
CREATED = 1_735_689_600
"""The `created` of the model cards: 2025-01-01, in seconds since 1970."""

KINDS: dict[str, Callable[[str], str]] = {"chance": answer_by_chance, "calculator": answer_by_rules}
"""The baselines by name: each a pure function from the prompt to the reply."""


@contextmanager
def start_embedded(kind: str, port: int = 0) -> Iterator[str]:
    """Serve the baseline `kind` on loopback until the block ends; yields its base URL, which ends in `/v1`.

    Runs in a thread of this process; `port` 0 takes a free one. Raises UsageError where `kind` is unknown or `port`
    cannot be had.
    """
    if kind not in KINDS:
        raise UsageError(f"embedded: no such baseline; got {kind!r}. Use one of {', '.join(KINDS)}.")
    try:
        server = _Server(("127.0.0.1", port), type("Handler", (_Handler,), {"kind": kind}))
    except (OSError, OverflowError) as error:
        raise UsageError(f"embedded: the port cannot be had; got {port} ({error}). Take another, or 0.") from error
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 512


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = IDLE_TIMEOUT_S
    disable_nagle_algorithm = True
    kind: ClassVar[str]

    @property
    def model(self) -> str:
        return f"baseline/{self.kind}"

    def do_GET(self) -> None:
        card = {"id": self.model, "object": "model", "created": CREATED, "owned_by": "modelgap-embedded"}
        path = self._read_path()
        if path == "/v1/models":
            self._send_json(200, {"object": "list", "data": [card]})
        elif path == f"/v1/models/{self.model}":
            self._send_json(200, card)
        else:
            self._send_error(BadRequestError(f"Unknown request URL: GET {path}.", status=404, code="unknown_url"))

    def do_POST(self) -> None:
        path = self._read_path()
        try:
            body = self._read_body()
            if path != "/v1/chat/completions":
                raise BadRequestError(f"Unknown request URL: POST {path}.", status=404, code="unknown_url")
            prompt, limits = read_prompt(body, self.model), read_limits(body)
        except BadRequestError as error:
            self._send_error(error)
            return
        completion = complete(prompt, body, self.model, cut(KINDS[self.kind](prompt), *limits))
        if body.get("stream"):
            options = body.get("stream_options")
            self._send_events(completion, isinstance(options, dict) and bool(options.get("include_usage")))
        else:
            self._send_json(200, completion)

    def _read_path(self) -> str:
        return unquote(self.path.split("?")[0]).rstrip("/")

    def _read_body(self) -> dict[str, Any]:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > MAX_BODY_BYTES:
            self.close_connection = True
            raise BadRequestError(
                f"A Content-Length of at most {MAX_BODY_BYTES} is needed; got {length!r}.", status=413
            )
        try:
            body = json.loads(self.rfile.read(int(length)))
        except (ValueError, RecursionError) as error:
            raise BadRequestError(f"The request body is not JSON: {error}.") from error
        if not isinstance(body, dict):
            raise BadRequestError("The request body must be a JSON object.")
        return body

    def _send_error(self, error: BadRequestError) -> None:
        kind = "not_found_error" if error.status == 404 else "invalid_request_error"
        detail = {"message": str(error), "type": kind, "param": error.param, "code": error.code}
        self._send_json(error.status, {"error": detail})

    def _send_json(self, status: int, document: dict[str, Any]) -> None:
        self._send(status, "application/json", json.dumps(document))

    def _send_events(self, completion: dict[str, Any], with_usage: bool) -> None:
        events = [*map(json.dumps, stream_chunks(completion, with_usage)), "[DONE]"]
        self._send(200, "text/event-stream; charset=utf-8", "".join(f"data: {event}\n\n" for event in events))

    def _send(self, status: int, content_type: str, text: str) -> None:
        payload = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(payload)))
        self.send_header("x-request-id", f"req_{uuid.uuid4().hex[:24]}")
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, *_: object) -> None:
        """Keep silent: the collector keeps the record of calls."""
