"""An OpenAI-compatible chat server on loopback whose answers come from a plain function.

Before: a prompt in a chat-completion request. After: the answerer's reply, as one JSON document or as server-sent
events, with ids, token usage and finish reason. Nothing here pretends to be a language model: the model's name begins
with `baseline/` and `system_fingerprint` says `embedded`.
"""

import hashlib
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from collectors.embedded.calculator import answer_by_rules
from collectors.embedded.chance import answer_by_chance
from collectors.errors import UsageError

FINGERPRINT = "embedded"
MAX_BODY_BYTES = 8 << 20
CREATED = 1_735_689_600
"""The `created` of the model cards: 2025-01-01, in seconds since 1970."""

KINDS: dict[str, Callable[[str], str]] = {"chance": answer_by_chance, "calculator": answer_by_rules}
"""The baselines by name: each a pure function from the prompt to the reply."""


class BadRequestError(Exception):
    """A request that an OpenAI-compatible server refuses, with the status, code and parameter it names."""

    def __init__(self, message: str, *, status: int = 400, code: str | None = None, param: str | None = None):
        super().__init__(message)
        self.status, self.code, self.param = status, code, param


@contextmanager
def start_embedded(kind: str, port: int = 0) -> Iterator[str]:
    """Serve the baseline `kind` on loopback until the block ends; yields its base URL, which ends in `/v1`.

    Runs in a thread of this process; `port` 0 takes a free one. Raises UsageError where `kind` is unknown.
    """
    if kind not in KINDS:
        raise UsageError(f"embedded: no such baseline; got {kind!r}. Use one of {', '.join(KINDS)}.")
    server = _Server(("127.0.0.1", port), type("Handler", (_Handler,), {"kind": kind}))
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
    disable_nagle_algorithm = True
    kind: ClassVar[str]

    @property
    def model(self) -> str:
        return f"baseline/{self.kind}"

    def do_GET(self) -> None:
        card = {"id": self.model, "object": "model", "created": CREATED, "owned_by": "modelgap-embedded"}
        path = self.path.split("?")[0].rstrip("/")
        if path == "/v1/models":
            self._send_json(200, {"object": "list", "data": [card]})
        elif path == f"/v1/models/{self.model}":
            self._send_json(200, card)
        else:
            self._send_error(BadRequestError(f"Unknown request URL: GET {path}.", status=404, code="unknown_url"))

    def do_POST(self) -> None:
        path = self.path.split("?")[0].rstrip("/")
        try:
            body = self._read_body()
            if path != "/v1/chat/completions":
                raise BadRequestError(f"Unknown request URL: POST {path}.", status=404, code="unknown_url")
            prompt = read_prompt(body, self.model)
        except BadRequestError as error:
            self._send_error(error)
            return
        completion = complete(prompt, body, self.model, KINDS[self.kind])
        if body.get("stream"):
            self._send_events(completion, bool((body.get("stream_options") or {}).get("include_usage")))
        else:
            self._send_json(200, completion)

    def _read_body(self) -> dict[str, Any]:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > MAX_BODY_BYTES:
            self.close_connection = True
            raise BadRequestError(
                f"A Content-Length of at most {MAX_BODY_BYTES} is needed; got {length!r}.", status=413
            )
        try:
            body = json.loads(self.rfile.read(int(length)))
        except ValueError as error:
            raise BadRequestError(f"The request body is not JSON: {error}.") from error
        if not isinstance(body, dict):
            raise BadRequestError("The request body must be a JSON object.")
        return body

    def _send_json(self, status: int, document: dict[str, Any]) -> None:
        payload = json.dumps(document, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.send_header("x-request-id", _request_id(payload))
        self.end_headers()
        self.wfile.write(payload)

    def _send_error(self, error: BadRequestError) -> None:
        kind = "not_found_error" if error.status == 404 else "invalid_request_error"
        detail = {"message": str(error), "type": kind, "param": error.param, "code": error.code}
        self._send_json(error.status, {"error": detail})

    def _send_events(self, completion: dict[str, Any], with_usage: bool) -> None:
        events = [*stream_chunks(completion, with_usage), "[DONE]"]
        lines = [event if isinstance(event, str) else json.dumps(event, ensure_ascii=False) for event in events]
        payload = "".join(f"data: {line}\n\n" for line in lines).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Content-Length", str(len(payload)))
        self.send_header("x-request-id", _request_id(payload))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, *_: object) -> None:
        """Keep silent: the collector keeps the record of calls."""


def _request_id(payload: bytes) -> str:
    return "req_" + hashlib.sha256(payload + time.monotonic_ns().to_bytes(8, "big")).hexdigest()[:24]


def read_prompt(body: dict[str, Any], model: str) -> str:
    """Return the text of the last user message. Raises BadRequestError as OpenAI does for what is malformed."""
    if body.get("model") != model:
        raise BadRequestError(
            f"The model `{body.get('model')}` does not exist; this server plays `{model}`.",
            status=404,
            code="model_not_found",
            param="model",
        )
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages or not all(isinstance(m, dict) for m in messages):
        raise BadRequestError("'messages' must be a list of at least one message.", param="messages")
    texts = [_read_text(message.get("content")) for message in messages if message.get("role") == "user"]
    if not texts:
        raise BadRequestError("'messages' holds no message of the role 'user'.", param="messages")
    return texts[-1]


def _read_text(content: object) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, list) and all(isinstance(part, dict) and part.get("type") == "text" for part in content):
        return "\n".join(str(part.get("text", "")) for part in content)
    raise BadRequestError("A message's 'content' must be text.", param="messages")


def count_tokens(text: str) -> int:
    """Return how many words, signs and Chinese characters `text` has: the unit in which the baselines count usage."""
    return len(re.findall(r"[A-Za-z]+|\d+|[^\sA-Za-z\d]", text))


def complete(prompt: str, body: dict[str, Any], model: str, answer: Callable[[str], str]) -> dict[str, Any]:
    """Return a chat completion of `prompt`; the id is a hash of the question, so that a repeat is recognised."""
    text = answer(prompt)
    used = {"prompt_tokens": count_tokens(prompt), "completion_tokens": count_tokens(text)}
    return {
        "id": "chatcmpl-" + hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:24],
        "object": "chat.completion",
        "created": int(time.time()),
        "model": model,
        "system_fingerprint": FINGERPRINT,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": text, "refusal": None},
                "logprobs": None,
                "finish_reason": "stop",
            }
        ],
        "usage": {**used, "total_tokens": sum(used.values())},
    }


def stream_chunks(completion: dict[str, Any], with_usage: bool) -> Iterator[dict[str, Any]]:
    """Yield a completion as the chunks of a stream: role, text line by line, finish reason, usage where asked for."""
    head = {key: completion[key] for key in ("id", "created", "model", "system_fingerprint")}
    head["object"] = "chat.completion.chunk"
    text = completion["choices"][0]["message"]["content"]
    deltas = [{"role": "assistant", "content": ""}, *({"content": part} for part in text.splitlines(keepends=True)), {}]
    for number, delta in enumerate(deltas, 1):
        finish = "stop" if number == len(deltas) else None
        yield {**head, "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}]}
    if with_usage:
        yield {**head, "choices": [], "usage": completion["usage"]}
