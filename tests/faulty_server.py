"""A real HTTP server on loopback that answers as model providers do, faults included.

Run it in a test (`with FaultyServer(...) as server: server.base_url`) or as a process of its own
(`python tests/faulty_server.py --latency 0.2 --fault "item 3=reset"`), which prints its base URL.
"""

import argparse
import asyncio
import json
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

HANG, RESET, CUT = "hang", "reset", "cut"


@dataclass(frozen=True)
class Response:
    """What goes back: status, body, headers, or a connection fault in `action`."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()
    action: str | None = None


@dataclass(frozen=True)
class Received:
    """One request as it came in."""

    path: str
    headers: dict[str, str]
    body: dict
    at: float = field(default_factory=time.monotonic)


@dataclass
class Plan:
    """Which request meets which fault: the first marker found in its text decides, for the first `times` requests."""

    marker: str
    fault: str
    times: int | None = None
    served: int = 0


def chat(content="42", finish="stop", **message) -> Response:
    """Return an OpenAI chat completion."""
    return as_json(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "model": "served-model-0101",
            "system_fingerprint": "fp_test",
            "choices": [
                {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": content, **message}}
            ],
            "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18},
        },
        headers=(("x-request-id", "req-1"),),
    )


def as_json(value: object, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Response:
    """Return `value` as a JSON response."""
    return Response(status, json.dumps(value, ensure_ascii=False).encode(), headers=headers)


def error(status: int, message: str, code: object = None, headers=(), **more) -> Response:
    """Return an OpenAI-shaped error."""
    return as_json({"error": {"message": message, "code": code, **more}}, status, headers)


def _without_content() -> Response:
    return as_json({"id": "1", "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant"}}]})


PAGE = Response(200, b"<html><body>Bad gateway</body></html>", "text/html")
FAULTS: dict[str, Callable[[], Response]] = {
    "ok": chat,
    "text_plain": lambda: Response(200, chat().body, "text/plain"),
    "empty_content": lambda: chat(""),
    "null_content": lambda: chat(None),
    "null_content_length": lambda: chat(None, "length", reasoning_content="first I add, then I"),
    "finish_length": lambda: chat("the answer is 4", "length"),
    "content_filter": lambda: chat("", "content_filter"),
    "finish_sensitive": lambda: chat("", "sensitive"),
    "finish_safety": lambda: chat(None, "SAFETY"),
    "missing_content": _without_content,
    "no_choices": lambda: as_json({"id": "1", "object": "chat.completion", "choices": []}),
    "refusal_text": lambda: chat("I'm sorry, but I can't assist with that request."),
    "refusal_text_zh": lambda: chat("很抱歉，我无法回答这个问题。"),
    "refusal_field": lambda: chat(None, refusal="I cannot help with that."),
    "thought_only": lambda: chat("", reasoning_content="12 * 3 = 36"),
    "error_200": lambda: as_json({"error": {"message": "upstream is busy", "type": "server_error"}}),
    "error_200_text": lambda: as_json({"error": "upstream is busy"}),
    "error_200_minimax": lambda: as_json(
        {"id": "1", "choices": None, "base_resp": {"status_code": 1027, "status_msg": "output new_sensitive"}}
    ),
    "error_200_gemini": lambda: as_json({"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}),
    "error_in_choice": lambda: as_json(
        {"choices": [{"finish_reason": "error", "message": {"content": ""}, "error": {"code": 502, "message": "lost"}}]}
    ),
    "think_closed": lambda: chat("<think>7 times 6 is 41?</think>\n\n42"),
    "think_unclosed": lambda: chat("<think>7 times 6 is 41, so", "length"),
    "think_unclosed_stop": lambda: chat("<think>7 times 6 is 41, so"),
    "inspection_dashscope": lambda: error(
        400, "Output data may contain inappropriate content.", "data_inspection_failed", type="data_inspection_failed"
    ),
    "inspection_deepseek": lambda: error(400, "Content Exists Risk", "invalid_request_error"),
    "inspection_zhipu": lambda: error(400, "系统检测到输入或生成内容可能包含不安全或敏感内容", "1301"),
    "inspection_xai": lambda: as_json(
        {"code": "permission-denied", "error": "Content violates usage guidelines. SAFETY_CHECK_TYPE_BIO"}, 403
    ),
    "bad_parameter": lambda: error(400, "Unsupported parameter: 'temperature'", "unsupported_parameter"),
    "unauthorized": lambda: error(401, "Invalid API key", "invalid_api_key"),
    "payment": lambda: error(402, "Insufficient Balance"),
    "forbidden": lambda: error(403, "no access"),
    "not_found": lambda: error(404, "no such model"),
    "unprocessable": lambda: as_json({"detail": [{"msg": "extra fields not permitted"}]}, 422),
    "no_quota": lambda: error(429, "You exceeded your current quota", "insufficient_quota"),
    "rate_limit": lambda: error(429, "slow down", "rate_limit_exceeded"),
    "rate_limit_retry_after": lambda: error(429, "slow down", headers=(("Retry-After", "1"),)),
    "server_error": lambda: error(500, "internal error"),
    "bad_gateway": lambda: Response(502, PAGE.body, "text/html"),
    "overloaded": lambda: error(529, "overloaded"),
    "bad_json": lambda: Response(200, b'{"choices": [{"message": {"content": "4'),
    "html": lambda: PAGE,
    "no_body": lambda: Response(200, b""),
    "redirect": lambda: Response(307, b"", headers=(("Location", "http://127.0.0.1:9/stolen"),)),
    "bad_gzip": lambda: Response(200, b"not gzip", headers=(("Content-Encoding", "gzip"),)),
    "finish_network_error": lambda: chat("", "network_error"),
    "reset": lambda: Response(action=RESET),
    "cut": lambda: Response(200, chat().body, action=CUT),
    "hang": lambda: Response(action=HANG),
}


@dataclass
class FaultyServer:
    """The server: `faults` are `Plan`s; `answer` makes the good replies from a request's body; latency in seconds."""

    faults: list[Plan] = field(default_factory=list)
    answer: Callable[[dict], Response] = lambda body: chat()
    latency: float = 0.0

    def __post_init__(self):
        self.requests: list[Received] = []
        self.under_way = self.most_under_way = 0
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self.serve()), daemon=True)

    def __enter__(self) -> "FaultyServer":
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_exception):
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    async def serve(self, announce: Callable[[str], None] = lambda url: None) -> None:
        """Serve until stopped."""
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._open: set[asyncio.Task] = set()
        server = await asyncio.start_server(self._converse, "127.0.0.1", 0, backlog=1024)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        announce(self.base_url)
        await self._stop.wait()
        server.close()
        for task in list(self._open):
            task.cancel()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        self._open.add(task)
        try:
            while await self._serve_one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._open.discard(task)
            writer.close()

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        raw = await reader.readexactly(int(headers.get("content-length", 0)))
        received = Received(head[0].split()[1], headers, json.loads(raw or b"{}"))
        self.requests.append(received)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            if self.latency:
                await asyncio.sleep(self.latency)
            return await self._send(writer, self._choose(received.body))
        finally:
            self.under_way -= 1

    def _choose(self, body: dict) -> Response:
        text = json.dumps(body, ensure_ascii=False)
        for plan in self.faults:
            if plan.marker in text and (plan.times is None or plan.served < plan.times):
                plan.served += 1
                return FAULTS[plan.fault]()
        return self.answer(body)

    async def _send(self, writer: asyncio.StreamWriter, response: Response) -> bool:
        if response.action == HANG:
            await asyncio.sleep(3600)
        if response.action == RESET:
            # Lingering for no time makes the close a reset on the wire.
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
            return False
        lines = [f"HTTP/1.1 {response.status} X", f"Content-Type: {response.content_type}"]
        lines += [f"{name}: {value}" for name, value in response.headers]
        lines += [f"Content-Length: {len(response.body)}", "", ""]
        body = response.body[:20] if response.action == CUT else response.body
        writer.write("\r\n".join(lines).encode() + body)
        await writer.drain()
        return response.action != CUT


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--fault", action="append", default=[], metavar="MARKER=FAULT[*TIMES]")
    arguments = parser.parse_args()
    plans = []
    for text in arguments.fault:
        marker, _, rest = text.rpartition("=")
        fault, _, times = rest.partition("*")
        plans.append(Plan(marker, fault, int(times) if times else None))
    server = FaultyServer(plans, latency=arguments.latency)
    asyncio.run(server.serve(lambda url: print(url, flush=True)))


if __name__ == "__main__":
    main()
